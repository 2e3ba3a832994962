/** Dates, times and instants as templates know them: shown, moved, and seen from another zone. */
import { SupertaskError } from '../errors.js';
import type { Calendar } from './calendar.js';
import { civilDay, DAY_MS, dayNumber, formatDay, monthLength } from './calendar-day.js';
import { parseDuration } from './duration.js';
import { stepCalendar } from './schedule-day.js';
import { formatShown, type Shown } from './template-format.js';
import { offsetAt, parseZone, placeWall } from './zone.js';

export type Moment =
  /** A day; `calendar` is the schedule's, for moving by its days. */
  | { readonly kind: 'date'; readonly day: number; readonly calendar: Calendar | undefined }
  /** Milliseconds since midnight. */
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'instant'; readonly atMs: number; readonly tz: string };

/** Without a pattern: `2026-12-24`, `17:00:00`, `2026-12-24T16:00:00.000Z`. */
export function formatMoment(moment: Moment, pattern?: string): string {
  if (pattern !== undefined) return formatShown(shownOf(moment), pattern);
  switch (moment.kind) {
    case 'date':
      return formatDay(moment.day);
    case 'time':
      return formatShown(moment, 'HH:mm:ss');
    case 'instant':
      return new Date(moment.atMs).toISOString();
  }
}

function shownOf(moment: Moment): Shown {
  if (moment.kind !== 'instant') return moment;
  const { tz, atMs } = moment;
  const offsetMs = offsetAt(tz, atMs);
  const wallMs = atMs + offsetMs;
  const day = Math.floor(wallMs / DAY_MS);
  return { day, timeMs: wallMs - day * DAY_MS, tz, offsetMs };
}

/** The same instant, shown by the clocks of another zone. @throws {SupertaskError} `ZONE_UNKNOWN` */
export function inZone(moment: Moment, zone: string): Moment {
  if (moment.kind === 'instant') return { ...moment, tz: parseZone(zone) };
  throw invalid(`a ${moment.kind} belongs to no zone`, 'Use run.scheduled_at.in("…").');
}

type Amount = { readonly count: number; readonly unit: 'day' | 'calendar day' | 'month' };

const UNITS: Readonly<Record<string, Amount>> = {
  d: { count: 1, unit: 'day' },
  day: { count: 1, unit: 'day' },
  w: { count: 7, unit: 'day' },
  week: { count: 7, unit: 'day' },
  'calendar day': { count: 1, unit: 'calendar day' },
  month: { count: 1, unit: 'month' },
  year: { count: 12, unit: 'month' },
};

/**
 * Move a date or an instant: `1 day`, `-2d`, `-1 week`, `-1 month`, `2 calendar days`; an instant also by a duration of
 * real time, `-1h30m`. An instant keeps its time of day when it is moved by days.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID`
 */
export function shiftMoment(moment: Moment, text: string): Moment {
  if (moment.kind === 'time') throw invalid('a time cannot be moved', 'Use run.scheduled_at.shift("…").');
  const amount = amountOf(text);
  if (moment.kind === 'date') {
    if (amount !== undefined) return { ...moment, day: moveDay(moment.day, amount, moment.calendar) };
    throw invalid(
      `a date cannot be moved by "${text}"`,
      'Write 1 day, -2 weeks, -1 month or 2 calendar days.',
    );
  }
  if (amount === undefined) return { ...moment, atMs: moment.atMs + signedDuration(text) };
  const { day = 0, timeMs = 0 } = shownOf(moment);
  const moved = moveDay(day, amount, undefined);
  return { ...moment, atMs: placeWall(moment.tz, moved * DAY_MS + timeMs).atMs };
}

function amountOf(text: string): Amount | undefined {
  const [, count, unit = ''] = /^\s*([+-]?\d{1,4})\s*([a-z ]+?)\s*$/i.exec(text) ?? [];
  const name = unit.toLowerCase();
  const found = [name, name.replace(/s$/, '')].find((word) => Object.hasOwn(UNITS, word));
  const one = found === undefined ? undefined : UNITS[found];
  return one && { count: one.count * Number(count), unit: one.unit };
}

function moveDay(day: number, { count, unit }: Amount, calendar: Calendar | undefined): number {
  if (unit === 'day') return day + count;
  if (unit === 'month') return moveMonths(day, count);
  if (calendar === undefined) {
    throw invalid('there is no calendar to count its days', 'Name one in the schedule: {calendar: NAME, …}.');
  }
  const moved = stepCalendar(calendar, day, count);
  if (moved !== undefined) return moved;
  throw invalid(`the calendar ${calendar.name} has no such day`, 'Does it end too early?');
}

/** The same date of another month, or the last one it has. */
function moveMonths(day: number, count: number): number {
  const { year, month, date } = civilDay(day);
  const months = year * 12 + month - 1 + count;
  const [toYear, toMonth] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  return dayNumber(toYear, toMonth, Math.min(date, monthLength(toYear, toMonth)));
}

function signedDuration(text: string): number {
  const [, sign = '', rest = ''] = /^\s*([+-]?)(.*)$/s.exec(text) ?? [];
  return parseDuration(rest) * (sign === '-' ? -1 : 1);
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
