/** Instants and times of day as people write them. */
import { SupertaskError } from '../errors.js';
import { DAY_MS, parseDay } from './calendar-day.js';
import type { Boundary } from './schedule.js';

const ISO =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<part>\d{1,9}))?)?(?: ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?))?)?$/i;
const TIME = /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?$/;

/**
 * Read an ISO 8601 instant. Without a zone it is a wall time, a bare date is midnight, milliseconds are kept.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` for other text, days and times that do not exist, and leap seconds.
 */
export function parseInstant(text: string): Boundary {
  const parts = ISO.exec(text)?.groups;
  if (!parts) {
    throw invalid(
      `"${text}" is not an ISO 8601 instant`,
      'Write 2026-12-24T18:00, 2026-12-24T18:00:00Z or 2026-12-24.',
    );
  }
  const day = parseDay(parts['day'] ?? '');
  if (day === undefined) throw invalid(`"${text}" names a day that does not exist`, 'Check month and day.');
  if (day < 0) throw invalid(`"${text}" lies before 1970`, 'Use a later instant.');
  const timeMs = timeOf(text, parts) + Number((parts['part'] ?? '').slice(0, 3).padEnd(3, '0'));
  const wallMs = day * DAY_MS + timeMs;
  const zone = parts['zone'];
  return zone === undefined
    ? { ms: wallMs, local: true }
    : { ms: wallMs - offsetOf(text, zone), local: false };
}

/** Whether text begins like an ISO 8601 date. */
export function looksLikeInstant(text: string): boolean {
  return /^\d{4}-\d/.test(text);
}

/**
 * Read a time of day, `9:30`, `09:30` or `09:30:15`.
 *
 * @param options.endOfDay - Whether `24:00` is a time, too.
 * @returns Milliseconds since midnight.
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseTime(text: string, options: { readonly endOfDay?: boolean } = {}): number {
  const parts = TIME.exec(text)?.groups;
  if (!parts) {
    throw invalid(`"${text}" is not a time of day`, 'Write 09:30 or 21:30:15, with 24 hours and two digits.');
  }
  if (options.endOfDay === true && /^24:00(:00)?$/.test(text)) return DAY_MS;
  return timeOf(text, parts);
}

function timeOf(text: string, parts: Readonly<Record<string, string | undefined>>): number {
  const hour = Number(parts['hour'] ?? 0);
  const minute = Number(parts['minute'] ?? 0);
  const second = Number(parts['second'] ?? 0);
  if (second === 60) throw invalid(`"${text}" is a leap second, which computers do not count`, 'Use :59.');
  if (hour > 23 || minute > 59 || second > 59) {
    throw invalid(`"${text}" is not a time of day`, 'Times go from 00:00:00 to 23:59:59.');
  }
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function offsetOf(text: string, zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  if (hours > 15 || minutes > 59)
    throw invalid(`"${text}" has an offset that no place has`, 'Use for example +02:00.');
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint });
}
