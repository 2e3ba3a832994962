/** The flags of `run` that say when it all ends, as values. */
import { SupertaskError } from '../../errors.js';
import type { Campaign } from '../../model/campaign.js';
import { parseDuration } from '../../model/duration.js';
import type { CampaignFlags } from './run-flags.js';

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
