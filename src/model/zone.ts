/**
 * Time zones: names, offsets, and what a wall clock shows.
 *
 * Wall times are numbers: the milliseconds since 1970-01-01T00:00 that a clock without a zone would count. Offsets
 * are wall time minus instant, in milliseconds. Rules come from the zone data inside the runtime, never from the
 * machine's own zone.
 */
import { SupertaskError } from '../errors.js';
import { suggest } from './suggest.js';

const DAY = 86_400_000;
/** No two changes of a zone lie closer together since 1940 (the nearest are 6.9 days apart). */
const SAMPLE = 3 * DAY;
/** How far a year's table reaches over its ends, so that a repeated hour across New Year is seen whole. */
const MARGIN = 3 * DAY;
/** Years kept in all; a table is about 200 bytes. */
const MOST_TABLES = 20_000;
/** How many years are searched for the next clock change. */
const HORIZON_YEARS = 5;

/** A stretch of time with one offset: [startMs, endMs). Where a table ends, a stretch may be cut in two. */
export type Stretch = {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
  /** The offset before `startMs`; equal to `offsetMs` where the stretch was only cut. */
  readonly earlierOffsetMs: number;
};

export type ClockChange = { readonly at: Date; readonly beforeMs: number; readonly afterMs: number };

/** Where a wall time lies on the line of instants. */
export type WallPlace =
  /** It exists; `atMs` is the first pass when it comes twice. */
  | { readonly kind: 'exact'; readonly atMs: number; readonly repeated: boolean }
  /** It does not: the clock jumps from `fromWallMs` to `toWallMs` at the instant `atMs`. */
  | { readonly kind: 'gap'; readonly atMs: number; readonly fromWallMs: number; readonly toWallMs: number };

const ALWAYS: Stretch = {
  startMs: Number.NEGATIVE_INFINITY,
  endMs: Number.POSITIVE_INFINITY,
  offsetMs: 0,
  earlierOffsetMs: 0,
};

const tables = new Map<string, Map<number, readonly Stretch[]>>();
const names = new Map<string, string>([['UTC', 'UTC']]);
let tableCount = 0;
let latest: { readonly tz: string; readonly format: Intl.DateTimeFormat } | undefined;

/**
 * Check a zone name; case does not count.
 *
 * @returns The IANA name in its usual spelling.
 * @throws {SupertaskError} `ZONE_UNKNOWN` for anything that is not an IANA name, offsets such as `+02:00` included.
 */
export function parseZone(text: string): string {
  const trimmed = text.trim();
  const known = names.get(trimmed);
  if (known !== undefined) return known;
  if (trimmed.length > 64 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(trimmed) || !isZone(trimmed)) {
    throw unknown(text.slice(0, 64));
  }
  const name = spelling(trimmed);
  if (names.size < 5000) names.set(trimmed, name);
  return name;
}

/** Wall time minus instant, in ms. */
export function offsetAt(tz: string, instantMs: number): number {
  return tz === 'UTC' ? 0 : stretchAt(tz, instantMs).offsetMs;
}

/** The stretch of constant offset around an instant. */
export function stretchAt(tz: string, instantMs: number): Stretch {
  if (tz === 'UTC') return ALWAYS;
  const table = tableOf(tz, new Date(instantMs).getUTCFullYear());
  for (const stretch of table) if (instantMs < stretch.endMs) return stretch;
  throw new RangeError(`no stretch of ${tz} at ${instantMs}`);
}

/** Find a wall time in a zone. */
export function placeWall(tz: string, wallMs: number): WallPlace {
  if (tz === 'UTC') return { kind: 'exact', atMs: wallMs, repeated: false };
  // No offset exceeds 16 hours, so the wall clock shows less than `wallMs` here.
  let stretch = stretchAt(tz, wallMs - 26 * 3_600_000);
  for (;;) {
    const fromMs = stretch.startMs + stretch.offsetMs;
    if (wallMs < fromMs) {
      const fromWallMs = stretch.startMs + stretch.earlierOffsetMs;
      return { kind: 'gap', atMs: stretch.startMs, fromWallMs, toWallMs: fromMs };
    }
    const next = stretchAt(tz, stretch.endMs);
    if (wallMs < stretch.endMs + stretch.offsetMs) {
      const repeated = wallMs >= stretch.endMs + next.offsetMs;
      return { kind: 'exact', atMs: wallMs - stretch.offsetMs, repeated };
    }
    stretch = next;
  }
}

