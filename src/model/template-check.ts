/** What can be said of an expression before it is evaluated: which names exist, and what kind of value comes out. */
import { SupertaskError } from '../errors.js';
import { FUNCTIONS, nearest } from './template-evaluate.js';
import type { Expression } from './template-expression.js';
import { formatMoment, inZone, type Moment, shiftMoment } from './template-moment.js';

export type Kind = 'text' | 'number' | 'flag' | Moment['kind'];

/** What names stand for: a kind of value, further names, or any name with something behind it. */
export type Shape = Kind | { readonly names: ReadonlyMap<string, Shape> } | { readonly any: Shape };

export type Names = {
  readonly roots: ReadonlyMap<string, Shape>;
  /** Why further names are not there, where that helps: `env`, `steps`. */
  readonly hints?: ReadonlyMap<string, string>;
  /** Whether `success()` and its like are known. */
  readonly isCondition?: boolean;
};

/**
 * Check an expression as far as it can be known.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`
 */
export function checkExpression(expression: Expression, names: Names): Kind {
  const shape = shapeOf(expression, names);
  if (typeof shape === 'string') return shape;
  const known = 'names' in shape ? [...shape.names.keys()] : [];
  const path = pathOf(expression);
  const hint = known.length === 0 ? 'Name what is in it.' : `Name one of: ${known.slice(0, 20).join(', ')}.`;
  throw invalid(`${path} is not a value`, (path === undefined ? undefined : names.hints?.get(path)) ?? hint);
}

function shapeOf(expression: Expression, names: Names): Shape {
  switch (expression.kind) {
    case 'text':
    case 'number':
    case 'flag':
      return expression.kind;
    case 'name': {
      const shape = names.roots.get(expression.name);
      if (shape !== undefined) return shape;
      throw invalid(`there is no "${expression.name}"`, rootHint(expression.name, names));
    }
    case 'member':
      return memberOf(expression, names);
    case 'call':
      return callOf(expression, names);
    case 'method':
      return methodOf(expression, names);
    case 'not':
      checkFlag(expression.of, names);
      return 'flag';
    case 'binary':
      for (const side of [expression.left, expression.right]) {
        if (expression.operator === '&&' || expression.operator === '||') checkFlag(side, names);
        else checkExpression(side, names);
      }
      return 'flag';
  }
}

/** A bare word is often a parameter, or a text without its quotes. */
function rootHint(name: string, { roots }: Names): string {
  const params = roots.get('params');
  if (typeof params === 'object' && 'names' in params && params.names.has(name))
    return `Write params.${name}.`;
  if (name === 'event') return 'In an action, run is the run that is reported: run.status.';
  if (name === 'args' || name === 'inputs') return 'Arguments stand in params: params.NAME.';
  return `${nearest(name, [...roots.keys()])} A text stands in quotes.`;
}

function checkFlag(expression: Expression, names: Names): void {
  const kind = checkExpression(expression, names);
  if (kind === 'flag' || kind === 'text') return;
  throw invalid(`a ${kind} is neither true nor false`, 'Compare it with something.');
}

function memberOf({ of, key }: Extract<Expression, { kind: 'member' }>, names: Names): Shape {
  const shape = shapeOf(of, names);
  const path = pathOf(of) ?? 'this value';
  checkExpression(key, names);
  if (typeof shape === 'string') throw invalid(`${path} has nothing in it`, memberHint(shape));
  if ('any' in shape) return shape.any;
  if (key.kind !== 'text') return joined([...shape.names.values()]);
  const found = shape.names.get(key.value);
  if (found !== undefined) return found;
  const hint = names.hints?.get(path)?.replace('NAME', () => key.value);
  const near = nearest(key.value, [...shape.names.keys()]);
  const isNear = near.startsWith('Did');
  throw invalid(`there is no "${key.value}" in ${path}`, isNear || hint === undefined ? near : hint);
}

function memberHint(kind: Kind): string {
  if (kind === 'text' || kind === 'number' || kind === 'flag') return 'Is a name too many?';
  return kind === 'time' ? 'Write time.format("HHmm").' : 'Write .format("yyyyMMdd") or .shift("-1 day").';
}

