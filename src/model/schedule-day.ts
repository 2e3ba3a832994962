/** The days of a schedule: a day rule, narrowed by a calendar and moved by a shift. */
import type { Calendar } from './calendar.js';
import { formatDay } from './calendar-day.js';
import type { DayRule } from './cron.js';
import { countDays, hasDay, nextDay, previousDay } from './cron-day.js';
import type { Shift } from './schedule.js';

export type Days = {
  readonly rule: DayRule;
  readonly calendar: Calendar | undefined;
  readonly shift: Shift | undefined;
};

/** So many days in a row are asked of a calendar before it is taken to have no more: about eleven years. */
const PATIENCE_DAYS = 4000;

/** The first day that is not before `day`. */
export function dayAtOrAfter(days: Days, day: number): number | undefined {
  if (days.calendar === undefined && days.shift === undefined) return nextDay(days.rule, day);
  const nominal = firstNominal(days, day);
  return nominal === undefined ? undefined : shifted(days, nominal);
}

/** The last day that is not after `day`. */
export function dayAtOrBefore(days: Days, day: number): number | undefined {
  if (days.calendar === undefined && days.shift === undefined) return previousDay(days.rule, day);
  const base = unshiftedBy(days, day, -1);
  let nominal = base === undefined ? undefined : previousNominal(days, base);
  // Near a calendar's end a nominal day may have nowhere to go.
  for (let tries = 0; nominal !== undefined && tries < 400; tries++) {
    const to = shifted(days, nominal);
    if (to !== undefined && to <= day) return to;
    nominal = previousNominal(days, nominal - 1);
  }
  return undefined;
}

/** How many days there are in [from, to). */
export function countDaysIn(days: Days, from: number, to: number): number {
  if (days.calendar === undefined && days.shift === undefined) return countDays(days.rule, from, to);
  let count = 0;
  for (let day = dayAtOrAfter(days, from); day !== undefined && day < to; day = dayAtOrAfter(days, day + 1))
    count++;
  return count;
}

export function includesDay(days: Days, day: number): boolean {
  if (days.calendar === undefined && days.shift === undefined) return hasDay(days.rule, day);
  return dayAtOrAfter(days, day) === day;
}

/** The day that was shifted onto `day`. */
export function nominalDay(days: Days, day: number): number {
  if (days.shift === undefined) return day;
  return unshiftedBy(days, day, -1) ?? day;
}

function firstNominal(days: Days, day: number): number | undefined {
  const base = unshiftedBy(days, day, 1);
  let nominal = base === undefined ? undefined : nextNominal(days, base);
  for (let tries = 0; nominal !== undefined && tries < 400; tries++) {
    const to = shifted(days, nominal);
    if (to !== undefined && to >= day) return nominal;
    nominal = nextNominal(days, nominal + 1);
  }
  return undefined;
}

function nextNominal(days: Days, from: number): number | undefined {
  let day = nextDay(days.rule, from);
  for (let tries = 0; day !== undefined && tries < PATIENCE_DAYS; tries++) {
    if (isIncluded(days.calendar, day)) return day;
    day = nextDay(days.rule, day + 1);
  }
  return undefined;
}

function previousNominal(days: Days, from: number): number | undefined {
  let day = previousDay(days.rule, from);
  for (let tries = 0; day !== undefined && tries < PATIENCE_DAYS; tries++) {
    if (isIncluded(days.calendar, day)) return day;
    day = previousDay(days.rule, day - 1);
  }
  return undefined;
}

function shifted(days: Days, nominal: number): number | undefined {
  if (days.shift === undefined) return nominal;
  const moved = stepCalendar(days.calendar, nominal, days.shift.calendarDays);
  return moved === undefined ? undefined : moved + days.shift.days;
}

/** The nominal day whose shifted day is `day`, or the nearest one in the given direction. */
function unshiftedBy(days: Days, day: number, direction: 1 | -1): number | undefined {
  if (days.shift === undefined) return day;
  const onCalendar = nearestIncluded(days.calendar, day - days.shift.days, direction);
  if (onCalendar === undefined) return undefined;
  const nominal = stepCalendar(days.calendar, onCalendar, -days.shift.calendarDays);
  // Beyond the calendar's ends everything is left: start from the day itself, the caller checks each candidate.
  return nominal ?? onCalendar;
}

/** So many calendar days later, or earlier. */
export function stepCalendar(calendar: Calendar | undefined, day: number, steps: number): number | undefined {
  if (calendar === undefined) return day + steps;
  const direction = steps < 0 ? -1 : 1;
  let current: number | undefined = day;
  for (let step = 0; step < Math.abs(steps) && current !== undefined; step++) {
    current = nearestIncluded(calendar, current + direction, direction);
  }
  return current;
}

function nearestIncluded(calendar: Calendar | undefined, day: number, direction: 1 | -1): number | undefined {
  for (let tries = 0; tries < PATIENCE_DAYS; tries++) {
    if (isIncluded(calendar, day + tries * direction)) return day + tries * direction;
  }
  return undefined;
}

function isIncluded(calendar: Calendar | undefined, day: number): boolean {
  return calendar === undefined || calendar.includes(formatDay(day));
}
