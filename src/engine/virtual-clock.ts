/** Time that passes only when it is told to: for simulations and tests. Knows timers and nothing of what they do. */
import type { Clock } from './clock.js';
import { createHeap } from './heap.js';

export type VirtualClock = Clock & {
  /**
   * Go on from timer to timer up to `untilMs` of the steady clock; what each of them starts comes to rest before the
   * next one is called.
   *
   * @param isEnough - Asked after each timer; `true` ends it there.
   * @returns Whether there are timers left by then. Where there are none, the clock stands at the last one.
   */
  runUntil(untilMs: number, isEnough?: () => boolean): Promise<boolean>;
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

/**
 * A clock that stands at `start`.
 *
 * @param options.whenSettled - Calls back when what a timer has started came to rest. The default waits for promises
 *   only. Whoever waits for the disk needs more.
 */
export function createVirtualClock(
  start: Date,
  options: { readonly whenSettled?: (call: () => void) => void } = {},
): VirtualClock {
  const { whenSettled = whenPromisesSettle } = options;
  const timers = createTimers();
  let steady = 0;
  let asleep = 0;
  let wallOffset = start.getTime();

  // By callbacks, not promises: a year has millions of timers.
  const runUntil = (untilMs: number, isEnough = (): boolean => false): Promise<boolean> =>
    new Promise((resolve) => {
      const goOn = (): void => {
        const isOver = isEnough();
        const next = isOver ? undefined : timers.take(untilMs);
        if (next === undefined) {
          resolve(isOver);
          return;
        }
        steady = Math.max(steady, next.atMs);
        next.call();
        whenSettled(goOn);
      };
      whenSettled(goOn);
    });

  return {
    now: () => new Date(wallOffset + steady),
    steadyMs: () => steady,
    bootMs: () => steady + asleep,
    after: (delayMs, call) => timers.add(steady + Math.max(0, delayMs), call),
    runUntil,
    async advance(ms) {
      const untilMs = steady + ms;
      await runUntil(untilMs);
      steady = Math.max(steady, untilMs);
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
      return timers.size();
    },
  };
}

type Timer = { readonly atMs: number; readonly call: () => void; isOff: boolean };

/** Timers in the order of their instants; those of one instant in the order in which they were set. */
function createTimers() {
  const instants = createHeap<Timer[]>();
  const byInstant = new Map<number, Timer[]>();
  let live = 0;

  return {
    size: () => live,
    add(atMs: number, call: () => void): () => void {
      const timer: Timer = { atMs, call, isOff: false };
      const others = byInstant.get(atMs);
      if (others === undefined) {
        const first = [timer];
        byInstant.set(atMs, first);
        instants.push(atMs, first);
      }
      others?.push(timer);
      live++;
      return () => {
        if (timer.isOff) return;
        timer.isOff = true;
        live--;
      };
    },
    take(untilMs: number): Timer | undefined {
      for (;;) {
        const atMs = instants.peekKey();
        if (atMs === undefined || atMs > untilMs) return undefined;
        const timer = instants.peek()?.shift();
        if (timer === undefined) {
          instants.pop();
          byInstant.delete(atMs);
        }
        if (timer === undefined || timer.isOff) continue;
        timer.isOff = true;
        live--;
        return timer;
      }
    },
  };
}

/** Node calls a tick that a promise asked for when no promise has anything left to do; one that a tick asked for, earlier. */
function whenPromisesSettle(call: () => void): void {
  queueMicrotask(() => process.nextTick(call));
}
