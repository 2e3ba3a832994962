/** The port through which time passes. */
export interface Clock {
  /** The wall clock. */
  now(): Date;
  /** Milliseconds that only go forward, whatever is done to the wall clock. */
  steadyMs(): number;
  /** Milliseconds since boot including time asleep; undefined where the system does not say. */
  bootMs(): number | undefined;
  /** Call once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, call: () => void): () => void;
}
