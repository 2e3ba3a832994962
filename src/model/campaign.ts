/** A schedule with an end: after so many runs, so long, or when something has happened. */

export type Campaign = {
  /** At most so many runs are started. */
  readonly times?: number | undefined;
  /** Nothing is started later than this after the start, in ms of the steady clock. */
  readonly forMs?: number | undefined;
  /** Nothing is started from this instant of the wall clock on. */
  readonly untilAt?: Date | undefined;
  /** What is waited for: the first run that succeeds, or that does not. */
  readonly until?: 'success' | 'failure' | undefined;
  /** Give up after so many runs of a job in a row that did not succeed. */
  readonly stopOnFailure?: number | undefined;
  /** Every job also runs at the start. */
  readonly now?: boolean | undefined;
};
