/** Calendars: which days count, such as the working days of a country. Pure values; files are the caller's. */
import { SupertaskError } from '../errors.js';
import { parseDay, weekdayOf } from './calendar-day.js';
import { parseField } from './cron-field.js';
import { hasValue } from './cron-value.js';
import { suggest } from './suggest.js';

/** A named set of days. `includes` gets `YYYY-MM-DD` and answers alike whenever it is asked. */
export type Calendar = { readonly name: string; includes(date: string): boolean };

const KEYS = ['weekdays', 'dates', 'except'] as const;
/** A range of dates may not be longer: a slip in the year would fill the memory. */
const LONGEST_RANGE = 3660;

/**
 * Read a calendar from a file's value: `{weekdays: mon-fri, dates: [2026-12-27], except: [2026-12-24..2026-12-26]}`,
 * or a list of dates. Without `dates`, `weekdays` is all of them; `except` wins.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseCalendar(name: string, value: unknown): Calendar {
  if (Array.isArray(value)) return dayCalendar(name, parseDates(name, value));
  if (typeof value !== 'object' || value === null) {
    throw invalid(name, 'it must be a list of dates or an object', `Keys: ${KEYS.join(', ')}.`);
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const key of entries.keys()) checkKey(name, key);
  const dates = entries.has('dates') ? parseDates(name, entries.get('dates')) : new Set<number>();
  const except = entries.has('except') ? parseDates(name, entries.get('except')) : new Set<number>();
  const weekdays = parseWeekdays(name, entries);
  return {
    name,
    includes: (date) => {
      const day = parseDay(date);
      if (day === undefined || except.has(day)) return false;
      return dates.has(day) || (weekdays !== undefined && hasValue(weekdays, weekdayOf(day)));
    },
  };
}

/** The days of one calendar that are not in another, such as weekdays without public holidays. */
export function withoutDays(name: string, calendar: Calendar, without: Calendar): Calendar {
  return { name, includes: (date) => calendar.includes(date) && !without.includes(date) };
}

/** The calendar of some days, given by number. */
export function dayCalendar(name: string, days: ReadonlySet<number>): Calendar {
  return { name, includes: (date) => days.has(parseDay(date) ?? Number.NaN) };
}

function parseWeekdays(name: string, entries: ReadonlyMap<string, unknown>) {
  const value = entries.get('weekdays');
  if (value === undefined) return entries.has('dates') ? undefined : parseField('weekday', '*');
  const words = Array.isArray(value) ? value : [value];
  const text = words.join(',').replace(/ /g, '');
  if (words.some((word) => typeof word !== 'string') || !/^[A-Za-z,-]+$/.test(text)) {
    throw invalid(
      name,
      `weekdays ${JSON.stringify(value)} cannot be read`,
      'Write mon-fri, or a list of names.',
    );
  }
  return parseField('weekday', text);
}

/** Dates `2026-12-24` and ranges `2026-12-24..2027-01-06`, both ends included, as numbers of days. */
function parseDates(name: string, value: unknown): Set<number> {
  const days = new Set<number>();
  for (const item of Array.isArray(value) ? value : [value]) {
    const [from, to] = parseRange(name, item);
    if (to - from > LONGEST_RANGE)
      throw invalid(name, `"${item}" is longer than ten years`, 'Is the year right?');
    if (to < from) throw invalid(name, `"${item}" runs backwards`, 'Write the earlier date first.');
    for (let day = from; day <= to; day++) days.add(day);
  }
  return days;
}

function parseRange(name: string, item: unknown): [number, number] {
  const text = item instanceof Date ? item.toISOString().slice(0, 10) : item;
  const parts = typeof text === 'string' ? text.split('..').map((part) => parseDay(part.trim())) : [];
  const [from, to = from] = parts;
  if (from === undefined || to === undefined || parts.length > 2 || parts.includes(undefined)) {
    throw invalid(
      name,
      `${JSON.stringify(item)} is not a date`,
      'Write 2026-12-24, or 2026-12-24..2026-12-26.',
    );
  }
  return [from, to];
}

function checkKey(name: string, key: string): void {
  if ((KEYS as readonly string[]).includes(key)) return;
  const near = suggest(key, KEYS);
  throw invalid(
    name,
    `"${key}" is not a known key`,
    near === undefined ? `Keys: ${KEYS.join(', ')}.` : `Did you mean ${near}?`,
  );
}

function invalid(name: string, reason: string, hint: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', `calendar "${name}": ${reason}`, { hint });
}
