/** The records that are claimed: under which id, and with what is known before a run begins. */
import { recordedArgs } from '../model/arg.js';
import { freshRunId, isEnded, type Run, type scheduledRunId, type Trigger } from '../model/run.js';
import type { BoundSchedule } from '../model/schedule.js';
import { isStartRelative } from '../model/schedule-class.js';
import type { Planned } from './claim.js';
import { isRepeat, originOf } from './claim-origin.js';
import type { Clock } from './clock.js';
import { isInstantOf } from './instant.js';

export type ClaimState = {
  readonly clock: Clock;
  readonly namespace: string;
  readonly mode: 'schedule' | 'once';
  /** Whether runs wait for places in pools. */
  readonly hasPools: boolean;
  readonly nameRun: typeof scheduledRunId;
  /** How often the wall clock was set back, and between which instants, in ms, some may have been claimed before. */
  readonly setBack: { lowest: number; highest: number; passes: number };
};

export function newRun(state: ClaimState, planned: Planned, change: Partial<Run>): Run {
  const { clock, namespace, nameRun, setBack } = state;
  const { job, dueAt, trigger, attempt, detail } = planned;
  const isAnother = setBack.passes > 0 && isRepeat(setBack, planned);
  const scheduledAt = isAnother ? new Date(dueAt.getTime() + setBack.passes) : dueAt;
  const { retry } = job.task.policy;
  const mayRetry = retry !== undefined && retry.attempts > 1 && !isEnded(change.status ?? 'starting');
  return {
    id: isNamed(planned)
      ? nameRun({ namespace, job: job.task.id, dueAt: scheduledAt, attempt, ...originOf(planned) })
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
}

/** Whether every scheduler would give it the same id. */
export function isNamed({ job, dueAt, attempt, trigger }: Planned): boolean {
  return (
    attempt > 1 ||
    trigger === 'action' ||
    (isDue(trigger) && job.bounds.some((bound) => isNamedBy(bound, dueAt)))
  );
}

/** Whether a schedule said when, rather than somebody who asked for it. */
export function isDue(trigger: Trigger): boolean {
  return trigger === 'schedule' || trigger === 'catch-up' || trigger === 'once';
}

/** Instants that every scheduler would name alike, as against those counted from this scheduler's start. */
function isNamedBy(bound: BoundSchedule, dueAt: Date): boolean {
  return !isStartRelative(bound.schedule) && isInstantOf(bound, dueAt);
}
