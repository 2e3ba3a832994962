/** Notices that time did not pass as it should: suspended, the clock was set, or the process stood still. */
import type { Clock } from './clock.js';

export type ClockJump = {
  readonly cause: 'asleep' | 'clock' | 'late';
  /** Milliseconds that are too many; negative when the wall clock was set back. */
  readonly byMs: number;
  /** The wall clock when it was last looked at. */
  readonly before: Date;
};

/** Less than this is everyday life: adjustments by NTP, a busy machine. */
const TOLERANCE_MS = 2_000;

export type ClockWatch = {
  /**
   * Compare the clocks with the last look.
   *
   * @param dueMs - When, by the steady clock, the wait that has ended should have ended.
   */
  look(dueMs: number): ClockJump | undefined;
};

export function createClockWatch(clock: Clock): ClockWatch {
  let wall = clock.now();
  let steady = clock.steadyMs();
  let boot = clock.bootMs();

  return {
    look(dueMs) {
      const before = wall;
      const steadyDelta = clock.steadyMs() - steady;
      const wallDelta = clock.now().getTime() - wall.getTime();
      const bootNow = clock.bootMs();
      const sleptMs = boot === undefined || bootNow === undefined ? 0 : bootNow - boot - steadyDelta;
      wall = clock.now();
      steady = clock.steadyMs();
      boot = bootNow;
      const byMs = wallDelta - steadyDelta;
      if (Math.abs(byMs) > TOLERANCE_MS) {
        return { cause: sleptMs > TOLERANCE_MS && byMs > 0 ? 'asleep' : 'clock', byMs, before };
      }
      const stalledMs = steady - dueMs;
      return stalledMs > TOLERANCE_MS ? { cause: 'late', byMs: stalledMs, before } : undefined;
    },
  };
}
