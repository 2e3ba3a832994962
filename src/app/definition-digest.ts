/** Short names for what tasks say beside what the bookkeeping keeps of them in words: to see whether it has changed. */
import { createHash } from 'node:crypto';
import { isSecretArg } from '../model/arg.js';
import type { JobDefinition } from '../model/job.js';
import type { Task } from '../model/task.js';
import type { Source } from './source.js';

/** Kept in words, or where it stands. */
const ELSEWHERE = new Set([
  'id',
  'name',
  'description',
  'labels',
  'enabled',
  'schedules',
  'location',
  'origin',
]);

/**
 * Of tasks as the file has them, without what flags made of them.
 *
 * @param hide - For what may hold a secret.
 */
export function digestsOf(
  source: Source,
  hide: (text: string) => string,
): (task: Task) => Pick<JobDefinition, 'digest'> {
  let written: ReadonlyMap<string, Task> | undefined;
  /** Most tasks are as they were written: no index of 100,000 is made for them. */
  const asWritten = (task: Task): Task | undefined => {
    if (source.written === undefined && task.args === undefined) return task;
    written ??= new Map((source.written ?? source.timetable.tasks).map((each) => [each.id, each]));
    return written.get(task.taskId ?? task.id);
  };
  return (task) => {
    const found = asWritten(task);
    return found === undefined ? {} : { digest: digestOf(found, hide) };
  };
}

function digestOf(task: Task, hide: (text: string) => string): string {
  const rest = Object.entries({ ...task, params: plainParams(task) }).filter(([key]) => !ELSEWHERE.has(key));
  const text = hide(JSON.stringify(Object.fromEntries(rest), withoutValues));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Defaults that are secret are values as well. */
function plainParams(task: Task): Task['params'] {
  if (task.params === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(task.params).map(([name, { default: initial, ...param }]) => [
      name,
      initial === undefined || isSecretArg(task, name) ? param : { ...param, default: initial },
    ]),
  );
}

/** Values of variables never reach the bookkeeping, not even as a digest that could be guessed. */
function withoutValues(key: string, value: unknown): unknown {
  return key === 'env' && typeof value === 'object' && value !== null ? Object.keys(value).sort() : value;
}
