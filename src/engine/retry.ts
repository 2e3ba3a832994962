/** What follows on runs that ended badly, and on runs that were planned by a scheduler that is gone. Pure. */

import { HIDDEN } from '../model/arg.js';
import { retryDelay } from '../model/retry.js';
import { plannedFor, type Run, type RunChange } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Held } from './later.js';
import { ON_TIME_MS } from './missed.js';

/** The next attempt of a run, and when it is due; undefined: there is none. */
export function nextAttempt(
  ended: Run,
  job: ScheduledTask,
  now: Date,
): { readonly planned: Planned; readonly at: Date } | undefined {
  const { retry } = job.task.policy;
  const delayMs = retry && retryDelay(retry, ended);
  if (delayMs === undefined) return undefined;
  const { task, args, by, note } = ended;
  const detail = {
    cause: { kind: 'retry', run: ended.id } as const,
    ...(task === undefined ? {} : { task }),
    ...(args === undefined ? {} : { args }),
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  };
  const planned: Planned = {
    job,
    dueAt: ended.scheduledAt,
    trigger: 'retry',
    attempt: ended.attempt + 1,
    isCatchUp: false,
    detail,
    before: ended,
  };
  return { planned, at: new Date(now.getTime() + delayMs) };
}

/** What becomes of runs that were planned by a scheduler that is gone: held till their instant, or ended. */
export type Resumed = {
  readonly held: readonly Held[];
  readonly over: readonly { readonly run: Run; readonly change: RunChange }[];
};

/** One whose instant has passed is run late as the policy of its job allows: not under `skip`, nor past the deadline. */
export function resumePlanned(runs: readonly Run[], jobs: readonly ScheduledTask[], now: Date): Resumed {
  const byId = new Map(jobs.map((job) => [job.task.id, job]));
  const held: Held[] = [];
  const over: Resumed['over'][number][] = [];
  for (const run of runs) {
    const job = byId.get(run.job);
    const at = plannedFor(run) ?? run.scheduledAt;
    const change = job === undefined ? skippedWithoutJob(run, now) : missedLongAgo(run, job, at, now);
    if (change !== undefined) over.push({ run, change });
    else if (job !== undefined) held.push({ planned: plannedOf(run, job), run, atMs: at.getTime() });
  }
  return { held, over };
}

function plannedOf(run: Run, job: ScheduledTask): Planned {
  const { scheduledAt: dueAt, trigger, attempt } = run;
  return { job, dueAt, trigger, attempt, isCatchUp: false };
}

/** Why a job is not tried again that was taken out of its timetable. */
export const GONE = 'its job is in no timetable any more';
const SECRET = 'its arguments are secret, so they were not kept';

function skippedWithoutJob(run: Run, now: Date): RunChange {
  const isSecret = Object.values(run.args ?? {}).includes(HIDDEN);
  return {
    id: run.id,
    status: 'skipped',
    reason: 'operator',
    endedAt: now,
    evidence: { ...run.evidence, cause: isSecret ? SECRET : GONE },
  };
}

function missedLongAgo(run: Run, job: ScheduledTask, at: Date, now: Date): RunChange | undefined {
  const { missed, deadlineMs } = job.task.policy;
  const limitMs = missed === 'skip' ? ON_TIME_MS : Math.max(ON_TIME_MS, deadlineMs ?? Infinity);
  if (now.getTime() - at.getTime() <= limitMs) return undefined;
  return {
    id: run.id,
    status: 'missed',
    reason: 'down',
    endedAt: now,
    evidence: {
      ...run.evidence,
      until: now.toISOString(),
      policy: missed,
      ...(missed === 'skip' || deadlineMs === undefined ? {} : { deadlineMs }),
    },
  };
}
