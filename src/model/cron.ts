/**
 * Cron expressions: text → rule, and the arithmetic of days and times of day on it.
 *
 * Everything here is about the calendar and a 24-hour day; zones and clock changes come in schedule-series.
 */
import { SupertaskError } from '../errors.js';
import { isHashed, parseField } from './cron-field.js';
import {
  type CronField,
  countBelow,
  type FieldName,
  hasValue,
  nextValue,
  previousValue,
} from './cron-value.js';

/** Which days. */
export type DayRule = {
  readonly day: CronField;
  readonly month: CronField;
  readonly weekday: CronField;
  readonly year: CronField;
  /** Of ISO weeks, 1 to 53; absent: any. */
  readonly week?: CronField;
  /** A leading `+` on the weekday: day and weekday must both fit, instead of either. */
  readonly both: boolean;
};

/** Which seconds of a day, as three fields or as a sorted list of seconds since midnight. */
export type TimeRule = TimeFields | { readonly kind: 'daily'; readonly seconds: readonly number[] };

type TimeFields = {
  readonly kind: 'cron';
  readonly second: CronField;
  readonly minute: CronField;
  readonly hour: CronField;
};

export type CronRule = DayRule &
  TimeFields & {
    /** Five to seven fields, as written. */
    readonly expression: string;
    /** Has an `H`: the expression must be read again with each job's id. */
    readonly hashed: boolean;
  };

const FIELDS: readonly FieldName[] = ['second', 'minute', 'hour', 'day', 'month', 'weekday', 'year'];

export const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

/**
 * Read five fields, six with seconds first, or seven with the year last. Nicknames are not known here.
 *
 * @param seed - What `H` is a stable hash of: the job's id.
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseCron(text: string, seed = ''): CronRule {
  const words = text.split(/[ \t]+/);
  if (words.length < 5 || words.length > 7) throw wrongCount(text, words.length);
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = [
    ...(words.length === 5 ? ['0'] : []),
    ...words,
    ...(words.length === 7 ? [] : ['*']),
  ];
  const hashed = words.some((word) => isHashed(word.replace(/^\+/, '')));
  const times = parseTimeFields([second, minute, hour], hashed ? seed : '');
  const dates = parseDayFields([day, month, weekday, year], hashed ? seed : '');
  const { second: seconds, minute: minutes, hour: hours } = times;
  const { day: days, month: months, weekday: weekdays, year: years, both } = dates;
  return {
    kind: 'cron',
    expression: text,
    hashed,
    second: seconds,
    minute: minutes,
    hour: hours,
    day: days,
    month: months,
    weekday: weekdays,
    year: years,
    both,
  };
}

type Times = Omit<TimeFields, 'kind'>;

/** Of 100,000 expressions many have the days in common, or the times: these are shared. */
const MOST_SHARED = 4096;
const parseTimeFields = shared(
  ([second = '', minute = '', hour = ''], seed): Times => ({
    second: parseField('second', second, seed),
    minute: parseField('minute', minute, seed),
    hour: parseField('hour', hour, seed),
  }),
);
const parseDayFields = shared(([day = '', month = '', weekday = '', year = ''], seed): DayRule => {
  const both = weekday.startsWith('+');
  return {
    day: parseField('day', day, seed),
    month: parseField('month', month, seed),
    weekday: parseField('weekday', both ? weekday.slice(1) : weekday, seed),
    year: parseField('year', year, seed),
    both,
  };
});

/** The same answer, as one object, for the same words. */
function shared<T>(parse: (words: readonly string[], seed: string) => T) {
  const known = new Map<string, T>();
  return (words: readonly string[], seed: string): T => {
    const key = [seed, ...words].join(' ');
    const found = known.get(key) ?? parse(words, seed);
    if (known.size >= MOST_SHARED) known.clear();
    known.set(key, found);
    return found;
  };
}

/** The first matching second of a day that is at least `from`, or -1. */
export function nextTime(times: TimeRule, from: number): number {
  if (times.kind === 'daily') return times.seconds.find((second) => second >= from) ?? -1;
  const { second, minute, hour } = times;
  const h = nextValue(hour, Math.floor(from / 3600));
  if (h < 0) return -1;
  const inHour = from - h * 3600;
  if (inHour <= 0) return h * 3600 + nextValue(minute, 0) * 60 + nextValue(second, 0);
  let m = nextValue(minute, Math.floor(inHour / 60));
  if (m >= 0) {
    const s = nextValue(second, Math.max(0, inHour - m * 60));
    if (s >= 0) return h * 3600 + m * 60 + s;
    m = nextValue(minute, m + 1);
    if (m >= 0) return h * 3600 + m * 60 + nextValue(second, 0);
  }
  return nextTime(times, (h + 1) * 3600);
}

/** The last matching second of a day that is at most `from`, or -1. */
export function previousTime(times: TimeRule, from: number): number {
  if (times.kind === 'daily') return times.seconds.findLast((second) => second <= from) ?? -1;
  if (from < 0) return -1;
  const { second, minute, hour } = times;
  const h = previousValue(hour, Math.min(23, Math.floor(from / 3600)));
  if (h < 0) return -1;
  const inHour = from - h * 3600;
  if (inHour >= 3599) return h * 3600 + previousValue(minute, 59) * 60 + previousValue(second, 59);
  let m = previousValue(minute, Math.floor(inHour / 60));
  if (m >= 0) {
    const s = previousValue(second, Math.min(59, inHour - m * 60));
    if (s >= 0) return h * 3600 + m * 60 + s;
    m = previousValue(minute, m - 1);
    if (m >= 0) return h * 3600 + m * 60 + previousValue(second, 59);
  }
  return previousTime(times, h * 3600 - 1);
}

/** How many matching seconds of a day are less than `limit`. */
export function countTimes(times: TimeRule, limit: number): number {
  if (times.kind === 'daily') return times.seconds.filter((second) => second < limit).length;
  const { second, minute, hour } = times;
  const perMinute = countBelow(second, 60);
  const perHour = countBelow(minute, 60) * perMinute;
  const h = Math.min(24, Math.floor(limit / 3600));
  let count = countBelow(hour, h) * perHour;
  if (h > 23 || !hasValue(hour, h)) return count;
  const m = Math.floor((limit - h * 3600) / 60);
  count += countBelow(minute, m) * perMinute;
  return hasValue(minute, m) ? count + countBelow(second, limit - h * 3600 - m * 60) : count;
}

function wrongCount(text: string, count: number): SupertaskError {
  const hints: Record<number, string> = {
    4: 'A cron expression has five fields: minute hour day month weekday. Is the weekday missing? Add a *.',
    8: 'At most seven fields: second minute hour day month weekday year.',
  };
  return new SupertaskError(
    'SCHEDULE_INVALID',
    `"${text}" has ${count} ${count === 1 ? 'field' : 'fields'}; a cron expression has 5, 6 or 7`,
    { hint: hints[count] ?? `Fields: ${FIELDS.join(' ')}. Five leave out second and year, six the year.` },
  );
}
