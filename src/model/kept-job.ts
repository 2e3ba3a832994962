/** Jobs that were made through the API: kept as they were given, beside what a timetable has. Pure. */
import type { Json } from './json.js';

/** As a timetable has it under `tasks: ID:`. */
export type TaskForm = Readonly<Record<string, Json>>;

export type KeptJob = {
  readonly task: TaskForm;
  readonly createdAt: Date;
  readonly changedAt: Date;
  /** Who changed it last. */
  readonly by: string;
};

/** By id, in the order in which they were made. */
export type KeptJobs = ReadonlyMap<string, KeptJob>;

/** Makes another set of one; where it is the same set, nothing has changed. */
export type KeptChange<Result> = (jobs: KeptJobs, now: Date) => Changed<Result> | Promise<Changed<Result>>;

type Changed<Result> = { readonly jobs: KeptJobs; readonly result: Result };

export const NO_KEPT_JOBS: KeptJobs = new Map();

/** The id under which a job is kept: ids name files, where capitals may not count. */
export function twinOf(ids: Iterable<string>, id: string): string | undefined {
  const wanted = id.toLowerCase();
  for (const each of ids) if (each.toLowerCase() === wanted) return each;
  return undefined;
}

/** JSON Merge Patch (RFC 7396): what is null is removed, objects are merged, all else takes the place. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

export function isObject(value: Json | undefined): value is TaskForm {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
