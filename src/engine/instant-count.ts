/** How many instants of several schedules there are. */
import type { BoundSchedule } from '../model/schedule.js';

/** Instants of several schedules that coincide are one occurrence; telling them apart is bounded work. */
const EXACT_COUNT = 10_000;

export function countInstants(
  bounds: readonly BoundSchedule[],
  after: Date,
  until: Date,
  previous: (before: Date) => Date | undefined,
  armed: number | undefined,
): number {
  const sum = bounds.reduce((total, bound) => total + bound.count(after, until), armed === undefined ? 0 : 1);
  if (bounds.length === 1 || sum > EXACT_COUNT) return sum;
  let count = 0;
  for (let at = previous(new Date(until.getTime() + 1)); at !== undefined; at = previous(at)) count++;
  return count;
}
