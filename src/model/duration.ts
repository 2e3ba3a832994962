/** Lengths of time as people write them. A bare number is refused: nobody knows whether it means s or ms. */
import { SupertaskError } from '../errors.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** One hundred years; longer ones are slips of the keyboard. */
const LONGEST = 36_500 * DAY;
const EXAMPLES = 'Write for example 250ms, 30s, 5m, 1h30m, 2d, 1w or PT5M.';

const UNITS = new Map<string, number>(
  Object.entries({
    ms: 1,
    msec: 1,
    millisecond: 1,
    s: SECOND,
    sec: SECOND,
    second: SECOND,
    m: MINUTE,
    min: MINUTE,
    minute: MINUTE,
    h: HOUR,
    hr: HOUR,
    hour: HOUR,
    d: DAY,
    day: DAY,
    w: WEEK,
    week: WEEK,
  }),
);

const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/giy;
const ISO =
  /^P(?:(?<w>\d+(?:\.\d+)?)W)?(?:(?<d>\d+(?:\.\d+)?)D)?(?:T(?:(?<h>\d+(?:\.\d+)?)H)?(?:(?<m>\d+(?:\.\d+)?)M)?(?:(?<s>\d+(?:\.\d+)?)S)?)?$/i;

/**
 * Read a duration: `250ms`, `30s`, `1h30m`, `2 days`, ISO 8601 `PT5M`. A day is 24 hours.
 *
 * @returns Whole milliseconds, 0 or more.
 * @throws {SupertaskError} `DURATION_INVALID` without a unit, for unknown units, negative ones, parts of a
 * millisecond and anything above one hundred years.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '') throw invalid('a duration is empty');
  if (trimmed.length > 100) throw invalid('a duration is longer than 100 characters');
  if (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(trimmed)) {
    throw invalid(`the duration "${trimmed}" has no unit`, `Write ${trimmed}s or ${trimmed}m, for example.`);
  }
  if (/^[-−]/.test(trimmed)) throw invalid(`the duration "${trimmed}" is negative`);
  return checked(trimmed, /^P/i.test(trimmed) ? parseIso(trimmed) : parseParts(trimmed));
}

/** The shortest exact way to write a duration: `1h30m`, `90ms`, `1d`; `0s` for none. Weeks only when whole. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return '0s';
  if (ms % WEEK === 0) return `${ms / WEEK}w`;
  let rest = ms;
  let text = '';
  for (const [unit, length] of [['d', DAY] as const, ['h', HOUR] as const, ['m', MINUTE] as const]) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  const seconds = Math.floor(rest / SECOND);
  if (seconds > 0) text += `${seconds}s`;
  const millis = rest - seconds * SECOND;
  return millis > 0 ? `${text}${millis}ms` : text;
}

function parseParts(text: string): number {
  let total = 0;
  let position = 0;
  let smallest = Number.POSITIVE_INFINITY;
  while (position < text.length) {
    PART.lastIndex = position;
    const [whole, count, unit] = PART.exec(text) ?? [];
    if (whole === undefined || count === undefined || unit === undefined) {
      throw invalid(`"${text}" is not a duration`);
    }
    const length = unitLength(unit);
    if (length === undefined) throw invalid(`"${unit}" in "${text}" is not a unit of time`, unitHint(unit));
    // 30m1h is more often a slip than a wish.
    if (length >= smallest)
      throw invalid(`the units of "${text}" are not in order`, 'Write the larger unit first.');
    smallest = length;
    total += Number(count) * length;
    position += whole.length;
  }
  return total;
}

function unitLength(unit: string): number | undefined {
  const lower = unit.toLowerCase();
  // M could be a month: only the small letter is a minute.
  if (unit === 'M') return undefined;
  return UNITS.get(lower) ?? (lower.length > 2 ? UNITS.get(lower.replace(/s$/, '')) : undefined);
}

function unitHint(unit: string): string {
  if (/^(M|mo|mon|months?|y|yrs?|years?)$/i.test(unit)) {
    return 'Months and years differ in length: use days, or a schedule such as @monthly. Minutes are a small m.';
  }
  return `Units: ms, s, m, h, d, w. ${EXAMPLES}`;
}

function parseIso(text: string): number {
  const parts = ISO.exec(text)?.groups;
  if (!parts || /^P$|T$/i.test(text)) {
    const hint = /^P[^T]*\d[MY]/i.test(text) ? unitHint('month') : EXAMPLES;
    throw invalid(`"${text}" is not an ISO 8601 duration of fixed length`, hint);
  }
  const { w = '0', d = '0', h = '0', m = '0', s = '0' } = parts;
  return Number(w) * WEEK + Number(d) * DAY + Number(h) * HOUR + Number(m) * MINUTE + Number(s) * SECOND;
}

function checked(text: string, ms: number): number {
  if (!(ms <= LONGEST)) throw invalid(`the duration "${text}" is longer than a hundred years`);
  const whole = Math.round(ms);
  // Decimal fractions are not exact in binary: 0.07s comes as 70.00000000000001.
  if (Math.abs(ms - whole) > 1e-3)
    throw invalid(`the duration "${text}" is not a whole number of milliseconds`);
  return whole;
}

function invalid(message: string, hint: string = EXAMPLES): SupertaskError {
  return new SupertaskError('DURATION_INVALID', message, { hint });
}
