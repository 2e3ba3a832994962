/** Puts calendars in place of the names by which schedules call them. */
import type { Timetable } from '../model/timetable.js';
import { readText } from './text-file.js';

/** Few timetables have calendars, and theirs are read before anything is scheduled. */
export async function nameCalendars(
  timetable: Timetable,
  directory: string,
  read: (path: string) => string = readText,
): Promise<Timetable> {
  const isNamed = timetable.tasks.some(({ schedules }) =>
    schedules.some(({ calendar }) => typeof calendar === 'string'),
  );
  if (!isNamed && timetable.calendars === undefined) return timetable;
  const { withCalendars } = await import('./calendars.js');
  return withCalendars(timetable, { readText: read, directory });
}
