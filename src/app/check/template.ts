/** Templates, evaluated as the next runs will do it. */
import { SupertaskError } from '../../errors.js';
import type { Part, Places } from '../../formats/place.js';
import type { Step, Task } from '../../model/task.js';
import { hasTemplate, mapTexts, type Slot, slotsIn } from '../../model/template.js';
import type { Scope } from '../../model/template-evaluate.js';
import { type RunFacts, runScope } from '../../model/template-scope.js';
import { evaluateIn, fillStep, testCondition } from '../../model/template-step.js';
import { placedActions, sampleEvent } from './action.js';
import type { CheckContext } from './context.js';
import { type Finding, finding } from './finding.js';
import { asked, jobsOf, known, occurrencesOf } from './job.js';

/** What is wrong whatever the environment is. */
export function checkTemplates(context: CheckContext): readonly Finding[] {
  return evaluateAll(context, asked());
}

/** What is wrong in the environment that supertask would be started in. */
export function checkInherited(context: CheckContext): readonly Finding[] {
  return evaluateAll(context, context.env);
}

/** What is wrong with a part of a task, or with one template in it. */
type Wrong = { readonly path: readonly Part[]; readonly source?: string; readonly error: SupertaskError };

function evaluateAll(context: CheckContext, env: RunFacts['env']): readonly Finding[] {
  return context.tasks.flatMap((task) => {
    const actions = placedActions(task.actions ?? []).filter(({ action }) => action.hasTemplates);
    if (!task.hasTemplates && actions.length === 0) return [];
    const facts = jobsOf(task).flatMap((job) => occurrencesOf(job, context, env));
    const wrong = facts.flatMap((each) => [
      ...(task.hasTemplates ? wrongInTask(each) : []),
      ...actions.flatMap((one) => wrongInAction(each, one)),
    ]);
    return wrong.flatMap((each) => findingsOf(each, task.id, context.places));
  });
}

function findingsOf({ path, source, error }: Wrong, id: string, places: Places): readonly Finding[] {
  const where = source === undefined ? [places.task(id, ...path)] : places.slots(id, source, ...path);
  const { code, message, hint } = error;
  return where.map((place) => finding(code, message, place, { hint, task: id }));
}

function wrongInTask(facts: RunFacts): readonly Wrong[] {
  const { env, cwd, steps } = facts.task;
  const scope = runScope(facts, { env: {} });
  return [
    ...wrongInVariables(env, ['env'], scope),
    ...(cwd === undefined ? [] : wrongInText(cwd, ['cwd'], scope)),
    ...steps.flatMap((step, index) => wrongInStep(facts, step, ['run', { index, of: steps.length }])),
  ];
}

function wrongInAction(
  facts: RunFacts,
  { action: { does }, path }: ReturnType<typeof placedActions>[number],
): readonly Wrong[] {
  const about = { ...facts, event: sampleEvent(facts.task, facts.run.scheduledAt) };
  if (does.kind === 'step') return wrongInStep(about, does.step, path);
  return wrongInVariables(does.args, [...path, 'args'], runScope(about, { env: {} }));
}

function wrongInStep(facts: RunFacts, step: Step, path: readonly Part[]): readonly Wrong[] {
  const { target, when } = step;
  if (when === false) return [];
  const scope = runScope(facts, step);
  const condition = { ...scope, hasFailed: false };
  const error =
    typeof when === 'string' ? errorOf(() => known(() => testCondition(when, condition))) : undefined;
  return [
    ...(error === undefined ? [] : [{ path: [...path, 'if'], error }]),
    ...wrongInVariables(step.env, [...path, 'env'], scope),
    ...wrongInTarget(target, [...path, target.kind === 'uses' ? 'with|uses' : 'run|exec'], scope),
  ];
}

/** Each template by itself; where all of them are right, what is made of them. */
function wrongInTarget(target: Step['target'], path: readonly Part[], scope: Scope): readonly Wrong[] {
  const wrong: Wrong[] = [];
  mapTexts(target, (text) => {
    wrong.push(...wrongInText(text, path, scope));
    return text;
  });
  if (wrong.length > 0) return wrong;
  const fill = (slot: Slot): string => known(() => evaluateIn(scope)(slot)) ?? '';
  const error = errorOf(() => fillStep(NO_TASK, { target, env: {} }, fill));
  return error === undefined ? [] : [{ path, error }];
}

const NO_TASK: Pick<Task, 'env' | 'cwd'> = { env: {}, cwd: undefined };

function wrongInVariables(env: Task['env'], path: readonly Part[], scope: Scope): readonly Wrong[] {
  return Object.entries(env).flatMap(([name, text]) => wrongInText(text, [...path, name], scope));
}

function wrongInText(text: string, path: readonly Part[], scope: Scope): readonly Wrong[] {
  if (!hasTemplate(text)) return [];
  // The same template says the same wherever it stands.
  const slots = new Map(slotsIn(text).map((slot) => [slot.source, slot]));
  return [...slots.values()].flatMap(({ source, parse }) => {
    const error = errorOf(() => known(() => evaluateIn(scope)(parse())));
    return error === undefined ? [] : [{ path, source, error }];
  });
}

function errorOf(act: () => unknown): SupertaskError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof SupertaskError) return error;
    throw error;
  }
}
