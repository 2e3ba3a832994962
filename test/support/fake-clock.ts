import type { Clock } from '../../src/engine/clock.ts';

/** A clock turned by hand. */
export type FakeClock = Clock & {
  /** Let time pass; timers fire in order, and what they start is awaited. */
  advance(ms: number): Promise<void>;
  /** Set the wall clock: the steady clock does not notice, timers neither. */
  setWall(at: Date): void;
  /** The machine sleeps: the wall goes on, the steady clock stands still. */
  suspend(ms: number): void;
  /** The process stands still: all clocks go on, timers fire late. */
  stall(ms: number): void;
  /** Timers that wait. */
  readonly waiting: number;
};

export function createFakeClock(start: Date): FakeClock {
  let steady = 0;
  let asleep = 0;
  let wallOffset = start.getTime();
  const timers = new Map<number, { readonly at: number; readonly call: () => void }>();
  let lastId = 0;

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const nextTimer = (
    until: number,
  ): [number, { readonly at: number; readonly call: () => void }] | undefined =>
    [...timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0];

  return {
    now: () => new Date(wallOffset + steady),
    steadyMs: () => steady,
    bootMs: () => steady + asleep,
    after(delayMs, call) {
      const id = ++lastId;
      timers.set(id, { at: steady + Math.max(0, delayMs), call });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const until = steady + ms;
      await settle();
      for (let next = nextTimer(until); next !== undefined; next = nextTimer(until)) {
        const [id, timer] = next;
        timers.delete(id);
        steady = Math.max(steady, timer.at);
        timer.call();
        await settle();
      }
      steady = until;
      await settle();
    },
    setWall(at) {
      wallOffset = at.getTime() - steady;
    },
    suspend(ms) {
      wallOffset += ms;
      asleep += ms;
    },
    stall(ms) {
      steady += ms;
    },
    get waiting() {
      return timers.size;
    },
  };
}
