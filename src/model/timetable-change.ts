/** What differs between two sets of tasks. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { calendarForm } from './calendar-form.js';
import type { Schedule } from './schedule.js';
import type { Task } from './task.js';

/** Ids of tasks, each in the order of its timetable. */
export type TimetableChange = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** How many are as they were. */
  readonly unchanged: number;
};

/** @param year - Around which calendars are compared, see `calendarForm`. */
export function compareTasks(before: readonly Task[], after: readonly Task[], year: number): TimetableChange {
  const known = new Map(before.map((task) => [task.id, task]));
  const ids = new Set(after.map(({ id }) => id));
  const added: string[] = [];
  const changed: string[] = [];
  for (const task of after) {
    const old = known.get(task.id);
    if (old === undefined) added.push(task.id);
    else if (!isSameTask(old, task, year)) changed.push(task.id);
  }
  return {
    added,
    changed,
    removed: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
    unchanged: after.length - added.length - changed.length,
  };
}

export function hasChanged({ added, changed, removed }: TimetableChange): boolean {
  return added.length + changed.length + removed.length > 0;
}

/** Whether two definitions say the same; where they stand in their file does not matter. */
export function isSameTask(one: Task, other: Task, year: number): boolean {
  if (one === other) return true;
  const { location: _a, schedules: before, ...a } = one;
  const { location: _b, schedules: after, ...b } = other;
  return isDeepStrictEqual(a, b) && areSameSchedules(before, after, year);
}

/** Calendars are the same when they have the same days: there is nothing else of them to compare. */
export function areSameSchedules(
  before: readonly Schedule[],
  after: readonly Schedule[],
  year: number,
): boolean {
  return (
    before.length === after.length &&
    before.every((schedule, index) => {
      const other = after[index];
      return other !== undefined && isDeepStrictEqual(plain(schedule, year), plain(other, year));
    })
  );
}

function plain(schedule: Schedule, year: number): unknown {
  const { calendar } = schedule;
  if (typeof calendar !== 'object') return schedule;
  return { ...schedule, calendar: { name: calendar.name, form: calendarForm(calendar, year) } };
}
