/** Instants and lengths of time as the page shows them. Pure. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `320 ms`, `4.2 s`, `42 s`, `3m 05s`, `2h 05m`, `3d 4h`: two figures that matter, of constant width while they count. */
export function formatLength(ms: number): string {
  if (ms < 0) return `−${formatLength(-ms)}`;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  return formatWhole(ms);
}

/** The same in whole seconds, for what counts. */
export function formatWhole(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return hours % 24 === 0 ? `${hours / 24}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `3 min ago`, `in 2 h`, `now`: one figure, since the exact instant is a hover away. */
export function formatRelative(at: number, now: number): string {
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < 1_500) return 'now';
  const text = roundly(size);
  return ms < 0 ? `${text} ago` : `in ${text}`;
}

function roundly(ms: number): string {
  if (ms < 59.5 * SECOND) return `${Math.round(ms / SECOND)} s`;
  if (ms < 59.5 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 23.5 * HOUR) return `${Math.round(ms / HOUR)} h`;
  if (ms < 60 * DAY) return `${Math.round(ms / DAY)} d`;
  if (ms < 700 * DAY) return `${Math.round(ms / (30.44 * DAY))} months`;
  return `${Math.round(ms / (365.25 * DAY))} years`;
}

/** `2026-11-21 08:05:11 GMT+1`, in a zone; undefined: the viewer's. */
export function formatInstant(at: number | Date, timeZone?: string): string {
  const { year, month, day, hour, minute, second, timeZoneName } = partsOf(at, timeZone);
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName}`;
}

/** `08:05`; `seconds` adds `:11`. */
export function formatClock(
  at: number | Date,
  { seconds = false, timeZone }: { seconds?: boolean; timeZone?: string } = {},
): string {
  const { hour, minute, second } = partsOf(at, timeZone);
  return seconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

/** `Sat 21 Nov`. */
export function formatDay(at: number | Date, timeZone?: string): string {
  return formatOf('day', { weekday: 'short', day: 'numeric', month: 'short' }, timeZone)
    .format(at)
    .replace(',', '');
}

/** `08:05` today, `Sat 08:05` within a week, else `21 Nov 08:05`. */
export function formatNear(at: number, now: number): string {
  const clock = formatClock(at);
  if (formatDay(at) === formatDay(now)) return clock;
  const [weekday, ...date] = formatDay(at).split(' ');
  return `${Math.abs(at - now) < 6 * DAY ? weekday : date.join(' ')} ${clock}`;
}

/** `1.2 kB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  return `${step === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `1 run`, `12,345 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const COUNT = new Intl.NumberFormat('en');
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as using it a hundred times. */
function formatOf(kind: string, options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  const key = `${kind} ${timeZone ?? ''}`;
  const known = FORMATS.get(key);
  if (known) return known;
  const made = formatIn(options, timeZone);
  FORMATS.set(key, made);
  return made;
}

/** A zone that this browser does not know is told in UTC. */
function formatIn(options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone ? { timeZone } : {}) });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}

function partsOf(at: number | Date, timeZone?: string): Record<string, string> {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  };
  const parts = formatOf('instant', options, timeZone).formatToParts(at);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}
