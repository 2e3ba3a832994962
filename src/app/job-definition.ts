/** What is kept of how a job is defined, for people. */
import { SupertaskError } from '../errors.js';
import { explainSchedule } from '../model/explain.js';
import { scheduleWarnings } from '../model/explain-warning.js';
import type { Job } from '../model/job.js';
import { type ScheduleClass, scheduleClass } from '../model/schedule-class.js';
import { parseScheduleObject } from '../model/schedule-object.js';

export type DefinedSchedule = {
  readonly text: string;
  /** In plain English; undefined where only another version can read it. */
  readonly meaning: string | undefined;
  readonly class: ScheduleClass | undefined;
  readonly tz: string;
  readonly enabled: boolean;
  readonly warnings: readonly string[];
};

export function schedulesOf(job: Job): readonly DefinedSchedule[] {
  return (job.scheduleForms ?? job.schedules).map((form, index) => {
    const text = job.schedules[index] ?? '';
    try {
      const schedule = parseScheduleObject(form);
      return {
        text,
        meaning: explainSchedule(schedule, job.tz, job.id),
        class: scheduleClass(schedule),
        tz: schedule.tz ?? job.tz,
        enabled: schedule.enabled,
        warnings: scheduleWarnings(schedule),
      };
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      return { text, meaning: undefined, class: undefined, tz: job.tz, enabled: true, warnings: [] };
    }
  });
}
