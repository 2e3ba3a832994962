/** What is done when things do not go as planned. Values only; the engine acts on them. */
import { SupertaskError } from '../errors.js';
import { parseDuration } from './duration.js';
import type { Expectation, SuccessRule } from './expectation.js';
import type { Keep } from './keep.js';
import type { RetryPolicy } from './retry.js';
import { suggest } from './suggest.js';

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
  /** How much of the past is kept; absent: as much as of any job. */
  readonly keep?: Keep;
  /** So many runs of the job may go at once before one is in the way of the next; absent: one. */
  readonly maxRunning?: number;
  /** What is tried again; absent: nothing. */
  readonly retry?: RetryPolicy;
  /** Absent: 0 is a success, and nothing else is. */
  readonly success?: SuccessRule;
  /** What a run must have done that ended well; absent: nothing more. */
  readonly expect?: Expectation;
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

export const OVERLAP_POLICIES = ['skip', 'queue', 'parallel', 'replace'] as const satisfies OverlapPolicy[];
export const MISSED_POLICIES = ['skip', 'latest', 'all'] as const satisfies MissedPolicy[];

/** Signals that may ask a program to end; all that POSIX names for it, and the two that programs make their own. */
export const STOP_SIGNALS = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'KILL'] as const;

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseOverlapPolicy(text: string): OverlapPolicy {
  return oneOf(text, OVERLAP_POLICIES, 'an overlap policy');
}

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseMissedPolicy(text: string): MissedPolicy {
  return oneOf(text, MISSED_POLICIES, 'a policy for missed runs');
}

/**
 * Read a stop signal: `TERM`, `SIGTERM` or `sigterm`.
 *
 * @throws {SupertaskError} `SETTING_INVALID`
 */
export function parseStopSignal(text: string): NodeJS.Signals {
  return `SIG${oneOf(text.toUpperCase().replace(/^SIG/, ''), STOP_SIGNALS, 'a stop signal')}`;
}

/**
 * Read a limit: a duration, or `none`.
 *
 * @returns Milliseconds; `undefined` for no limit.
 * @throws {SupertaskError} `DURATION_INVALID`
 */
export function parseLimit(text: string): number | undefined {
  return text === 'none' ? undefined : parseDuration(text);
}

function oneOf<T extends string>(text: string, known: readonly T[], what: string): T {
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  const near = suggest(text, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  throw new SupertaskError('SETTING_INVALID', `${JSON.stringify(text)} is not ${what}`, {
    hint: `${meant}Use one of: ${known.join(', ')}.`,
  });
}
