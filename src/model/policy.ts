/** What is done when things do not go as planned. Values only; the engine acts on them. */

/** A run is due while an earlier run of the same job is going. */
export type OverlapPolicy = 'skip' | 'queue' | 'parallel' | 'replace';

/** Instants passed while nothing could run: run none, the newest or all of them. */
export type MissedPolicy = 'skip' | 'latest' | 'all';

/** How a process is asked to end: `signal` to its group, then SIGKILL after `graceMs`. */
export type StopPolicy = { readonly signal: NodeJS.Signals; readonly graceMs: number };

export type Policy = {
  readonly overlap: OverlapPolicy;
  readonly missed: MissedPolicy;
  /** How late a missed instant may still be run, in ms; undefined: no limit. */
  readonly deadlineMs: number | undefined;
  /** How long a run may take, in ms; undefined: as long as it likes. */
  readonly timeoutMs: number | undefined;
  readonly stop: StopPolicy;
};

/** At most this many missed instants of a job are run late; the rest are recorded as missed. */
export const MAX_CATCH_UP = 100;

export const DEFAULT_POLICY: Policy = {
  overlap: 'skip',
  missed: 'latest',
  deadlineMs: 3_600_000,
  timeoutMs: undefined,
  stop: { signal: 'SIGTERM', graceMs: 10_000 },
};
