/** The moment that somebody asks about: as exact as it was written. */
import { SupertaskError } from '../errors.js';
import { DAY_MS } from './calendar-day.js';
import { parseDuration } from './duration.js';
import { looksLikeInstant, parseInstant, parseTime } from './schedule-instant.js';
import { offsetAt, placeWall } from './zone.js';

/** From `at` on for `spanMs`: `02:00` is a whole minute, `02:00:07` a second, a date a day. */
export type AskedTime = { readonly at: Date; readonly spanMs: number };

/**
 * Read a moment: an ISO 8601 instant, a time of day, which is today's, or `in 90m`.
 *
 * @param tz - The zone of what names none.
 * @throws {SupertaskError} `USAGE`
 */
export function parseAskedTime(text: string, tz: string, now: Date): AskedTime {
  const written = text.trim();
  const [, span] = /^in\s+(.+)$/i.exec(written) ?? [];
  try {
    if (span !== undefined) return { at: new Date(now.getTime() + parseDuration(span)), spanMs: 1 };
    const { ms, local } = looksLikeInstant(written)
      ? parseInstant(written)
      : { ms: midnight(tz, now) + parseTime(written), local: true };
    return { at: new Date(local ? placeWall(tz, ms).atMs : ms), spanMs: precision(written) };
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw new SupertaskError('USAGE', error.message, {
      hint: 'Write 02:00 for today, 2026-12-24T18:00, 2026-12-24T18:00:00Z, or in 90m.',
      cause: error,
    });
  }
}

function midnight(tz: string, now: Date): number {
  const wallMs = now.getTime() + offsetAt(tz, now.getTime());
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

function precision(text: string): number {
  if (!text.includes(':')) return DAY_MS;
  if (/:\d\d[.,]\d/.test(text)) return 1;
  return /\d:\d\d:\d\d/.test(text) ? 1_000 : 60_000;
}

/** `2026-12-24 18:00:00`, as a clock on the wall shows it; milliseconds only where there are any. */
export function formatWallTime(at: Date, tz: string): string {
  const wall = new Date(at.getTime() + offsetAt(tz, at.getTime()));
  return wall.toISOString().replace('T', ' ').replace('Z', '').replace('.000', '');
}
