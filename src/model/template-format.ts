/** Days and times as text: `yyyyMMdd`, `EEE d MMM HH:mm`, in the letters of Unicode (CLDR) date patterns. */
import { SupertaskError } from '../errors.js';
import { civilDay, dayNumber, MONTHS, WEEKDAYS, weekdayOf } from './calendar-day.js';

/** What there is to be shown; a date has no time, and a time no day. */
export type Shown = {
  /** Days since 1970-01-01. */
  readonly day?: number;
  /** Milliseconds since midnight, by the wall clock. */
  readonly timeMs?: number;
  readonly tz?: string;
  /** Wall time minus instant. */
  readonly offsetMs?: number;
};

type Part = keyof Shown;
type Letters = { readonly needs: Part; readonly means: string; write(value: number): string };

const two = (value: number): string => String(value).padStart(2, '0');
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const monthOf = (day: number): number => civilDay(day).month;
const nameOfMonth = (day: number): string => capital(MONTHS[monthOf(day) - 1] ?? '');
const nameOfDay = (day: number): string => capital(WEEKDAYS[weekdayOf(day)] ?? '');
const hourOf = (timeMs: number): number => Math.floor(timeMs / 3_600_000);
const dayOfYear = (day: number): number => day - dayNumber(civilDay(day).year, 1, 1) + 1;

/** The Thursday of a day's week: its year is the year of the week, by ISO 8601. */
const thursdayOf = (day: number): number => day + 4 - (weekdayOf(day) === 0 ? 7 : weekdayOf(day));

const LETTERS: Readonly<Record<string, Letters>> = {
  yyyy: { needs: 'day', means: 'year', write: (day) => String(civilDay(day).year).padStart(4, '0') },
  yy: { needs: 'day', means: 'year', write: (day) => two(civilDay(day).year % 100) },
  MMMM: { needs: 'day', means: 'month', write: nameOfMonth },
  MMM: { needs: 'day', means: 'month', write: (day) => nameOfMonth(day).slice(0, 3) },
  MM: { needs: 'day', means: 'month', write: (day) => two(monthOf(day)) },
  M: { needs: 'day', means: 'month', write: (day) => String(monthOf(day)) },
  dd: { needs: 'day', means: 'day', write: (day) => two(civilDay(day).date) },
  d: { needs: 'day', means: 'day', write: (day) => String(civilDay(day).date) },
  DDD: { needs: 'day', means: 'day of the year', write: (day) => String(dayOfYear(day)).padStart(3, '0') },
  EEEE: { needs: 'day', means: 'weekday', write: nameOfDay },
  EEE: { needs: 'day', means: 'weekday', write: (day) => nameOfDay(day).slice(0, 3) },
  kkkk: {
    needs: 'day',
    means: 'year of the ISO week',
    write: (day) => String(civilDay(thursdayOf(day)).year).padStart(4, '0'),
  },
  ww: {
    needs: 'day',
    means: 'ISO week',
    write: (day) => two(Math.ceil(dayOfYear(thursdayOf(day)) / 7)),
  },
  HH: { needs: 'timeMs', means: 'hour', write: (timeMs) => two(hourOf(timeMs)) },
  H: { needs: 'timeMs', means: 'hour', write: (timeMs) => String(hourOf(timeMs)) },
  mm: { needs: 'timeMs', means: 'minute', write: (timeMs) => two(Math.floor(timeMs / 60_000) % 60) },
  ss: { needs: 'timeMs', means: 'second', write: (timeMs) => two(Math.floor(timeMs / 1000) % 60) },
  SSS: { needs: 'timeMs', means: 'millisecond', write: (timeMs) => String(timeMs % 1000).padStart(3, '0') },
  XXX: { needs: 'offsetMs', means: 'offset', write: formatOffset },
};

const PATTERN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;

/**
 * Write a day, a time or both by a pattern. Text in single quotes stays as it is, and so does what is no letter; `VV`
 * is the name of the zone.
 *
 * @throws {SupertaskError} `TEMPLATE_INVALID` for letters that mean nothing, or ask for what is not there.
 */
export function formatShown(shown: Shown, pattern: string): string {
  return [...pattern.matchAll(PATTERN)]
    .map(([run, quoted, letter]) => {
      if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
      return letter === undefined ? plain(run) : write(shown, run);
    })
    .join('');
}

function plain(run: string): string {
  if (run === "'") throw invalid('a quote in the pattern is not closed', "Write '' for a quote itself.");
  return run;
}

function write(shown: Shown, run: string): string {
  if (run === 'VV' && shown.tz !== undefined) return shown.tz;
  const letters = Object.hasOwn(LETTERS, run) ? LETTERS[run] : undefined;
  if (letters === undefined && run !== 'VV') throw unknown(run);
  const value = letters && shown[letters.needs];
  if (letters !== undefined && typeof value === 'number') return letters.write(value);
  const what = shown.day === undefined ? 'a time' : 'a date';
  throw invalid(
    `${what} has no ${letters?.means ?? 'zone'}, which ${run} stands for`,
    `Use run.scheduled_at.format("…${run}…"), which has day, time and zone.`,
  );
}

function unknown(run: string): SupertaskError {
  const meant: Readonly<Record<string, string>> = {
    YYYY: 'yyyy',
    YY: 'yy',
    DD: 'dd',
    D: 'd',
    hh: 'HH',
    h: 'H',
  };
  const instead = Object.hasOwn(meant, run) ? meant[run] : undefined;
  const known = `Known: ${[...Object.keys(LETTERS), 'VV'].join(', ')}; other text stands in single quotes.`;
  return invalid(
    `"${run}" means nothing in a pattern`,
    instead === undefined ? known : `Did you mean ${instead}? ${known}`,
  );
}

/** `+02:00` */
function formatOffset(offsetMs: number): string {
  const minutes = Math.floor(Math.abs(offsetMs) / 60_000);
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', message, { hint });
}
