/** Days of the Gregorian calendar as numbers: whole days since 1970-01-01. No zone, no clock. */

export const DAY_MS = 86_400_000;

/** Monday is 1, Sunday 0, as in cron. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `month` and `date` count from 1. */
export type CivilDay = { readonly year: number; readonly month: number; readonly date: number };

/** The number of a day. Eras of 400 years have 146,097 days; years begin in March here, so leap days come last. */
export function dayNumber(year: number, month: number, date: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** The inverse of `dayNumber`. */
export function civilDay(day: number): CivilDay {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date };
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function monthLength(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (LENGTHS[month - 1] ?? 31);
}

/** `2026-12-24` → its number; undefined for other text and for days that do not exist. */
export function parseDay(text: string): number | undefined {
  const [, year, month, date] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  if (month < 1 || month > 12 || date < 1 || date > monthLength(year, month)) return undefined;
  return dayNumber(year, month, date);
}

/** `2026-12-24` */
export function formatDay(day: number): string {
  const { year, month, date } = civilDay(day);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;
}

/** `02:30`, with seconds and milliseconds only when there are any. */
export function formatTime(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000);
  const millis = timeMs - seconds * 1000;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  if (seconds % 60 === 0 && millis === 0) return clock;
  return `${clock}:${two(seconds % 60)}${millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
