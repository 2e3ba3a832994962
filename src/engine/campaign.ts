/** Watches whether a schedule that has an end has come to it. */
import type { Campaign } from '../model/campaign.js';
import type { Run } from '../model/run.js';

/** `reached`: what was waited for has happened; `missed`: it has not; undefined: nothing was waited for. */
export type Verdict = 'reached' | 'missed' | undefined;

export type CampaignWatch = {
  /** Whether one more run may be started. @param starting - Runs that are being started. */
  mayStart(starting: number): boolean;
  noteStart(): void;
  /** @returns Whether the campaign is over with this run. */
  noteEnd(run: Run): boolean;
  /** Whether its time is up. @param elapsedMs - Of the steady clock, since the start. */
  isOver(elapsedMs: number, now: Date): boolean;
  /** When to look at `isOver` again at the latest, in ms; undefined: no need. */
  msUntilOver(elapsedMs: number, now: Date): number | undefined;
  verdict(): Verdict;
};

export function createCampaignWatch(campaign: Campaign): CampaignWatch {
  const failuresInARow = new Map<string, number>();
  let started = 0;
  let hasHappened = false;
  let hasGivenUp = false;

  const mayStart = (starting: number): boolean =>
    !hasHappened && !hasGivenUp && started + starting < (campaign.times ?? Infinity);
  const msUntilOver = (elapsedMs: number, now: Date): number | undefined => {
    const ends = [
      ...(campaign.forMs === undefined ? [] : [campaign.forMs - elapsedMs]),
      ...(campaign.untilAt === undefined ? [] : [campaign.untilAt.getTime() - now.getTime()]),
    ];
    return ends.length === 0 ? undefined : Math.min(...ends);
  };

  return {
    mayStart,
    msUntilOver,
    noteStart: () => void started++,
    noteEnd(run) {
      const succeeded = run.status === 'succeeded';
      const failures = succeeded ? 0 : (failuresInARow.get(run.job) ?? 0) + 1;
      failuresInARow.set(run.job, failures);
      hasHappened ||= campaign.until === (succeeded ? 'success' : 'failure');
      hasGivenUp ||= failures >= (campaign.stopOnFailure ?? Infinity);
      return !mayStart(0);
    },
    isOver: (elapsedMs, now) => (msUntilOver(elapsedMs, now) ?? Infinity) <= 0,
    verdict() {
      if (campaign.until !== undefined) return hasHappened ? 'reached' : 'missed';
      return hasGivenUp ? 'missed' : undefined;
    },
  };
}
