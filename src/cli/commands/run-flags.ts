/** The flags of `run` that say how tasks run and when it all ends, as values. */
import { SupertaskError } from '../../errors.js';
import type { Campaign } from '../../model/campaign.js';
import { parseDuration } from '../../model/duration.js';
import { INHERIT_WORDS } from '../../model/inherit.js';
import { type Policy, parseLimit, parseMissedPolicy, parseOverlapPolicy } from '../../model/policy.js';
import { DEFAULT_RETRY, parseAttempts, parseBackoff, parseRetryCause } from '../../model/retry.js';

export type PolicyFlags = {
  readonly overlap?: string;
  readonly missed?: string;
  readonly deadline?: string;
  readonly persistent?: boolean;
  readonly retry?: string;
  readonly retryDelay?: string;
  readonly retryBackoff?: string;
  readonly retryOn?: readonly string[];
};

export type CampaignFlags = {
  readonly now?: boolean;
  readonly times?: string;
  readonly for?: string;
  readonly until?: string;
  readonly stopOnFailure?: string;
};

export type RunFlags = PolicyFlags &
  CampaignFlags & {
    readonly when?: string;
    readonly command?: string;
    readonly file?: string;
    readonly exec?: boolean;
    readonly name?: string;
    readonly env?: readonly string[];
    readonly envFile?: readonly string[];
    readonly secret?: readonly string[];
    readonly arg?: readonly string[];
    readonly cwd?: string;
    readonly standby?: boolean;
    readonly join?: boolean;
    readonly apiJobs?: boolean;
    readonly detach?: boolean;
  };

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

/**
 * When to end; undefined when no flag says so.
 *
 * @param tz - Of instants without a zone.
 * @throws {SupertaskError} `USAGE`, `DURATION_INVALID`, `SCHEDULE_INVALID`
 */
export async function parseCampaignFlags(flags: CampaignFlags, tz: string): Promise<Campaign | undefined> {
  const { now, until } = flags;
  const campaign: Campaign = {
    ...(now ? { now } : {}),
    ...(flags.times === undefined ? {} : { times: parseCount(flags.times, '--times') }),
    ...(flags.for === undefined ? {} : { forMs: parseDuration(flags.for) }),
    ...(flags.stopOnFailure === undefined
      ? {}
      : { stopOnFailure: parseCount(flags.stopOnFailure, '--stop-on-failure') }),
    ...(until === undefined ? {} : await parseUntil(until, tz)),
  };
  return Object.keys(campaign).length === 0 ? undefined : campaign;
}

export type EnvFlags = {
  /** `NAME=value`, or what is to be refused. */
  readonly assignments: readonly string[];
  readonly inherit: (typeof INHERIT_WORDS)[number] | undefined;
};

/** `--env=minimal` has no "=" in its value, so it is no variable but says what is inherited; the last one counts. */
export function splitEnvFlags(env: readonly string[] = []): EnvFlags {
  const inherit = env.flatMap((text) => INHERIT_WORDS.find((word) => word === text) ?? []).at(-1);
  return { assignments: env.filter((text) => !INHERIT_WORDS.some((word) => word === text)), inherit };
}

/** A whole number from 1. @throws {SupertaskError} `USAGE` */
export function parseCount(text: string, name: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SupertaskError('USAGE', `${name} is "${text}"`, { hint: 'Give a whole number from 1.' });
}

async function parseUntil(text: string, tz: string): Promise<Pick<Campaign, 'until' | 'untilAt'>> {
  if (text === 'success' || text === 'failure') return { until: text };
  if (!/^\d{4}-\d/.test(text)) {
    throw new SupertaskError('USAGE', `--until is "${text}"`, {
      hint: 'Use success, failure, or an instant such as 2026-12-24T18:00.',
    });
  }
  const { bindSchedule } = await import('../../model/schedule-bind.js');
  const { parseSchedule } = await import('../../model/schedule-text.js');
  const bound = bindSchedule(parseSchedule(text), { jobId: '', startedAt: new Date(0), tz });
  return { untilAt: bound.next(new Date(0)) };
}
