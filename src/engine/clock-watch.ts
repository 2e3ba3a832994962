/** Notices that time did not pass as it should: suspended, the clock was set, or the process stood still. */
import type { Clock } from './clock.js';

export type ClockJump = {
  readonly cause: 'asleep' | 'clock' | 'late';
  /** Whole milliseconds that are too many, as instants have no other; negative when the wall clock was set back. */
  readonly byMs: number;
  /** The wall clock when it was last looked at. */
  readonly before: Date;
};

/** Less than this is everyday life: adjustments by NTP, a busy machine. */
export const TOLERANCE_MS = 2_000;

export type ClockWatch = {
  /**
   * Compare the clocks with the last look.
   *
   * @param dueMs - When, by the steady clock, the wait that has ended should have ended.
   */
  look(dueMs: number): ClockJump | undefined;
  /** Whether the wall clock has left the steady one since the last look; costs next to nothing. */
  hasJumped(): boolean;
};

export function createClockWatch(clock: Clock): ClockWatch {
  let { wall, steady } = readClocks(clock);
  let boot = clock.bootMs();

  return {
    look(dueMs) {
      const before = wall;
      const now = readClocks(clock);
      const bootNow = clock.bootMs();
      const steadyDelta = now.steady - steady;
      const byMs = now.wall.getTime() - wall.getTime() - steadyDelta;
      const sleptMs = boot === undefined || bootNow === undefined ? 0 : bootNow - boot - steadyDelta;
      ({ wall, steady } = now);
      boot = bootNow;
      if (Math.abs(byMs) > TOLERANCE_MS) {
        const cause = sleptMs > TOLERANCE_MS && byMs > 0 ? 'asleep' : 'clock';
        return { cause, byMs: Math.round(byMs), before };
      }
      const stalledMs = Math.round(steady - dueMs);
      return stalledMs > TOLERANCE_MS ? { cause: 'late', byMs: stalledMs, before } : undefined;
    },
    hasJumped() {
      const now = readClocks(clock);
      return Math.abs(now.wall.getTime() - wall.getTime() - (now.steady - steady)) > TOLERANCE_MS;
    },
  };
}

/** Both clocks at one moment: whoever is frozen between the two readings would take that for a jump. */
function readClocks(clock: Clock): { readonly wall: Date; readonly steady: number } {
  for (let tries = 0; ; tries++) {
    const steady = clock.steadyMs();
    const wall = clock.now();
    if (clock.steadyMs() - steady < 100 || tries === 3) return { wall, steady };
  }
}
