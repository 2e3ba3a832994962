/** The id of a job: its task's, and the arguments that tell it from other jobs of the task. */
import type { Json } from './json.js';
import { md5 } from './md5.js';

/** Longer ids are cut, because they become names of files. */
const MAX_LENGTH = 100;

/**
 * `TASK@name=value,name=value`, names in order; the id of the task where there are no arguments.
 *
 * What an id cannot hold becomes `-`. An id that does not say all of its arguments, or would be too long, ends in `~`
 * and the beginning of the MD5 of their JSON.
 */
export function jobId(taskId: string, args: Readonly<Record<string, Json>>): string {
  const pairs = Object.keys(args)
    .sort()
    .map((name) => [name, textOf(args[name] ?? null)] as const);
  if (pairs.length === 0) return taskId;
  const plain = pairs.map(([name, value]) => `${name}=${value.replace(/[^A-Za-z0-9._-]/g, '-')}`).join(',');
  const id = `${taskId}@${plain}`;
  const isWhole = pairs.every(([, value]) => /^[A-Za-z0-9._-]*$/.test(value));
  if (isWhole && id.length <= MAX_LENGTH) return id;
  return `${id.slice(0, MAX_LENGTH)}~${md5(JSON.stringify(Object.fromEntries(pairs))).slice(0, 6)}`;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
