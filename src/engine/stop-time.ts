/** Stops a run when its schedule says so. */
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import { isInstantOf } from './instant.js';

/** A set clock moves times of day, so the wall clock is looked at again by then. */
const MAX_WAIT_MS = 30_000;

/**
 * Call `stop` at the stop time of the schedule that made a run due; at once when it is past.
 *
 * @param dueAt - A duration counts from here, whenever the run started.
 * @returns Calls it off.
 */
export function stopOnTime(clock: Clock, job: ScheduledTask, dueAt: Date, stop: () => void): () => void {
  const own = job.bounds.filter((bound) => bound.delayMs !== undefined || isInstantOf(bound, dueAt));
  // A run that no schedule asked for, such as one of `--now`, is held to the rules all the same.
  const bounds = own.length > 0 ? own : job.bounds;
  const rules = bounds.flatMap((bound) => {
    const at = bound.stopAt?.(dueAt);
    return at === undefined ? [] : [{ at, isOnWall: bound.schedule.stop?.kind === 'at' }];
  });
  const cancels = rules.map(({ at, isOnWall }) => (isOnWall ? callOnWall : callAfter)(clock, at, stop));
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function callAfter(clock: Clock, at: Date, call: () => void): () => void {
  const endMs = clock.steadyMs() + at.getTime() - clock.now().getTime();
  return callWhen(clock, () => endMs - clock.steadyMs(), call);
}

function callOnWall(clock: Clock, at: Date, call: () => void): () => void {
  return callWhen(clock, () => at.getTime() - clock.now().getTime(), call);
}

function callWhen(clock: Clock, remainingMs: () => number, call: () => void): () => void {
  let cancel = (): void => {};
  const wait = (): void => {
    const leftMs = remainingMs();
    if (leftMs <= 0) call();
    else cancel = clock.after(Math.min(leftMs, MAX_WAIT_MS), wait);
  };
  wait();
  return () => cancel();
}
