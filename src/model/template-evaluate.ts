/** Expressions → values, in the scope of a run. */
import { SupertaskError } from '../errors.js';
import { suggest } from './suggest.js';
import { parseTemplate, named as withSource } from './template.js';
import type { Expression, Operator } from './template-expression.js';
import { formatMoment, inZone, type Moment, shiftMoment } from './template-moment.js';

export type Value = string | number | boolean | Moment | Branch;

/** Values by name: `params`, a row of a table. */
export type Branch = {
  readonly kind: 'branch';
  /** For messages: `params`, `tables.country`. */
  readonly path: string;
  readonly names: readonly string[];
  /** Undefined: there is none. */
  readonly get: (name: string) => Value | undefined;
  /** Why a name is not there, and what to do; where the usual words do not fit. */
  readonly missing?: (name: string) => { readonly message: string; readonly hint: string };
  /** What one of `names` comes to that is not there; undefined: that is an error. */
  readonly instead?: string;
};

export type Scope = {
  /** Calculated when they are asked for. */
  readonly roots: ReadonlyMap<string, () => Value>;
  /** Whether a step has failed; only conditions of steps may ask. */
  readonly hasFailed?: boolean;
};

/** What is not there, and may have a default. */
class Absent {
  readonly error: SupertaskError;
  /** Where nothing else is said. */
  readonly instead: string | undefined;
  constructor(error: SupertaskError, instead?: string) {
    this.error = error;
    this.instead = instead;
  }
}

/** Names come from outside, so they are kept in a map. */
export function branch(path: string, entries: Iterable<readonly [string, Value]>): Branch {
  const map = new Map(entries);
  return { kind: 'branch', path, names: [...map.keys()], get: (name) => map.get(name) };
}

/**
 * The text with its templates evaluated.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID` for names that do not exist, values that are not there, and values that
 *   cannot be text.
 */
export function fillText(text: string, scope: Scope): string {
  return parseTemplate(text)
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : withSource(piece.source, () => evaluateText(piece.expression, scope)),
    )
    .join('');
}

export function evaluateText(expression: Expression, scope: Scope): string {
  const value = evaluate(expression, scope);
  if (typeof value !== 'object') return String(value);
  if (value.kind !== 'branch') return formatMoment(value);
  const names = value.names.slice(0, 20).join(', ');
  throw invalid(
    `${value.path} is not a text`,
    names === '' ? 'It has nothing in it.' : `Name one of: ${names}.`,
  );
}

/** A condition: `true`, `false`, or one of these as text. */
export function evaluateFlag(expression: Expression, scope: Scope): boolean {
  return flagOf(evaluate(expression, scope));
}

function evaluate(expression: Expression, scope: Scope): Value {
  return present(find(expression, scope));
}

function present(found: Value | Absent): Value {
  if (!(found instanceof Absent)) return found;
  if (found.instead !== undefined) return found.instead;
  throw found.error;
}

function find(expression: Expression, scope: Scope): Value | Absent {
  switch (expression.kind) {
    case 'text':
    case 'number':
    case 'flag':
      return expression.value;
    case 'name':
      return rootOf(expression.name, scope);
    case 'member': {
      const of = find(expression.of, scope);
      return of instanceof Absent ? of : memberOf(of, evaluateText(expression.key, scope));
    }
    case 'call':
      return callOf(expression.name, scope);
    case 'method': {
      const of = find(expression.of, scope);
      const args = expression.args.map((arg) => evaluateText(arg, scope));
      return methodOf(of, expression.name, args);
    }
    case 'not':
      return !evaluateFlag(expression.of, scope);
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, scope);
  }
}

function rootOf(name: string, { roots }: Scope): Value {
  const root = roots.get(name);
  if (root !== undefined) return root();
  throw invalid(`there is no "${name}"`, nearest(name, [...roots.keys()]));
}

function memberOf(of: Value, key: string): Value | Absent {
  if (typeof of !== 'object' || of.kind !== 'branch') {
    return new Absent(invalid(`there is no "${key}" in a text`, 'Is a name too many?'));
  }
  const value = of.get(key);
  if (value !== undefined) return value;
  const { message, hint } = of.missing?.(key) ?? {
    message: `there is no "${key.slice(0, 80)}" in ${of.path}`,
    hint: nearest(key, of.names),
  };
  return new Absent(invalid(message, hint), of.names.includes(key) ? of.instead : undefined);
}

function callOf(name: string, { hasFailed }: Scope): boolean {
  if (hasFailed === undefined) throw invalid(`${name}() is known in "if" only`, 'Use it as if: failure().');
  switch (name) {
    case 'success':
      return !hasFailed;
    case 'failure':
      return hasFailed;
    case 'always':
      return true;
    default:
      throw invalid(`there is no ${name}()`, nearest(name, FUNCTIONS));
  }
}

export const FUNCTIONS: readonly string[] = ['success', 'failure', 'always'];

function methodOf(of: Value | Absent, name: string, args: readonly string[]): Value {
  if (name === 'default') return of instanceof Absent ? (args[0] ?? '') : of;
  const found = present(of);
  const [first = ''] = args;
  if (typeof found === 'object' && found.kind !== 'branch') {
    if (name === 'format') return formatMoment(found, first);
    if (name === 'shift') return shiftMoment(found, first);
    if (name === 'in') return inZone(found, first);
  }
  if (typeof found === 'string') {
    if (name === 'upper') return found.toUpperCase();
    if (name === 'lower') return found.toLowerCase();
    if (name === 'replace') return found.replaceAll(first, () => args[1] ?? '');
  }
  throw invalid(
    `there is no ${name}() for this value`,
    'Dates have format() and shift(), texts upper(), lower() …',
  );
}

function binary(operator: Operator, left: Expression, right: Expression, scope: Scope): boolean {
  if (operator === '&&') return evaluateFlag(left, scope) && evaluateFlag(right, scope);
  if (operator === '||') return evaluateFlag(left, scope) || evaluateFlag(right, scope);
  const [a, b] = [plainOf(evaluate(left, scope)), plainOf(evaluate(right, scope))];
  if (operator === '==') return isEqual(a, b);
  if (operator === '!=') return !isEqual(a, b);
  const order = numberOf(a) - numberOf(b);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

type Plain = string | number | boolean;

function plainOf(value: Value): Plain {
  if (typeof value !== 'object') return value;
  if (value.kind !== 'branch') return formatMoment(value);
  throw invalid(`${value.path} cannot be compared`, 'Name a value in it.');
}

/** A number equals a text that is written as one; everything else is compared as text. */
function isEqual(a: Plain, b: Plain): boolean {
  if (typeof a === 'number' || typeof b === 'number')
    return isNumeric(a) && isNumeric(b) && Number(a) === Number(b);
  return String(a) === String(b);
}

function isNumeric(value: Plain): boolean {
  return typeof value === 'number' || /^[+-]?\d+(?:\.\d+)?$/.test(String(value));
}

function numberOf(value: Plain): number {
  if (isNumeric(value)) return Number(value);
  throw invalid(`${shown(value)} is not a number`, 'Only numbers are less or greater than others.');
}

function flagOf(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  const what = typeof value === 'object' ? 'this value' : shown(value);
  throw invalid(`${what} is neither true nor false`, 'Compare it with something: … == "yes".');
}

function shown(value: Plain): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

export function nearest(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? 'It has nothing in it.' : `There is ${known.slice(0, 20).join(', ')}.`;
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
