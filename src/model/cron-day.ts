/** Which days a day rule allows, a month at a time: bit 0 of a month's mask is its first day. */
import { civilDay, dayNumber, monthLength, weekdayOf } from './calendar-day.js';
import type { DayRule } from './cron.js';
import {
  bitCount,
  type CronField,
  hasValue,
  nextValue,
  previousValue,
  type SpecialDay,
} from './cron-value.js';

const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;
/** 29 February on a given weekday is at most 40 years away; a rule without a hit for longer has none. */
const PATIENCE_YEARS = 60;

/** The days of one month that a rule allows, as a mask. */
function monthDays(rule: DayRule, year: number, month: number): number {
  const days = datesAndWeekdays(rule, year, month);
  return rule.week === undefined || days === 0 ? days : days & weekMask(rule.week, year, month);
}

function datesAndWeekdays(rule: DayRule, year: number, month: number): number {
  if (!hasValue(rule.month, month)) return 0;
  if (rule.year.years !== undefined && !rule.year.years.includes(year)) return 0;
  const length = monthLength(year, month);
  const all = 2 ** length - 1;
  if (rule.day.lone && rule.weekday.lone) return all;
  const firstWeekday = weekdayOf(dayNumber(year, month, 1));
  if (rule.day.lone) return weekdayMask(rule, firstWeekday, length) & all;
  if (rule.weekday.lone) return dateMask(rule, firstWeekday, length) & all;
  const dates = dateMask(rule, firstWeekday, length);
  const weekdays = weekdayMask(rule, firstWeekday, length);
  return (rule.both ? dates & weekdays : dates | weekdays) & all;
}

/** The first allowed day that is not before `day`; undefined when there is none. */
export function nextDay(rule: DayRule, day: number): number | undefined {
  let { year, month, date } = civilDay(day);
  if (year < FIRST_YEAR) [year, month, date] = [FIRST_YEAR, 1, 1];
  let last = year + PATIENCE_YEARS;
  while (year <= LAST_YEAR && year <= last) {
    const listed = yearFrom(rule, year, 1);
    if (listed === undefined) return undefined;
    if (listed !== year) {
      [year, month, date] = [listed, 1, 1];
      last = year + PATIENCE_YEARS;
    }
    const next = nextValue(rule.month, month);
    if (next < 0) {
      [year, month, date] = [year + 1, 1, 1];
      continue;
    }
    if (next !== month) date = 1;
    const mask = monthDays(rule, year, next) & (-1 << (date - 1));
    if (mask !== 0) return dayNumber(year, next, 32 - Math.clz32(mask & -mask));
    [month, date] = [next + 1, 1];
  }
  return undefined;
}

/** The last allowed day that is not after `day`; undefined when there is none. */
export function previousDay(rule: DayRule, day: number): number | undefined {
  let { year, month, date } = civilDay(day);
  let last = year - PATIENCE_YEARS;
  while (year >= FIRST_YEAR && year >= last) {
    const listed = yearFrom(rule, year, -1);
    if (listed === undefined) return undefined;
    if (listed !== year) {
      [year, month, date] = [listed, 12, 31];
      last = year - PATIENCE_YEARS;
    }
    const before = previousValue(rule.month, month);
    if (before < 0) {
      [year, month, date] = [year - 1, 12, 31];
      continue;
    }
    if (before !== month) date = 31;
    const mask = monthDays(rule, year, before) & (2 ** date - 1);
    if (mask !== 0) return dayNumber(year, before, 32 - Math.clz32(mask));
    [month, date] = [before - 1, 31];
  }
  return undefined;
}

/** How many allowed days there are in [from, to); its cost grows with the months between them. */
export function countDays(rule: DayRule, from: number, to: number): number {
  if (to <= from) return 0;
  const start = civilDay(from);
  const end = civilDay(to);
  let count = 0;
  let { year, month } = start;
  while (year < end.year || (year === end.year && month <= end.month)) {
    let mask = monthDays(rule, year, month);
    if (year === start.year && month === start.month) mask &= -1 << (start.date - 1);
    if (year === end.year && month === end.month) mask &= 2 ** (end.date - 1) - 1;
    count += bitCount(mask);
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year++;
  }
  return count;
}

