/** Parameters of a task, and the arguments that a schedule or a person gives for them. Arguments are texts. */
import { type Problem, SupertaskError } from '../errors.js';
import { suggest } from './suggest.js';

export type Param = {
  /** Absent: an argument has to be given. */
  readonly default?: string;
  /** The only values there may be. */
  readonly choices?: readonly string[];
  /** For people. */
  readonly description?: string;
};

export type Params = Readonly<Record<string, Param>>;
/** By name of the parameter. */
export type Args = Readonly<Record<string, string>>;

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** All arguments of a run together: they stand in its record and in its environment. */
const MAX_BYTES = 16 * 1024;

/** @throws {SupertaskError} `ARGS_INVALID` */
export function parseParamName(text: string): string {
  if (NAME.test(text)) return text;
  throw invalid(
    `${JSON.stringify(text.slice(0, 80))} is not the name of a parameter`,
    'Use 1 to 64 letters, digits, "_" and "-", starting with a letter.',
  );
}

/** What is wrong with a value for a parameter; undefined: nothing. */
export function problemOf(name: string, { choices }: Param, value: string): Problem | undefined {
  if (value.includes('\0')) return problem(`the value of "${name}" contains a NUL character`, 'Remove it.');
  if (choices === undefined || choices.includes(value)) return undefined;
  const near = suggest(value, choices);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  return problem(`${shown} is no choice for "${name}"`, `${meant}Choices: ${choices.join(', ')}.`);
}

/**
 * The value of every parameter: as given, else its default.
 *
 * @param given - Nothing but parameters of the task, and none missing that has no default.
 * @throws {SupertaskError} `ARGS_INVALID` with all that is wrong.
 */
export function bindArgs(taskId: string, params: Params, given: Args): Args {
  const problems = [
    ...Object.keys(given).flatMap((name) =>
      Object.hasOwn(params, name) ? [] : [unknownArg(taskId, name, Object.keys(params))],
    ),
    ...Object.entries(params).flatMap(([name, param]) => {
      const value = Object.hasOwn(given, name) ? given[name] : param.default;
      return (value === undefined ? missing(taskId, name, param) : problemOf(name, param, value)) ?? [];
    }),
  ];
  const [first] = problems;
  if (first !== undefined) throw new SupertaskError('ARGS_INVALID', first.message, { ...first, problems });
  const bound = Object.entries(params).map(([name, param]): [string, string] => [
    name,
    (Object.hasOwn(given, name) ? given[name] : param.default) ?? '',
  ]);
  checkSize(taskId, bound);
  return Object.fromEntries(bound);
}

function checkSize(taskId: string, bound: readonly (readonly [string, string])[]): void {
  const bytes = bound.reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0);
  if (bytes <= MAX_BYTES) return;
  throw invalid(
    `the arguments of "${taskId}" take ${bytes} bytes; at most ${MAX_BYTES} are allowed`,
    'Put what is large into a file, and give its path.',
  );
}

/** What is wrong with an argument of which a task knows nothing. */
export function unknownArg(taskId: string, name: string, known: readonly string[]): Problem {
  const near = suggest(name, known);
  const names = known.length === 0 ? 'It has none: declare it under params.' : `It has ${known.join(', ')}.`;
  return problem(
    `task "${taskId}" has no parameter ${JSON.stringify(name)}`,
    near === undefined ? names : `Did you mean ${near}?`,
  );
}

function missing(taskId: string, name: string, { choices }: Param): Problem {
  const example = choices?.[0] ?? '…';
  return problem(
    `task "${taskId}" needs an argument for "${name}"`,
    `Give one: args: {${name}: ${example}} in the schedule or trigger, --arg ${name}=${example}, or a default in params.`,
  );
}

function problem(message: string, hint: string): Problem {
  return { code: 'ARGS_INVALID', message, hint };
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('ARGS_INVALID', message, { hint });
}
