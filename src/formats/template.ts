/** Checks the templates of a task where they stand: what they say, which names exist, and whether their place will do. */
import { SupertaskError } from '../errors.js';
import { bindArgs } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import type { Step, Task } from '../model/task.js';
import { hasTemplate, named, parseTemplate, type Slot, slotsIn } from '../model/template.js';
import { checkExpression, type Names, partsOf, someExpression } from '../model/template-check.js';
import { evaluateText, type Scope } from '../model/template-evaluate.js';
import type { Expression } from '../model/template-expression.js';
import { stepNames } from '../model/template-names.js';
import { constantScope } from '../model/template-scope.js';
import { fillStep, parseCondition } from '../model/template-step.js';
import type { WrittenAction } from './action.js';
import { type Node, textsIn } from './node.js';
import { offsetsOf } from './slot-place.js';
import type { Report } from './source.js';

/** What is known of a task when its templates are checked. */
export type TemplateContext = Pick<Task, 'id' | 'env' | 'cwd' | 'params' | 'tables' | 'readEnv'> & {
  readonly schedules: readonly Schedule[];
};

/** Where the texts of a task stand. */
export type TemplateNodes = {
  readonly env: Node | undefined;
  readonly cwd: Node | undefined;
  /** One for each step. */
  readonly steps: readonly Node[];
  readonly actions: readonly WrittenAction[];
};

/** What was found: whether there are templates, escaped ones included, and whether they look something up. */
export type TemplatesFound = {
  readonly has: boolean;
  readonly usesTables: boolean;
  /** One for each action. */
  readonly actions: readonly boolean[];
};

export function checkTemplates(
  task: TemplateContext,
  steps: readonly Step[],
  nodes: TemplateNodes,
  report: Report,
): TemplatesFound {
  // Most tasks: of a hundred thousand, this is a second.
  if (isPlain(steps, nodes)) return { has: false, usesTables: false, actions: [] };
  const look = createLook(task, report);
  const own = stepNames({ ...look.known, steps: [] });
  look.within(nodes.env, own);
  look.within(nodes.cwd, own);
  if (look.texts.length > 0 && look.texts.every(parses)) {
    told(report, (nodes.env ?? nodes.cwd)?.at ?? 0, () => checkEnv(task.env, task.cwd));
  }
  const before: string[] = [];
  steps.forEach((step, index) => {
    const node = nodes.steps[index];
    if (node === undefined) return;
    look.step(step, node, { steps: [...before] });
    if (step.name === undefined) return;
    if (before.includes(step.name)) {
      const at = entryOf(node, 'name')?.at ?? node.at;
      report.problem(at, `two steps are called ${JSON.stringify(step.name)}`, 'Rename one of them.');
    }
    before.push(step.name);
  });
  const has = look.texts.length > 0;
  const actions = nodes.actions.map(({ action: { does }, node }) => {
    const count = look.texts.length;
    const about = { steps: [], isAction: true } as const;
    if (does.kind === 'step') look.step(does.step, node, about);
    else look.within(entryOf(node, 'args'), stepNames({ ...look.known, ...about }));
    return look.texts.length > count;
  });
  return { has, usesTables: look.texts.some((text) => /\btables\b/.test(text)), actions };
}

/** What else than the task decides about the names that there are. */
type About = { readonly steps: readonly string[]; readonly isAction?: boolean };

type Look = {
  /** What can be named everywhere in the task. */
  readonly known: Omit<Parameters<typeof stepNames>[0], 'steps'>;
  /** The templates so far. */
  readonly texts: readonly string[];
  within(node: Node | undefined, names: Names): void;
  step(step: Step, node: Node, about: About): void;
};

function createLook(task: TemplateContext, report: Report): Look {
  const scopes = scopesOf(task);
  const known = {
    params: Object.keys(task.params ?? {}),
    tables: task.tables,
    env: Object.keys(task.env),
    readEnv: task.readEnv ?? [],
  };
  const texts: string[] = [];
  const within = (node: Node | undefined, names: Names): void => {
    for (const { text, at } of node === undefined ? [] : textsIn(node)) {
      if (!hasTemplate(text)) continue;
      texts.push(text);
      const slots = slotsIn(text);
      let offsets: readonly number[] | undefined;
      for (const [index, { parse }] of slots.entries()) {
        const place = (): number => {
          offsets ??= offsetsOf(text, slots, at, report.source.text);
          return offsets[index] ?? at;
        };
        told(report, place, () => checkSlot(parse(), names, scopes));
      }
    }
  };
  return {
    known,
    texts,
    within,
    step(step, node, about) {
      const scope = { ...known, ...about, env: [...known.env, ...Object.keys(step.env)] };
      within(without(node, 'if'), stepNames(scope));
      const { when } = step;
      if (typeof when === 'string') {
        texts.push(when);
        told(report, entryOf(node, 'if')?.at ?? node.at, () => {
          named(`if: ${when}`, () =>
            checkParts(parseCondition(when), stepNames({ ...scope, isCondition: true }), scopes),
          );
        });
      }
      if (textsIn(node).some(({ text }) => hasTemplate(text))) checkPlaces(step, node, report);
    },
  };
}