export function hasDay(rule: DayRule, day: number): boolean {
  const { year, month, date } = civilDay(day);
  return (monthDays(rule, year, month) & (1 << (date - 1))) !== 0;
}

/** Whether a rule allows any day at all. All fourteen kinds of years occur within 28 years in a row. */
export function hasAnyDay(rule: DayRule): boolean {
  const years = rule.year.years ?? Array.from({ length: 28 }, (_, index) => 2000 + index);
  for (const year of years) {
    for (let month = 1; month <= 12; month++) if (monthDays(rule, year, month) !== 0) return true;
  }
  return false;
}

function yearFrom(rule: DayRule, year: number, direction: 1 | -1): number | undefined {
  const years = rule.year.years;
  if (years === undefined) return year;
  return direction === 1
    ? years.find((listed) => listed >= year)
    : years.findLast((listed) => listed <= year);
}

function dateMask(rule: DayRule, firstWeekday: number, length: number): number {
  // Dates 1 to 29 are bits 1 to 29 of `low`, 30 and 31 bits 0 and 1 of `high`.
  let mask = (rule.day.low >>> 1) | ((rule.day.high & 0b11) << 29);
  for (const special of rule.day.special) mask |= specialMask(special, firstWeekday, length);
  return mask;
}

function weekdayMask(rule: DayRule, firstWeekday: number, length: number): number {
  let mask = 0;
  for (let weekday = 0; weekday < 7; weekday++) {
    if ((rule.weekday.low & (1 << weekday)) === 0) continue;
    const first = (weekday - firstWeekday + 7) % 7;
    mask |= 0b10000001000000100000010000001 << first;
  }
  for (const special of rule.weekday.special) mask |= specialMask(special, firstWeekday, length);
  return mask;
}

/** The days of a month that lie in certain weeks, as ISO 8601 counts them. */
function weekMask(week: CronField, year: number, month: number): number {
  const first = dayNumber(year, month, 1);
  let mask = 0;
  for (let date = 0; date < monthLength(year, month); date++) {
    if (hasValue(week, isoWeek(first + date))) mask |= 1 << date;
  }
  return mask;
}

/** A week is of the year that its Thursday is in. */
function isoWeek(day: number): number {
  const thursday = day - ((weekdayOf(day) + 6) % 7) + 3;
  return Math.floor((thursday - dayNumber(civilDay(thursday).year, 1, 1)) / 7) + 1;
}

function specialMask(special: SpecialDay, firstWeekday: number, length: number): number {
  switch (special.kind) {
    case 'last':
      return special.before < length ? 1 << (length - 1 - special.before) : 0;
    case 'last-workday': {
      const weekday = (firstWeekday + length - 1) % 7;
      const back = weekday === 0 ? 2 : weekday === 6 ? 1 : 0;
      return 1 << (length - 1 - back);
    }
    case 'workday':
      return workdayMask(special.date, firstWeekday, length);
    case 'nth': {
      const first = ((special.weekday - firstWeekday + 7) % 7) + 1;
      const date =
        special.nth > 0 ? first + (special.nth - 1) * 7 : first + 7 * Math.floor((length - first) / 7);
      return date <= length ? 1 << (date - 1) : 0;
    }
  }
}

/** Saturday moves to Friday and Sunday to Monday, unless that is another month: then it goes the other way. */
function workdayMask(date: number, firstWeekday: number, length: number): number {
  if (date > length) return 0;
  const weekday = (firstWeekday + date - 1) % 7;
  if (weekday === 6) return 1 << ((date === 1 ? 3 : date - 1) - 1);
  if (weekday === 0) return 1 << ((date === length ? date - 2 : date + 1) - 1);
  return 1 << (date - 1);
}
