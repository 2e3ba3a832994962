/** The options of a schedule's object form: a file's value → value. */
import { SupertaskError } from '../errors.js';
import { type Calendar, parseCalendar } from './calendar.js';
import { DAY_MS } from './calendar-day.js';
import { parseField } from './cron-field.js';
import type { CronField } from './cron-value.js';
import { parseDuration } from './duration.js';
import type { Boundary, ClockChangePolicy, Shift, StopRule } from './schedule.js';
import { parseInstant, parseTime } from './schedule-instant.js';

const MOST_SHIFTED_DAYS = 366;

/** Text, or what a file's parser made of unquoted text. */
export function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  // TOML dates print themselves as they were written.
  if (value instanceof Date) return value.toISOString();
  throw invalid(`${JSON.stringify(value) ?? typeof value} is not text`, 'Put it in quotes.');
}

export function readEnabled(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`${JSON.stringify(value)} is neither true nor false`, 'Write true or false, without quotes.');
}

/** A name, or the calendar itself. */
export function readCalendar(value: unknown): string | Calendar {
  return typeof value === 'string' ? value : parseCalendar('of the schedule', value);
}

/** An instant; without a zone it is a wall time of the schedule's zone. */
export function readBoundary(value: unknown): Boundary {
  return parseInstant(readText(value).trim());
}

/** As `readBoundary`, but a bare date is still included as a whole. */
export function readUntil(value: unknown): Boundary {
  const text = readText(value).trim();
  const boundary = parseInstant(text);
  return text.length === 10 ? { ...boundary, ms: boundary.ms + DAY_MS } : boundary;
}

/** `1 day`, `-2d`, `2 calendar days`, `{days: 1, calendar_days: -2}` */
export function readShift(value: unknown): Shift {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readShiftObject(value);
  const text = readText(value).trim();
  const match = /^([+-]?\d{1,4}) ?(calendar )?(?:d|days?)$/i.exec(text);
  if (!match) {
    throw invalid(`"${text}" is not a number of days`, 'Write 1 day, -2 days, or 2 calendar days.');
  }
  const days = readDays(Number(match[1]));
  return match[2] === undefined ? { calendarDays: 0, days } : { calendarDays: days, days: 0 };
}

/** ISO weeks of the year, as a field of cron has its values. */
export function readWeeks(value: unknown): CronField {
  return parseField('week', readText(value).trim());
}

export function readClockChange(value: unknown): ClockChangePolicy {
  if (value === 'once' || value === 'follow') return value;
  throw invalid(
    `${JSON.stringify(value) ?? typeof value} is nothing that can be done`,
    'Write once, or follow: times left out by a clock change are passed over, and those that come twice run twice.',
  );
}

/** Strings by name; numbers and booleans become text, so `7` and `"7"` are the same. */
export function readArgs(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('it must be an object of names and texts', 'Write for example {region: eu}.');
  }
  const args = Object.entries(value).map(([name, entry]): [string, string] => {
    if (typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean') {
      return [name, String(entry)];
    }
    throw invalid(`the value of "${name}" is not text`, 'Arguments are texts, numbers, true or false.');
  });
  return Object.fromEntries(args);
}

/** A duration after the due instant, a time of day, or `{after: 30m}`, `{at: "17:00"}`. */
export function readStop(value: unknown): StopRule {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const [[key, entry] = ['', undefined], ...more] = Object.entries(value);
    if (more.length > 0 || (key !== 'after' && key !== 'at')) {
      throw invalid('it needs either "after" or "at"', 'Write 30m, "17:00", {after: 30m} or {at: "17:00"}.');
    }
    const text = readText(entry).trim();
    return key === 'at' ? { kind: 'at', timeMs: parseTime(text) } : stopAfter(text);
  }
  const text = readText(value).trim();
  return /^\d{1,2}:/.test(text) ? { kind: 'at', timeMs: parseTime(text) } : stopAfter(text);
}

function stopAfter(text: string): StopRule {
  const afterMs = parseDuration(text);
  if (afterMs > 0) return { kind: 'after', afterMs };
  throw invalid('a run cannot be stopped after no time at all', 'Write for example 30m.');
}

function readShiftObject(value: object): Shift {
  const shift = { calendarDays: 0, days: 0 };
  for (const [key, entry] of Object.entries(value)) {
    if (key === 'days') shift.days = readDays(entry);
    else if (key === 'calendar_days' || key === 'calendarDays') shift.calendarDays = readDays(entry);
    else throw invalid(`"${key}" is not a known key`, 'Keys: days, calendar_days.');
  }
  return shift;
}

function readDays(value: unknown): number {
  if (Number.isInteger(value) && Math.abs(Number(value)) <= MOST_SHIFTED_DAYS) return Number(value);
  throw invalid(
    `${JSON.stringify(value)} is not a number of days`,
    `Whole days, at most ${MOST_SHIFTED_DAYS}.`,
  );
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint });
}