/** Whether there is nothing to check: no template, and no step that could be named by one. */
function isPlain(steps: readonly Step[], { env, cwd, steps: nodes, actions }: TemplateNodes): boolean {
  return (
    steps.every(({ name, when }) => name === undefined && typeof when !== 'string') &&
    [env, cwd, ...nodes].every((node) => node === undefined || !holdsTemplate(node)) &&
    actions.every(({ action: { does }, node }) => {
      return (does.kind === 'trigger' || typeof does.step.when !== 'string') && !holdsTemplate(node);
    })
  );
}

function holdsTemplate(node: Node): boolean {
  if (node.kind === 'map') return node.entries.some(({ value }) => holdsTemplate(value));
  if (node.kind === 'list') return node.items.some(holdsTemplate);
  return node.kind === 'scalar' && typeof node.value === 'string' && hasTemplate(node.value);
}

/** @param at - An offset, or what finds it when it is needed. */
function told(report: Report, at: number | (() => number), act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    report.problem(typeof at === 'number' ? at : at(), error.message, error.hint, error.code);
  }
}

function checkSlot({ source, expression }: Slot, names: Names, scopes: readonly Scope[]): void {
  named(source, () => checkParts(expression, names, scopes));
}

function checkParts(expression: Expression, names: Names, scopes: readonly Scope[]): void {
  checkExpression(expression, names);
  for (const scope of scopes) tryConstant(expression, scope);
}

/** What arguments and tables decide alone is known already: a row that is missing is told now. */
function tryConstant(expression: Expression, scope: Scope): void {
  if (!isConstant(expression)) {
    for (const part of valuesIn(expression)) tryConstant(part, scope);
    return;
  }
  const looksUp = (part: Expression): boolean => part.kind === 'name' && part.name === 'tables';
  if (someExpression(expression, looksUp)) evaluateText(expression, scope);
}

function isConstant(expression: Expression): boolean {
  return !someExpression(
    expression,
    (part) =>
      part.kind === 'call' || (part.kind === 'name' && part.name !== 'params' && part.name !== 'tables'),
  );
}

/** The parts that are values by themselves; half of a path is none. */
function valuesIn(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'member') return partsOf(expression);
  return [...valuesIn(expression.of), expression.key];
}

/** One for each set of arguments that schedules bring. */
function scopesOf({ id, params = {}, schedules, tables }: TemplateContext): readonly Scope[] {
  if (tables === undefined) return [];
  const sets = new Map(schedules.map(({ args = {} }) => [JSON.stringify(args), args]));
  return [...sets.values()].flatMap((args) => {
    try {
      return [constantScope(bindArgs(id, params, args), tables)];
    } catch (error) {
      // Told where the schedule stands.
      if (error instanceof SupertaskError) return [];
      throw error;
    }
  });
}

/** Whether every template stands where a value can be put. */
function checkPlaces(step: Step, node: Node, report: Report): void {
  if (!textsIn(node).every(({ text }) => parses(text))) return;
  const { target, env } = step;
  const at = entryOf(node, 'run')?.at ?? entryOf(node, 'exec')?.at ?? node.at;
  told(report, at, () => void fillStep(NO_TASK, { target, env: {} }, () => 'x'));
  told(report, entryOf(node, 'env')?.at ?? at, () => checkEnv(env));
}

/** What cannot be read has been told already. */
function parses(text: string): boolean {
  try {
    parseTemplate(text);
    return true;
  } catch (error) {
    if (error instanceof SupertaskError) return false;
    throw error;
  }
}

function checkEnv(env: Step['env'], cwd?: string): void {
  fillStep({ env, cwd }, { target: NOTHING, env: {} }, () => 'x');
}

const NO_TASK = { env: {}, cwd: undefined };
const NOTHING = { kind: 'exec', program: '', words: [] } as const;

function without(node: Node, key: string): Node {
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.filter((entry) => entry.key !== key) };
}

function entryOf(node: Node, key: string): Node | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}
