/** Runs that waited when their scheduler died. Pure. */
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';

/**
 * What is to be run in place of lost runs: of those that were claimed and never started, oldest first, as far as the
 * policies of their jobs want them late. Each is a second attempt, so that many schedulers do it once.
 */
export function retriesOf(lost: readonly Run[], jobs: readonly ScheduledTask[], now: Date): Planned[] {
  const waited = lost.filter(neverStarted);
  if (waited.length === 0) return [];
  const byId = new Map(jobs.map((job) => [job.task.id, job]));
  return [...waited]
    .sort((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime())
    .flatMap((run): Planned[] => {
      const job = byId.get(run.job);
      const lateMs = now.getTime() - run.scheduledAt.getTime();
      if (job === undefined || job.task.policy.missed === 'skip') return [];
      if (lateMs > (job.task.policy.deadlineMs ?? Number.POSITIVE_INFINITY)) return [];
      const isCatchUp = job.task.policy.missed === 'all';
      return [{ job, dueAt: run.scheduledAt, trigger: 'catch-up', attempt: run.attempt + 1, isCatchUp }];
    });
}

/** Runs that were lost while they were going, and whose policies may have them tried again: not past the deadline. */
export function brokenOff(
  lost: readonly Run[],
  jobs: readonly ScheduledTask[],
  now: Date,
): readonly { readonly run: Run; readonly job: ScheduledTask }[] {
  const byId = new Map(jobs.map((job) => [job.task.id, job]));
  return lost.flatMap((run) => {
    const job = byId.get(run.job);
    if (job?.task.policy.retry === undefined || neverStarted(run)) return [];
    const ageMs = now.getTime() - (run.startedAt ?? run.scheduledAt).getTime();
    return ageMs > (job.task.policy.deadlineMs ?? Number.POSITIVE_INFINITY) ? [] : [{ run, job }];
  });
}

/** A start is recorded before anything starts, and so is a claim: without them there was no process. */
function neverStarted(run: Run): boolean {
  const hasNoStart = run.startedAt === undefined || run.evidence?.['claimed'] !== undefined;
  return run.reason === 'lost' && run.process === undefined && hasNoStart;
}
