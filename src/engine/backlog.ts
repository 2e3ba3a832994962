/** The instants of a job that have come and that nobody has handled. */
import type { BoundSchedule } from '../model/schedule.js';
import { nextOf } from '../model/schedule-bound.js';
import { countInstants } from './instant-count.js';
import type { Backlog } from './missed.js';

/**
 * @param first - The oldest of them, after `handled`.
 * @param armed - One beside the schedules.
 */
export function backlogOf(
  bounds: readonly BoundSchedule[],
  handled: number,
  first: number,
  now: Date,
  armed: number | undefined,
): Backlog {
  const upTo = new Date(now.getTime() + 1);
  const previous = (before: Date): Date | undefined => {
    const planned = previousOf(bounds, before);
    const own = armed !== undefined && armed < before.getTime() ? new Date(armed) : undefined;
    const newest = later(planned, own);
    return newest !== undefined && newest.getTime() > handled ? newest : undefined;
  };
  // What was taken at its very instant is the only one.
  const newest = (first === now.getTime() ? undefined : previous(upTo)) ?? new Date(first);
  const single = newest.getTime() === first;
  return {
    first: new Date(first),
    newest,
    count: single ? 1 : countInstants(bounds, new Date(handled), now, previous, armed),
    previous,
    within(after, until) {
      const own =
        armed !== undefined && armed > after.getTime() && armed <= until.getTime() ? armed : undefined;
      const next = earlier(nextOf(bounds, after)?.getTime(), own);
      if (next === undefined || next > until.getTime()) return undefined;
      return backlogOf(bounds, after.getTime(), next, until, own);
    },
  };
}

function previousOf(bounds: readonly BoundSchedule[], before: Date): Date | undefined {
  let last: Date | undefined;
  for (const bound of bounds) last = later(last, bound.previous(before));
  return last;
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
