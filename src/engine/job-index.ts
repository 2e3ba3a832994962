/** Jobs by words of theirs, for what must not look through all jobs. */
import type { ScheduledTask } from './agenda.js';

export type JobIndex = {
  add(job: ScheduledTask): void;
  remove(job: ScheduledTask): void;
  of(key: string): readonly ScheduledTask[];
};

/** @param keysOf - Most jobs have none, and cost nothing. */
export function createJobIndex(keysOf: (job: ScheduledTask) => readonly string[]): JobIndex {
  const found = new Map<string, Set<ScheduledTask>>();
  return {
    add(job) {
      for (const key of keysOf(job)) found.set(key, (found.get(key) ?? new Set()).add(job));
    },
    remove(job) {
      for (const key of keysOf(job)) found.get(key)?.delete(job);
    },
    of: (key) => [...(found.get(key) ?? [])],
  };
}
