/** The flags of `run` that say how tasks run, as values. */
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../../model/duration.js';
import { type Policy, parseLimit, parseMissedPolicy, parseOverlapPolicy } from '../../model/policy.js';
import { DEFAULT_RETRY, parseAttempts, parseBackoff, parseRetryCause } from '../../model/retry.js';
import type { PolicyFlags } from './run-flags.js';

/** What the flags change in every task's policy. @throws {SupertaskError} `SETTING_INVALID`, `DURATION_INVALID` */
export function parsePolicyFlags(flags: PolicyFlags): Partial<Policy> {
  return {
    ...(flags.overlap === undefined ? {} : { overlap: parseOverlapPolicy(flags.overlap) }),
    ...(flags.missed === undefined ? {} : { missed: parseMissedPolicy(flags.missed) }),
    ...(flags.deadline === undefined ? {} : { deadlineMs: parseLimit(flags.deadline) }),
    ...(flags.persistent ? { deadlineMs: undefined } : {}),
    ...parseRetryFlags(flags),
  };
}

/** @throws {SupertaskError} `USAGE`, `SETTING_INVALID`, `DURATION_INVALID` */
function parseRetryFlags(flags: PolicyFlags): Pick<Policy, 'retry'> {
  const { retry, retryDelay, retryBackoff, retryOn } = flags;
  if (retry === undefined) {
    if (retryDelay === undefined && retryBackoff === undefined && retryOn === undefined) return {};
    throw new SupertaskError('USAGE', '--retry-delay, --retry-backoff and --retry-on need --retry', {
      hint: 'Say how often a run is tried in all, such as --retry=3.',
    });
  }
  const delayMs = retryDelay === undefined ? DEFAULT_RETRY.delayMs : parseDuration(retryDelay);
  const isFixed = retryBackoff !== undefined && parseBackoff(retryBackoff) === 'fixed';
  return {
    retry: {
      ...DEFAULT_RETRY,
      attempts: parseAttempts(retry),
      delayMs,
      factor: isFixed ? 1 : DEFAULT_RETRY.factor,
      maxDelayMs: Math.max(DEFAULT_RETRY.maxDelayMs, delayMs),
      ...(retryOn === undefined
        ? {}
        : { on: retryOn.flatMap((text) => text.split(',')).map(parseRetryCause) }),
    },
  };
}
