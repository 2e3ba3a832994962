/** The schedules of a kept job, ready to calculate. */
import type { JobDefinition } from './job.js';
import type { BoundSchedule } from './schedule.js';
import { bindSchedule } from './schedule-bind.js';
import { isStartRelative } from './schedule-class.js';
import { parseScheduleObject } from './schedule-object.js';

/**
 * Bind the schedules of a job as a scheduler that started at `startedAt` has them.
 *
 * @param startedAt - Undefined where none runs: what counts from a start is left out.
 * @throws {SupertaskError} `SCHEDULE_INVALID` for a schedule that only another version can read.
 */
export function bindJob(job: JobDefinition, startedAt: Date | undefined): readonly BoundSchedule[] {
  const countsFrom = job.countsFrom === undefined ? undefined : new Date(job.countsFrom);
  return (job.scheduleForms ?? job.schedules)
    .map((form) => parseScheduleObject(form))
    .filter((schedule) => schedule.enabled && (startedAt !== undefined || !isStartRelative(schedule)))
    .map((schedule) =>
      bindSchedule(schedule, {
        jobId: job.id,
        startedAt: (schedule.rule.kind === 'reboot' ? undefined : countsFrom) ?? startedAt ?? new Date(0),
        tz: job.tz,
      }),
    );
}

/** The last instant before `before` of any of the schedules. */
export function previousOf(bounds: readonly BoundSchedule[], before: Date): Date | undefined {
  return bounds
    .flatMap((bound) => bound.previous(before) ?? [])
    .reduce<Date | undefined>((last, at) => (last === undefined || at > last ? at : last), undefined);
}
