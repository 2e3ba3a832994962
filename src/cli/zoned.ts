/** Instants for people: in a zone, with its offset, and how far away. */
import { formatDuration } from '../model/duration.js';
import { offsetAt } from '../model/zone.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const [DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS] = [86_400_000, 3_600_000, 60_000, 1_000];
/** From so many ms on, to so many. */
const ROUNDING = [
  [30 * DAY_MS, DAY_MS],
  [DAY_MS, HOUR_MS],
  [HOUR_MS, MINUTE_MS],
  [MINUTE_MS, SECOND_MS],
] as const;

/** `Sun 2026-03-29 03:00:00 +02:00`; milliseconds only where there are any. */
export function formatZoned(at: Date, tz: string): string {
  const offsetMs = offsetAt(tz, at.getTime());
  const wall = new Date(at.getTime() + offsetMs);
  const [date = '', time = ''] = wall.toISOString().replace('Z', '').split('T');
  return `${DAYS[wall.getUTCDay()]} ${date} ${time.replace('.000', '')} ${formatOffset(offsetMs)}`;
}

/** `in 3m20s`, `2d ago`, `now`. */
export function formatRelative(at: Date, from: Date): string {
  const ms = at.getTime() - from.getTime();
  const words = formatDuration(roundToUnit(Math.abs(ms)));
  if (ms === 0) return 'now';
  return ms > 0 ? `in ${words}` : `${words} ago`;
}

function formatOffset(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1_000;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = seconds % 60 === 0 ? parts.slice(0, 2) : parts;
  return (offsetMs < 0 ? '-' : '+') + shown.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Nobody wants the seconds of what is days away. */
function roundToUnit(ms: number): number {
  const [, unit] = ROUNDING.find(([from]) => ms >= from) ?? [0, 1];
  return Math.round(ms / unit) * unit;
}
