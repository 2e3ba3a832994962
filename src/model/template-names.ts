/** The names that templates may use, as far as they are known before any run. */
import type { Json } from './json.js';
import type { Task } from './task.js';
import type { Names, Shape } from './template-check.js';
import { REPORTED } from './template-event.js';

/** The names that templates of a step may use. */
export function stepNames(known: {
  readonly params: readonly string[];
  readonly tables: Task['tables'];
  /** Of the task and the step. */
  readonly env: readonly string[];
  readonly readEnv: readonly string[];
  /** Names of the steps before. */
  readonly steps: readonly string[];
  readonly isCondition?: boolean;
  /** In an action: `run` is the one that is reported. */
  readonly isAction?: boolean;
}): Names {
  const texts = (names: readonly string[]): Shape => ({
    names: new Map(names.map((name) => [name, 'text'] as const)),
  });
  const step: Shape = {
    names: new Map<string, Shape>([
      ['status', 'text'],
      ['outputs', { any: 'text' }],
    ]),
  };
  const env = [...new Set([...known.env, ...known.readEnv])];
  return {
    roots: new Map<string, Shape>([
      ['params', texts(known.params)],
      ['tables', shapeOf(known.tables ?? {})],
      ['job', texts(['id', 'name'])],
      ['task', texts(['id'])],
      [
        'run',
        known.isAction
          ? REPORTED
          : {
              names: new Map<string, Shape>([
                ['id', 'text'],
                ['attempt', 'number'],
                ['trigger', 'text'],
                ['scheduled_at', 'instant'],
              ]),
            },
      ],
      ['host', 'text'],
      ['namespace', 'text'],
      ['date', 'date'],
      ['time', 'time'],
      ['env', texts(env)],
      ['steps', { names: new Map(known.steps.map((name) => [name, step])) }],
    ]),
    hints: new Map([
      ['env', envHint('NAME')],
      [
        'params',
        known.params.length === 0
          ? 'The task has none: declare them under params.'
          : `There is ${known.params.join(', ')}.`,
      ],
      [
        'steps',
        known.isAction
          ? 'What steps have named stands in run.outputs.NAME.'
          : known.steps.length === 0
            ? 'No step before this one has a name.'
            : `Steps before this one: ${known.steps.join(', ')}.`,
      ],
    ]),
    ...(known.isCondition ? { isCondition: true } : {}),
  };
}

function shapeOf(value: Json): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'text';
  return { names: new Map(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)] as const)) };
}

/** How a template gets to see a variable. */
export function envHint(name: string): string {
  return `Templates see variables that the task sets in env, and inherited ones it lists: read-env: [${name}].`;
}
