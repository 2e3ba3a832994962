/** A clock that was set back: which jobs wait for it, and what the records tell of one while no scheduler lived. Pure. */
import { scheduleClass } from '../model/schedule-class.js';
import type { JobPast } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import { attendedUntil } from './attendance.js';
import { TOLERANCE_MS } from './clock-watch.js';

/** A clock that is set back further is held to be right from now on; nothing is held until it catches up. */
const CORRECTION_MS = 3 * 3_600_000;

/** Whether a job waits until the clock has caught up with what it has shown before. */
export function isHeldBack({ bounds }: ScheduledTask, byMs: number): boolean {
  return byMs <= CORRECTION_MS && bounds.every(({ schedule }) => scheduleClass(schedule) === 'fixed-time');
}

/** The highest instant that is to come and had its turn before; undefined: the clock is where it was. */
export function highestAhead(past: Iterable<JobPast>, now: Date): Date | undefined {
  let highest = now.getTime() + TOLERANCE_MS;
  for (const { aheadAt } of past) highest = Math.max(highest, aheadAt?.getTime() ?? 0);
  return highest > now.getTime() + TOLERANCE_MS ? new Date(highest) : undefined;
}

/** Instants of a job up to this one were handled when the engine starts; `first` is the last before its start. */
export function handledUntil(job: ScheduledTask, past: JobPast, first: Date): Date {
  const { aheadAt } = past;
  const byMs = aheadAt === undefined ? Infinity : aheadAt.getTime() - first.getTime();
  if (aheadAt === undefined || byMs > CORRECTION_MS) return attendedUntil(past, first);
  // Whoever came to that one has come to all before it.
  return isHeldBack(job, byMs) ? aheadAt : first;
}
