/** Due moments → what is claimed for them: ids, limits and records. Starts nothing. */
import { recordedArgs } from '../model/arg.js';
import { MAX_CATCH_UP, type Policy } from '../model/policy.js';
import { freshRunId, isEnded, type Reason, type Run, scheduledRunId, type Trigger } from '../model/run.js';
import type { BoundSchedule } from '../model/schedule.js';
import { isStartRelative, scheduleClass } from '../model/schedule-class.js';
import type { Claim } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Clock } from './clock.js';
import { QUEUE_DEPTH } from './overlap.js';
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
  /** The wall clock was set back: instants up to `highest` may have been claimed in an earlier pass. */
  noteSetBack(highest: Date): void;
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
  const { clock, namespace, mode, hasPools, nameRun = scheduledRunId } = parts;
  const setBack = { highest: Number.NEGATIVE_INFINITY, passes: 0 };

  /** Whether every scheduler would give it the same id. */
  const isNamed = ({ job, dueAt, attempt, trigger }: Planned): boolean =>
    attempt > 1 ||
    trigger === 'action' ||
    (isDue(trigger) && job.bounds.some((bound) => isNamedBy(bound, dueAt)));

  const newRun = (planned: Planned, change: Partial<Run>): Run => {
    const { job, dueAt, trigger, attempt, detail } = planned;
    const scheduledAt = isRepeat(planned) ? new Date(dueAt.getTime() + setBack.passes) : dueAt;
    const key = { namespace, job: job.task.id, dueAt: scheduledAt, attempt };
    const { retry } = job.task.policy;
    const mayRetry = retry !== undefined && retry.attempts > 1 && !isEnded(change.status ?? 'starting');
    return {
      id: isNamed(planned)
        ? nameRun({ ...key, ...originOf(planned) })
        : // Of two runs of one instant the one that ran again is the newer.
          freshRunId(trigger === 'rerun' ? clock.now() : dueAt),
      namespace,
      job: job.task.id,
      status: 'starting',
      trigger,
      attempt,
      ...(mayRetry ? { attempts: retry.attempts } : {}),
      scheduledAt,
      ...detail,
      ...recordedArgs(job.task),
      ...change,
    };
  };

  const isRepeat = ({ job, dueAt, attempt }: Planned): boolean =>
    attempt === 1 &&
    dueAt.getTime() <= setBack.highest &&
    // An instant of a fixed-time schedule keeps its name, and so is claimed once.
    job.bounds.some((bound) => scheduleClass(bound.schedule) === 'interval' && isInstantOf(bound, dueAt));

  const limitsOf = ({ job: { task }, isCatchUp, trigger }: Planned): Omit<Claim, 'run'> => {
    const own = mode === 'once' && isDue(trigger) ? {} : limits(task.policy, isCatchUp);
    const pools = hasPools ? (task.gate?.pools ?? []) : [];
    if (pools.length === 0) return own;
    return { ...own, limits: pools.map(({ name, max }) => ({ key: name, max })) };
  };

  return {
    start: (planned) => ({ run: newRun(planned, { startedAt: clock.now() }), ...limitsOf(planned) }),
    foresee: (planned) => (isNamed(planned) ? newRun(planned, {}) : undefined),
    startWaiting: (planned, run) => ({
      run: { ...run, status: 'starting', startedAt: clock.now() },
      ...limitsOf(planned),
    }),
    reserve: (planned) => ({ run: newRun(planned, { status: 'waiting' }) }),
    later: (planned, at) => ({
      run: newRun(planned, { status: 'waiting', evidence: { plannedFor: at.toISOString() } }),
      ...(planned.before === undefined ? {} : { inPlaceOf: planned.before.id }),
    }),
    skipped: (planned, reason, evidence) => ({
      run: newRun(planned, {
        status: 'skipped',
        reason,
        endedAt: clock.now(),
        ...(evidence === undefined ? {} : { evidence }),
      }),
    }),
    withheld: (job, { reason, count, first, last, evidence }) => ({
      run: newRun(
        { job, dueAt: last, trigger: 'schedule', attempt: 1, isCatchUp: false },
        {
          status: 'skipped',
          reason,
          endedAt: clock.now(),
          ...(count === 1 ? {} : { count, firstAt: first, lastAt: last }),
          evidence,
        },
      ),
    }),
    missed(job, missed, gap, evidence) {
      const from = gap.from(job.task.id);
      return {
        run: newRun(
          { job, dueAt: missed.last, trigger: 'schedule', attempt: 1, isCatchUp: false },
          {
            status: 'missed',
            // Who was there from the start on was not down.
            reason: gap.cause === 'down' && from === undefined ? 'late' : gap.cause,
            endedAt: clock.now(),
            count: missed.count,
            firstAt: missed.first,
            lastAt: missed.last,
            evidence: {
              ...(from === undefined ? {} : { from: from.toISOString() }),
              until: gap.until.toISOString(),
              ...evidence,
            },
          },
        ),
      };
    },
    noteSetBack(highest) {
      setBack.highest = Math.max(setBack.highest, highest.getTime());
      setBack.passes++;
    },
    get highest() {
      return setBack.passes === 0 ? undefined : new Date(setBack.highest);
    },
  };
}

/** Whether a schedule said when, rather than somebody who asked for it. */
function isDue(trigger: Trigger): boolean {
  return trigger === 'schedule' || trigger === 'catch-up' || trigger === 'once';
}

/** An attempt is named after the one before it, an action after its run: those of one millisecond are several. */
function originOf({ detail, key }: Planned): { readonly after?: string } {
  const cause = detail?.cause;
  if (cause?.kind === 'retry') return { after: cause.run };
  return cause?.kind === 'action' ? { after: `${cause.run} ${key ?? ''}` } : {};
}

function limits(
  { overlap, maxRunning = 1 }: Policy,
  isCatchUp: boolean,
): Pick<Claim, 'maxLive' | 'maxWaiting'> {
  if (overlap === 'parallel') return {};
  if (isCatchUp) return { maxLive: maxRunning, maxWaiting: MAX_CATCH_UP };
  return overlap === 'skip' ? { maxLive: maxRunning } : { maxLive: maxRunning, maxWaiting: QUEUE_DEPTH };
}

/** Instants that every scheduler would name alike, as against those counted from this scheduler's start. */
function isNamedBy(bound: BoundSchedule, dueAt: Date): boolean {
  return !isStartRelative(bound.schedule) && isInstantOf(bound, dueAt);
}

export function isInstantOf(bound: BoundSchedule, dueAt: Date): boolean {
  return bound.next(new Date(dueAt.getTime() - 1))?.getTime() === dueAt.getTime();
}