/** What may come out of one of several branches. */
function joined(shapes: readonly Shape[]): Shape {
  const [first] = shapes;
  if (first === undefined || shapes.some((shape) => typeof shape === 'string')) return first ?? 'text';
  const all = shapes.flatMap((shape) =>
    typeof shape === 'object' && 'names' in shape ? [...shape.names] : [],
  );
  const names = new Map<string, Shape[]>();
  for (const [name, shape] of all) names.set(name, [...(names.get(name) ?? []), shape]);
  return { names: new Map([...names].map(([name, found]) => [name, joined(found)])) };
}

function callOf({ name, args }: Extract<Expression, { kind: 'call' }>, { isCondition }: Names): Kind {
  if (!FUNCTIONS.includes(name)) throw invalid(`there is no ${name}()`, nearest(name, FUNCTIONS));
  if (!isCondition) throw invalid(`${name}() is known in "if" only`, 'Use it as if: failure().');
  if (args.length > 0) throw invalid(`${name}() takes nothing`, `Write ${name}().`);
  return 'flag';
}

type Method = { readonly of: readonly Kind[]; readonly takes: number; readonly gives: Kind | 'same' };

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['format', { of: ['date', 'time', 'instant'], takes: 1, gives: 'text' }],
  ['shift', { of: ['date', 'instant'], takes: 1, gives: 'same' }],
  ['in', { of: ['instant'], takes: 1, gives: 'same' }],
  ['default', { of: ['text', 'number', 'flag', 'date', 'time', 'instant'], takes: 1, gives: 'same' }],
  ['upper', { of: ['text'], takes: 0, gives: 'text' }],
  ['lower', { of: ['text'], takes: 0, gives: 'text' }],
  ['replace', { of: ['text'], takes: 2, gives: 'text' }],
]);

function methodOf({ of, name, args }: Extract<Expression, { kind: 'method' }>, names: Names): Kind {
  const kind = checkExpression(of, names);
  const method = METHODS.get(name);
  const known = [...METHODS].filter(([, { of: kinds }]) => kinds.includes(kind)).map(([known]) => known);
  if (method === undefined || !method.of.includes(kind)) {
    throw invalid(`a ${kind} has no ${name}()`, nearest(name, known));
  }
  for (const arg of args) checkExpression(arg, names);
  if (args.length !== method.takes) {
    throw invalid(`${name}() takes ${method.takes} values, not ${args.length}`, EXAMPLES.get(name) ?? '');
  }
  const [first] = args;
  if (first?.kind === 'text') tryOut(kind, name, first.value);
  return method.gives === 'same' ? kind : method.gives;
}

const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['format', 'Write for example date.format("yyyyMMdd").'],
  ['shift', 'Write for example date.shift("-1 day").'],
  ['in', 'Write for example run.scheduled_at.in("UTC").'],
  ['default', 'Write for example steps.count.outputs.rows.default("0").'],
  ['replace', 'Write for example params.name.replace(" ", "-").'],
]);

const EVERY_DAY = { name: '', includes: () => true };
const SAMPLES: Readonly<Record<Moment['kind'], Moment>> = {
  date: { kind: 'date', day: 20_000, calendar: EVERY_DAY },
  time: { kind: 'time', timeMs: 0 },
  instant: { kind: 'instant', atMs: 0, tz: 'UTC' },
};

/** Patterns and amounts that are written out are known to be right before any run. */
function tryOut(kind: Kind, method: string, text: string): void {
  if (kind !== 'date' && kind !== 'time' && kind !== 'instant') return;
  const sample = SAMPLES[kind];
  if (method === 'format') formatMoment(sample, text);
  if (method === 'shift') shiftMoment(sample, text);
  if (method === 'in') inZone(sample, text);
}

function pathOf(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const of = pathOf(expression.of);
  if (of === undefined) return undefined;
  return expression.key.kind === 'text' ? `${of}.${expression.key.value}` : `${of}[…]`;
}

/** Whether an expression has a part that fits. */
export function someExpression(expression: Expression, fits: (part: Expression) => boolean): boolean {
  if (fits(expression)) return true;
  return partsOf(expression).some((part) => someExpression(part, fits));
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'member':
      return [expression.of, expression.key];
    case 'call':
      return expression.args;
    case 'method':
      return [expression.of, ...expression.args];
    case 'not':
      return [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
