/** Templates, evaluated as the next runs will do it. */
import { type Location, SupertaskError } from '../../errors.js';
import type { Places } from '../../formats/place.js';
import type { Step, Task } from '../../model/task.js';
import { fillText } from '../../model/template-evaluate.js';
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

/** A text that can be evaluated, and where it stands. */
type Text = { readonly place: () => Location; readonly evaluate: () => unknown };

function evaluateAll(context: CheckContext, env: RunFacts['env']): readonly Finding[] {
  return context.tasks.flatMap((task) => {
    const actions = placedActions(task.actions ?? []).filter(({ action }) => action.hasTemplates);
    if (!task.hasTemplates && actions.length === 0) return [];
    const facts = jobsOf(task).flatMap((job) => occurrencesOf(job, context, env));
    const texts = facts.flatMap((each) => [
      ...(task.hasTemplates ? textsOf(each, task.id, context.places) : []),
      ...actions.flatMap((one) => actionTexts(each, one, task.id, context.places)),
    ]);
    return texts.flatMap(({ place, evaluate }) => {
      const wrong = errorOf(() => known(evaluate));
      const details = { hint: wrong?.hint, task: task.id };
      return wrong === undefined ? [] : [finding(wrong.code, wrong.message, place(), details)];
    });
  });
}

function textsOf(facts: RunFacts, id: string, places: Places): readonly Text[] {
  const { task } = facts;
  const scope = runScope(facts, { env: {} });
  const { cwd } = task;
  return [
    ...variablesOf(task.env, (name) => places.task(id, 'env', name), scope),
    ...(cwd === undefined
      ? []
      : [{ place: () => places.task(id, 'cwd'), evaluate: () => fillText(cwd, scope) }]),
    ...task.steps.flatMap((step, index) => {
      const item = { index, of: task.steps.length };
      return step.when === false
        ? []
        : stepTexts(facts, step, (...path) => places.task(id, 'run', item, ...path));
    }),
  ];
}

function actionTexts(
  facts: RunFacts,
  { action: { does }, path }: ReturnType<typeof placedActions>[number],
  id: string,
  places: Places,
): readonly Text[] {
  const about = { ...facts, event: sampleEvent(facts.task, facts.run.scheduledAt) };
  const place = (...below: string[]): Location => places.task(id, ...path, ...below);
  if (does.kind === 'step') return does.step.when === false ? [] : stepTexts(about, does.step, place);
  return variablesOf(does.args, (name) => place('args', name), runScope(about, { env: {} }));
}

function stepTexts(facts: RunFacts, step: Step, place: (...path: string[]) => Location): readonly Text[] {
  const { target, when } = step;
  const scope = runScope(facts, step);
  const condition = { ...scope, hasFailed: false };
  return [
    ...(typeof when === 'string'
      ? [{ place: () => place('if'), evaluate: () => testCondition(when, condition) }]
      : []),
    ...variablesOf(step.env, (name) => place('env', name), scope),
    {
      place: () => place(target.kind === 'uses' ? 'with|uses' : 'run|exec'),
      evaluate: () =>
        fillStep(NO_TASK, { target, env: {} }, (slot) => known(() => evaluateIn(scope)(slot)) ?? ''),
    },
  ];
}

const NO_TASK: Pick<Task, 'env' | 'cwd'> = { env: {}, cwd: undefined };

function variablesOf(
  env: Task['env'],
  place: (name: string) => Location,
  scope: ReturnType<typeof runScope>,
): readonly Text[] {
  return Object.entries(env).map(([name, text]) => ({
    place: () => place(name),
    evaluate: () => fillText(text, scope),
  }));
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
