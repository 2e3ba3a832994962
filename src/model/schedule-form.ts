/** Schedules as JSON that `parseScheduleObject` reads again, for the bookkeeping. Needs little of the calendar. */
import { calendarForm } from './calendar-form.js';
import type { Json } from './json.js';
import type { Schedule, ScheduleForm } from './schedule.js';

/** Says nothing about when; arguments may be secret. */
const NOT_KEPT = ['args', 'stop'];

/**
 * A schedule as a value that reads as the same instants: its text where that says all, else an object.
 *
 * @param year - Around which the days of a calendar are kept that the schedule names; see `calendarForm`.
 */
export function scheduleForm(schedule: Schedule, year: number): string | ScheduleForm {
  const { calendar, form, text, tz, jitterMs } = schedule;
  const isNamed = tz === undefined || form?.['tz'] !== undefined || /^(?:CRON_)?TZ=/.test(text);
  const isJittered = jitterMs !== undefined && form?.['jitter'] === undefined;
  if (form === undefined && isNamed && !isJittered) return text;
  return {
    ...(form ?? { when: text }),
    ...(isNamed ? {} : { tz }),
    ...(isJittered ? { jitter: `${jitterMs}ms` } : {}),
    ...(typeof form?.['calendar'] === 'string' && typeof calendar === 'object'
      ? { calendar: calendarForm(calendar, year) }
      : {}),
  };
}

/** The object that a schedule was read from, as JSON; it has been found to be valid. */
export function keepForm(value: object): ScheduleForm {
  const entries = Object.entries(value).filter(([key]) => !NOT_KEPT.includes(key));
  // Dates of TOML and YAML print themselves as they are read.
  const form: Record<string, Json> = JSON.parse(JSON.stringify(Object.fromEntries(entries)));
  return form;
}
