/** Due moments → what is claimed for them: ids, limits and records. Starts nothing. */
import { type Reason, type Run, scheduledRunId, type Trigger } from '../model/run.js';
import type { Claim } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import { limitsOf } from './claim-limit.js';
import { type ClaimState, isDue, isNamed, newRun } from './claim-run.js';
import { claimMissed, claimSkipped, claimWithheld } from './claim-unrun.js';
import { claimLater, claimReserve, claimToStart } from './claim-waiting.js';
import type { Clock } from './clock.js';
import type { Withheld } from './sift.js';

/** Why instants may have passed unattended, since when, and until when. */
export type Gap = {
  readonly cause: 'down' | 'asleep' | 'clock' | 'late' | 'storage';
  /** Of a job; undefined: it was attended all the time. */
  readonly from: (jobId: string) => Date | undefined;
  readonly until: Date;
};

/** A due run that has not been claimed. */
export type Planned = {
  readonly job: ScheduledTask;
  readonly dueAt: Date;
  readonly trigger: Trigger;
  readonly attempt: number;
  /** One of several missed instants that are run late: these wait for each other, oldest first. */
  readonly isCatchUp: boolean;
  /** What else its record says. */
  readonly detail?: RunDetail | undefined;
  /** The attempt before it, where that ended in this process. */
  readonly before?: Run | undefined;
  /** It follows on a run by an action, and counts for nothing that is counted, such as `--times` and exit codes. */
  readonly isAside?: boolean | undefined;
  /** Tells it from others with the same cause. */
  readonly key?: string | undefined;
  /** Variables of this run only. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Why it cannot be run: it is recorded as errored. */
  readonly wrong?: string | undefined;
};

/** What a record says of a run beside when and why it began. */
export type RunDetail = Pick<Run, 'task' | 'args' | 'cause' | 'by' | 'note'>;

export type ClaimMaker = {
  /** To start now, or to wait for another run of the job where the policy says so. */
  start(planned: Planned): Claim;
  /** The run that `start` would claim at its instant; undefined when its id cannot be known before. */
  foresee(planned: Planned): Run | undefined;
  /** To start a run that was claimed as waiting. */
  startWaiting(planned: Planned, run: Run): Claim;
  /** To wait for room in this process. */
  reserve(planned: Planned): Claim;
  /** To wait for an instant; the next attempt of a run keeps that run's place among those of its job. */
  later(planned: Planned, at: Date): Claim;
  skipped(planned: Planned, reason: Reason, evidence: Run['evidence']): Claim;
  /** Moments that people want to be left out. */
  withheld(job: ScheduledTask, withheld: Withheld): Claim;
  missed(
    job: ScheduledTask,
    missed: { count: number; first: Date; last: Date },
    gap: Gap,
    evidence: Run['evidence'],
  ): Claim;
  /**
   * The wall clock was set back: instants up to `highest` may have been claimed in an earlier pass.
   *
   * @param lowest - Earlier ones are not gone through again; default: all are.
   */
  noteSetBack(highest: Date, lowest?: Date): void;
  /** The highest instant of an earlier pass; undefined when the clock was never set back. */
  readonly highest: Date | undefined;
};

export function createClaimMaker(parts: {
  readonly clock: Clock;
  readonly namespace: string;
  readonly mode: 'schedule' | 'once';
  /** Whether runs wait for places in pools. */
  readonly hasPools: boolean;
  readonly nameRun?: typeof scheduledRunId | undefined;
}): ClaimMaker {
  const { clock, mode, nameRun = scheduledRunId } = parts;
  const setBack = { lowest: Infinity, highest: Number.NEGATIVE_INFINITY, passes: 0 };
  const state: ClaimState = { ...parts, nameRun, setBack };
  return {
    start(planned) {
      const run = newRun(state, planned, { startedAt: clock.now() });
      // A one-shot has no limits of its own, and where nothing else has any there are none.
      const isFree = mode === 'once' && !state.hasPools && isDue(planned.trigger);
      return isFree ? { run } : { run, ...limitsOf(state, planned) };
    },
    foresee: (planned) => (isNamed(planned) ? newRun(state, planned, {}) : undefined),
    startWaiting: (planned, run) => claimToStart(state, planned, run),
    reserve: (planned) => claimReserve(state, planned),
    later: (planned, at) => claimLater(state, planned, at),
    skipped: (planned, reason, evidence) => claimSkipped(state, planned, reason, evidence),
    withheld: (job, withheld) => claimWithheld(state, job, withheld),
    missed: (job, missed, gap, evidence) => claimMissed(state, job, missed, gap, evidence),
    noteSetBack(highest, lowest) {
      setBack.lowest = Math.min(setBack.lowest, lowest?.getTime() ?? Number.NEGATIVE_INFINITY);
      setBack.highest = Math.max(setBack.highest, highest.getTime());
      setBack.passes++;
    },
    get highest() {
      return setBack.passes === 0 ? undefined : new Date(setBack.highest);
    },
  };
}
