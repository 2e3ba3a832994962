/** When one job will be due, with what is said about its moments. */
import { SupertaskError } from '../errors.js';
import type { Job } from '../model/job.js';
import { bindJob } from '../model/job-schedule.js';
import { overrideAt, type Pause, type Skip } from '../model/override.js';
import type { BoundSchedule } from '../model/schedule.js';
import type { Breath } from './breath.js';

/** A moment to come. */
export type Occurrence = {
  readonly namespace: string;
  readonly job: string;
  readonly at: Date;
  /** How long its runs take, in ms; undefined where none has succeeded lately. */
  readonly expectedMs: number | undefined;
  /** Why it will not be run. */
  readonly override: Pause | Skip | undefined;
  /** Whether a scheduler lives that will come to it. */
  readonly isAttended: boolean;
};

/** What is known of a job beside its definition. */
export type JobOutlook = {
  readonly job: Job;
  /** Of its scheduler; undefined where none lives. */
  readonly startedAt: Date | undefined;
  /** When it is due next, where its scheduler lives. */
  readonly nextDueAt: () => Date | undefined;
  readonly expectedMs: number | undefined;
};

/** A part of time: from the first instant to before the second. */
export type Part = { readonly from: Date; readonly to: Date };

/** Schedules as the scheduler has them; those that only another version can read name no instants. */
export function boundsOf({ job, startedAt }: JobOutlook): readonly BoundSchedule[] {
  if (!job.enabled) return [];
  try {
    return bindJob(job, startedAt);
  } catch (error) {
    if (error instanceof SupertaskError) return [];
    throw error;
  }
}

/** The due instants of a job within a part of time, at most `most`; one that two schedules share is given once. */
export async function instantsIn(
  outlook: JobOutlook,
  bounds: readonly BoundSchedule[],
  { from, to }: Part,
  most: number,
  breath: Breath,
): Promise<Date[]> {
  const before = new Date(from.getTime() - 1);
  // What follows the end of its last run is known to its scheduler, the schedule names the first one only.
  const isArmed = bounds.some(({ delayMs }) => delayMs !== undefined);
  const armed = isArmed ? outlook.nextDueAt() : undefined;
  const heads = bounds.map((bound) => (bound.delayMs === undefined ? bound.next(before) : undefined));
  if (armed !== undefined && armed >= from) heads.push(armed);
  const instants: Date[] = [];
  while (instants.length < most) {
    const nextMs = Math.min(...heads.map((at) => at?.getTime() ?? Number.POSITIVE_INFINITY));
    if (nextMs >= to.getTime()) break;
    const next = new Date(nextMs);
    instants.push(next);
    for (const [index, at] of heads.entries()) {
      if (at?.getTime() !== nextMs) continue;
      const bound = bounds[index];
      heads[index] = bound?.delayMs === undefined ? bound?.next(next) : undefined;
    }
    await breath();
  }
  return instants;
}

export function occurrenceAt({ job, startedAt, expectedMs }: JobOutlook, at: Date): Occurrence {
  return {
    namespace: job.namespace,
    job: job.id,
    at,
    expectedMs,
    override: job.overrides && overrideAt(job.overrides, job.id, at),
    isAttended: startedAt !== undefined,
  };
}

/** How many due instants of a job lie in a part of time, and how many of them are paused or skipped. */
export function countIn(
  { job }: JobOutlook,
  bounds: readonly BoundSchedule[],
  part: Part,
): { readonly count: number; readonly held: number } {
  const count = countBetween(bounds, part);
  const { pauses = [], skips = [] } = job.overrides ?? {};
  const paused = pauses.map(({ since, until }) =>
    countBetween(bounds, {
      from: since > part.from ? since : part.from,
      to: until !== undefined && until < part.to ? until : part.to,
    }),
  );
  const skipped = skips.filter(({ at }) => at >= part.from && at < part.to).length;
  return { count, held: Math.min(count, Math.max(0, ...paused) + skipped) };
}

function countBetween(bounds: readonly BoundSchedule[], { from, to }: Part): number {
  if (from >= to) return 0;
  const [after, until] = [new Date(from.getTime() - 1), new Date(to.getTime() - 1)];
  return bounds.reduce((sum, bound) => sum + bound.count(after, until), 0);
}
