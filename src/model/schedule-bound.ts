/** What is asked of bound schedules, however they are calculated. A one-shot run needs no more of schedules than this. */
import type { BoundSchedule, Schedule } from './schedule.js';

/** Runs at the scheduler's start, once: what a task does that has no schedule. */
export const ONCE: Schedule = { text: 'once', rule: { kind: 'once' }, tz: undefined, enabled: true };

/** `ONCE`, bound to a start; the same as `bindSchedule` makes of it, without the language and the calendar behind it. */
export function bindOnce(startedAt: Date, tz: string): BoundSchedule {
  const atMs = startedAt.getTime();
  return {
    schedule: ONCE,
    tz,
    delayMs: undefined,
    next: (after) => (after.getTime() < atMs ? new Date(atMs) : undefined),
    previous: (before) => (before.getTime() > atMs ? new Date(atMs) : undefined),
    count: (after, until) => (after.getTime() < atMs && atMs <= until.getTime() ? 1 : 0),
  };
}

/** The earliest next instant of several schedules; undefined when none has one. */
export function nextOf(bounds: readonly BoundSchedule[], after: Date): Date | undefined {
  let earliest: Date | undefined;
  for (const bound of bounds) {
    const next = bound.next(after);
    if (next !== undefined && (earliest === undefined || next < earliest)) earliest = next;
  }
  return earliest;
}

/** The next instants of a schedule, at most `count`. */
export function nextInstants(bound: BoundSchedule, after: Date, count: number): Date[] {
  const instants: Date[] = [];
  let last: Date | undefined = bound.next(after);
  while (last !== undefined && instants.length < count) {
    instants.push(last);
    last = bound.next(last);
  }
  return instants;
}