/** The next instant after `after` at which the zone's offset changes; undefined when none is near (five years). */
export function nextClockChange(tz: string, after: Date): ClockChange | undefined {
  if (tz === 'UTC') return undefined;
  const limit = after.getTime() + HORIZON_YEARS * 366 * DAY;
  for (const { stretch, next } of stretchesFrom(tz, after.getTime())) {
    if (stretch.endMs > limit) return undefined;
    if (next.offsetMs !== stretch.offsetMs) {
      return { at: new Date(stretch.endMs), beforeMs: stretch.offsetMs, afterMs: next.offsetMs };
    }
  }
  return undefined;
}

/** Stretches with their followers, from the one around an instant on, without end. */
export function* stretchesFrom(
  tz: string,
  instantMs: number,
): Generator<{ readonly stretch: Stretch; readonly next: Stretch }> {
  let stretch = stretchAt(tz, instantMs);
  for (;;) {
    const next = stretchAt(tz, stretch.endMs);
    yield { stretch, next };
    stretch = next;
  }
}

function tableOf(tz: string, year: number): readonly Stretch[] {
  let years = tables.get(tz);
  if (years === undefined) {
    years = new Map();
    tables.set(tz, years);
  }
  let table = years.get(year);
  if (table === undefined) {
    if (tableCount >= MOST_TABLES) forgetTables();
    table = buildTable(tz, year);
    years.set(year, table);
    tableCount++;
  }
  return table;
}

function forgetTables(): void {
  for (const years of tables.values()) years.clear();
  tableCount = 0;
}

/** All stretches of a UTC year and a margin around it. */
function buildTable(tz: string, year: number): Stretch[] {
  const fromMs = yearStart(year) - MARGIN;
  const toMs = yearStart(year + 1) + MARGIN;
  const stretches: Stretch[] = [];
  let startMs = fromMs;
  let offsetMs = measureOffset(tz, fromMs);
  let earlierOffsetMs = offsetMs;
  for (let at = fromMs; at < toMs; at += SAMPLE) {
    const until = Math.min(at + SAMPLE, toMs);
    const later = measureOffset(tz, until);
    if (later === offsetMs) continue;
    const changeMs = findChange(tz, at, until, offsetMs);
    stretches.push({ startMs, endMs: changeMs, offsetMs, earlierOffsetMs });
    startMs = changeMs;
    earlierOffsetMs = offsetMs;
    offsetMs = later;
  }
  // A change exactly at the table's end belongs to the next table.
  if (startMs < toMs) stretches.push({ startMs, endMs: toMs, offsetMs, earlierOffsetMs });
  return stretches;
}

/** The first second at which the offset is no longer `offsetMs`, by halving. */
function findChange(tz: string, fromMs: number, toMs: number, offsetMs: number): number {
  let same = fromMs / 1000;
  let changed = toMs / 1000;
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (measureOffset(tz, middle * 1000) === offsetMs) same = middle;
    else changed = middle;
  }
  return changed * 1000;
}

function measureOffset(tz: string, instantMs: number): number {
  if (latest?.tz !== tz) latest = { tz, format: formatOf(tz) };
  const shown = latest.format.format(instantMs);
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (shown.match(/\d+/g) ?? []).map(
    Number,
  );
  const wall = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  wall.setUTCFullYear(year, month - 1, day);
  return wall.getTime() - instantMs;
}

function formatOf(tz: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

function yearStart(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The list of the runtime has no links such as US/Eastern: those keep the spelling they were given. */
function spelling(name: string): string {
  const lower = name.toLowerCase();
  if (/^(utc|etc\/utc|zulu)$/.test(lower)) return 'UTC';
  return Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === lower) ?? name;
}

function unknown(text: string): SupertaskError {
  const shown = JSON.stringify(text);
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?$/i.exec(text.trim());
  if (offset) {
    const sign = offset[1] === '+' ? '-' : '+';
    return new SupertaskError('ZONE_UNKNOWN', `${shown} is an offset, not a time zone name`, {
      hint: `Use a place such as Europe/Berlin, or Etc/GMT${sign}${Number(offset[2])} (its sign is reversed).`,
    });
  }
  const near = suggestZone(text.trim());
  return new SupertaskError('ZONE_UNKNOWN', `${shown} is not a time zone name`, {
    hint: near ? `Did you mean ${near}?` : 'Use an IANA name such as UTC, Europe/Berlin or America/New_York.',
  });
}

function suggestZone(text: string): string | undefined {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const spaced = text.replaceAll(' ', '_');
  const whole = suggest(spaced, zones);
  if (whole !== undefined) return whole;
  const cities = new Map(zones.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));
  const city = suggest(spaced.slice(spaced.lastIndexOf('/') + 1), [...cities.keys()]);
  return city === undefined ? undefined : cities.get(city);
}
