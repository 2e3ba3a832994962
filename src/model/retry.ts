/** Whether and when a run that did not succeed is tried again. Pure: the engine does the waiting. */
import { SupertaskError } from '../errors.js';
import { parseDuration } from './duration.js';
import { stableHash } from './hash.js';
import type { Run } from './run.js';
import { suggest } from './suggest.js';

export type RetryPolicy = {
  /** A moment is run at most so often, the first time included. */
  readonly attempts: number;
  /** Before the second attempt, in ms. */
  readonly delayMs: number;
  /** Each delay is that many times the one before; 1: all alike. */
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Lengthens each delay by up to so much, or by up to such a share of it; always alike for the same attempt. */
  readonly jitter: { readonly ms: number } | { readonly share: number };
  /** Which ends are tried again; undefined: all that are not a success, a stop or a mistake in the timetable. */
  readonly on: readonly RetryCause[] | undefined;
};

/** An exit code, the name of a signal (`SIGSEGV`), or a reason. */
export type RetryCause = number | string;

const MAX_ATTEMPTS = 1_000;

/** The delays of curl, which doubles them from a second to ten minutes. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 3,
  delayMs: 1_000,
  factor: 2,
  maxDelayMs: 600_000,
  jitter: { ms: 0 },
  on: undefined,
};

/** Reasons of runs that can be tried again. */
const RETRY_REASONS = ['exit-code', 'signal', 'timeout', 'expectation', 'spawn', 'lost'] as const;

/** Signals by which a process can end, as Node calls them. */
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT XCPU XFSZ VTALRM PROF IO PWR SYS'.split(
    ' ',
  );
const OTHER_NAMES: Readonly<Record<string, string>> = { IOT: 'ABRT', POLL: 'IO' };

/** Trying again would end the same way, or somebody wanted it to end. */
const NEVER: readonly (string | undefined)[] = ['stopped', 'template', 'wait-timeout'];

export const BACKOFFS = ['fixed', 'exponential'] as const;

/**
 * Decide whether a run that has ended is tried again.
 *
 * @returns Milliseconds until the next attempt; undefined: it was the last one.
 */
export function retryDelay(policy: RetryPolicy, run: Run): number | undefined {
  if (run.status !== 'failed' && run.status !== 'errored') return undefined;
  if (run.attempt >= policy.attempts || NEVER.includes(run.reason)) return undefined;
  if (policy.on !== undefined && !policy.on.some((cause) => isCause(cause, run))) return undefined;
  const plain = Math.min(policy.maxDelayMs, policy.delayMs * policy.factor ** (run.attempt - 1));
  const span = 'ms' in policy.jitter ? policy.jitter.ms : policy.jitter.share * plain;
  const spread = stableHash(`${run.job} ${run.scheduledAt.getTime()} ${run.attempt}`) / 2 ** 32;
  return Math.round(plain + span * spread);
}

function isCause(cause: RetryCause, { reason, exitCode, signal }: Run): boolean {
  if (typeof cause === 'number') return reason === 'exit-code' && exitCode === cause;
  return cause === reason || (reason === 'signal' && cause === signal);
}

/** How often in all. @throws {SupertaskError} `SETTING_INVALID` */
export function parseAttempts(text: string): number {
  const count = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= MAX_ATTEMPTS) return count;
  throw invalid(
    `${JSON.stringify(text)} is not a number of attempts`,
    `Write how often a run is tried in all: 1 to ${MAX_ATTEMPTS}.`,
  );
}

/** @throws {SupertaskError} `SETTING_INVALID` */
export function parseBackoff(text: string): (typeof BACKOFFS)[number] {
  const found = BACKOFFS.find((word) => word === text);
  if (found !== undefined) return found;
  throw invalid(`${JSON.stringify(text)} is not a backoff`, `Use one of: ${BACKOFFS.join(', ')}.`);
}

/** By how much delays grow. @throws {SupertaskError} `SETTING_INVALID` */
export function parseFactor(text: string): number {
  const factor = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (factor >= 1 && factor <= 100) return factor;
  throw invalid(
    `${JSON.stringify(text)} is not a factor of growing delays`,
    'Write a number from 1 to 100, such as 2 or 1.5.',
  );
}

/** A duration, or a share of the delay such as `20%`. @throws {SupertaskError} `DURATION_INVALID`, `SETTING_INVALID` */
export function parseRetryJitter(text: string): RetryPolicy['jitter'] {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (percent === undefined) return { ms: parseDuration(text) };
  if (Number(percent) <= 1_000) return { share: Number(percent) / 100 };
  throw invalid(`${JSON.stringify(text)} is more than 1000%`, 'Write a share of the delay, such as 20%.');
}

/**
 * One of the ends after which a run is tried again: `3`, `exit-code`, `timeout`, `signal`, `SIGSEGV`, `segv` …
 *
 * @throws {SupertaskError} `SETTING_INVALID`
 */
export function parseRetryCause(text: string): RetryCause {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 255) return Number(text);
  const reason = RETRY_REASONS.find((word) => word === text);
  if (reason !== undefined) return reason;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const signal = OTHER_NAMES[name] ?? name;
  if (SIGNALS.includes(signal)) return `SIG${signal}`;
  const near =
    suggest(text, RETRY_REASONS) ??
    (name === '' ? undefined : suggest(`SIG${name}`, SIGNALS.map(withPrefix)));
  throw invalid(
    `${JSON.stringify(text)} is nothing after which a run is tried again`,
    `${near === undefined ? '' : `Did you mean ${near}? `}Write an exit code (1 to 255), the name of a signal such as SIGSEGV, or one of: ${RETRY_REASONS.join(', ')}.`,
  );
}

function withPrefix(name: string): string {
  return `SIG${name}`;
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SETTING_INVALID', message, { hint });
}
