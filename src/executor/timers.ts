/** Timers that can be called off together and that know delays of any length. */

/** Node fires a longer timer at once. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Do something once all that has happened by now is known.
 *
 * A process that was kept from running, as by a stalled machine, comes to its timers before it has read what came
 * meanwhile: ends of processes and output. One turn of the event loop reads them, the next one closes what is at its end.
 */
export function afterReading(call: () => void): void {
  setImmediate(() => setImmediate(call));
}

export type Timers = {
  after(delayMs: number, call: () => void): void;
  clear(): void;
};

export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>();

  const after = (delayMs: number, call: () => void): void => {
    const step = Math.min(delayMs, MAX_DELAY_MS);
    const timer = setTimeout(() => {
      pending.delete(timer);
      if (delayMs > step) return after(delayMs - step, call);
      call();
    }, step);
    pending.add(timer);
  };

  return {
    after,
    clear() {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
