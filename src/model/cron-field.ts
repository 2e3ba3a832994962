/** One field of a cron expression: text → the set of values it allows. */
import { SupertaskError } from '../errors.js';
import { MONTHS, WEEKDAYS } from './calendar-day.js';
import type { CronField, FieldName, SpecialDay } from './cron-value.js';
import { stableHash } from './hash.js';
import { suggest } from './suggest.js';

type Limits = { readonly min: number; readonly max: number; readonly names?: readonly string[] };

const LIMITS: Readonly<Record<FieldName, Limits>> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  day: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: MONTHS },
  weekday: { min: 0, max: 6, names: WEEKDAYS },
  year: { min: 1970, max: 2199 },
  week: { min: 1, max: 53 },
};

const NO_SPECIAL: readonly SpecialDay[] = [];
/** Fields are shared: the minute `0` of 100,000 expressions is one object. */
const shared = new Map<string, CronField>();
const MOST_SHARED = 4096;

const HASHED = /(^|,)H(?=$|[,/(])/i;

/** Whether a field has an `H`, whose value depends on the job. */
export function isHashed(text: string): boolean {
  return HASHED.test(text);
}

/**
 * Read one field.
 *
 * @param seed - What `H` stands for is a stable hash of this and the field's name.
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function parseField(name: FieldName, text: string, seed = ''): CronField {
  const key = `${name} ${isHashed(text) ? seed : ''} ${text}`;
  const known = shared.get(key);
  if (known) return known;
  const field = readField(name, text.toUpperCase(), seed);
  if (shared.size >= MOST_SHARED) shared.clear();
  shared.set(key, field);
  return field;
}

function readField(name: FieldName, text: string, seed: string): CronField {
  const lone = text === '*' || text === '?';
  const special: SpecialDay[] = [];
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const day = readSpecial(name, item, text);
    if (day) special.push(day);
    else for (const value of readItem(name, item, text, seed)) values.add(value);
  }
  let low = 0;
  let high = 0;
  if (name !== 'year') {
    for (const value of values) {
      if (value < 30) low |= 1 << value;
      else high |= 1 << (value - 30);
    }
  }
  return {
    text,
    low,
    high,
    lone,
    stepped: /[*?/]/.test(text),
    special: special.length === 0 ? NO_SPECIAL : special,
    years: name === 'year' && !lone ? [...values].sort((a, b) => a - b) : undefined,
  };
}

function readSpecial(name: FieldName, item: string, text: string): SpecialDay | undefined {
  if (name === 'day') {
    if (item === 'LW' || item === 'WL') return { kind: 'last-workday' };
    const last = /^L(?:-(\d{1,2}))?$/.exec(item);
    if (last) {
      const before = Number(last[1] ?? 0);
      if (before > 30) throw invalid(name, text, `"${item}" lies before the first day of any month`);
      return { kind: 'last', before };
    }
    const near = /^(\d{1,2})W$/.exec(item);
    if (near) return { kind: 'workday', date: readValue(name, near[1] ?? '', text) };
    // Weekdays by name stand among the days of the month as well, so that a weekday can be asked for beside them.
    if (!/^[A-Z]{3,9}(?:#.+|L)$/.test(item)) return undefined;
  } else if (name !== 'weekday') return undefined;
  const nth = /^(.+)#(.+)$/.exec(item);
  if (nth)
    return { kind: 'nth', weekday: readValue('weekday', nth[1] ?? '', text) % 7, nth: readNth(nth[2], text) };
  if (item === 'L')
    throw invalid(name, text, '"L" needs a weekday', 'The last Friday of a month is 5L or FRIL.');
  const last = /^(.+)L$/.exec(item);
  return last ? { kind: 'nth', weekday: readValue('weekday', last[1] ?? '', text) % 7, nth: -1 } : undefined;
}

function readNth(nth: string | undefined, text: string): number {
  if (nth === 'L') return -1;
  if (nth !== undefined && /^[1-5]$/.test(nth)) return Number(nth);
  throw invalid(
    'weekday',
    text,
    `a month has no weekday number "${nth}"`,
    'Use #1 to #5, or #L for the last one.',
  );
}

function readItem(name: FieldName, item: string, text: string, seed: string): number[] {
  const { min, max } = LIMITS[name];
  const [base = '', stepText, extra] = item.split('/');
  if (base === '' || extra !== undefined) throw unreadable(name, item, text);
  const step = stepText === undefined ? undefined : readStep(name, stepText, text);
  if (base === '*' || base === '?') return sequence(min, max, step ?? 1, name);
  if (base.startsWith('H') && HASHED.test(base)) return readHash(name, base, text, step, seed);
  const [fromText = '', toText, third] = base.split('-');
  if (third !== undefined || fromText === '' || toText === '') throw unreadable(name, item, text);
  const from = readValue(name, fromText, text);
  if (toText === undefined) {
    return step === undefined ? [wrap(name, from)] : sequence(wrap(name, from), max, step, name);
  }
  const to = readValue(name, toText, text);
  if (from <= to) return sequence(from, to, step ?? 1, name);
  if (name === 'year') throw invalid(name, text, `the range "${base}" runs backwards`);
  return sequence(wrap(name, from), wrap(name, from) <= to ? to : to + max - min + 1, step ?? 1, name);
}

/** Values from `from` to `to`, which may pass the field's end and go on at its beginning. */
function sequence(from: number, to: number, step: number, name: FieldName): number[] {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(wrap(name, value));
  return values;
}

function wrap(name: FieldName, value: number): number {
  const { min, max } = LIMITS[name];
  return value > max ? value - (max - min + 1) : value;
}

/** `H`, `H/15`, `H(0-7)`, `H(0-29)/10`, as in Jenkins: days only up to 28, so that every month has them. */
function readHash(
  name: FieldName,
  base: string,
  text: string,
  step: number | undefined,
  seed: string,
): number[] {
  const range = /^H(?:\(([^()-]+)-([^()-]+)\))?$/.exec(base);
  if (!range) throw unreadable(name, base, text);
  const limits = LIMITS[name];
  const min = range[1] === undefined ? limits.min : readValue(name, range[1], text);
  const max = range[2] === undefined ? (name === 'day' ? 28 : limits.max) : readValue(name, range[2], text);
  if (min > max) throw invalid(name, text, `the range of "${base}" runs backwards`);
  const hash = stableHash(`${name} ${seed}`);
  if (step === undefined) return [wrap(name, min + (hash % (max - min + 1)))];
  return sequence(min + (hash % Math.min(step, max - min + 1)), max, step, name);
}

function readStep(name: FieldName, stepText: string, text: string): number {
  const { min, max } = LIMITS[name];
  const size = max - min + 1;
  const step = /^\d{1,4}$/.test(stepText) ? Number(stepText) : Number.NaN;
  if (step >= 1 && step <= size) return step;
  const every = { second: 's', minute: 'm', hour: 'h', day: 'd' }[name as string];
  throw invalid(
    name,
    text,
    step > size ? `a step of ${step} is longer than the whole field` : `"/${stepText}" is not a step`,
    step > size && every !== undefined
      ? `Steps start again with each ${PARENT[name]}. For a steady interval write: every ${step}${every}.`
      : `Steps are whole numbers from 1 to ${size}.`,
  );
}

const PARENT: Readonly<Record<FieldName, string>> = {
  second: 'minute',
  minute: 'hour',
  hour: 'day',
  day: 'month',
  month: 'year',
  weekday: 'week',
  year: 'era',
  week: 'year',
};

function readValue(name: FieldName, valueText: string, text: string): number {
  const { min, max, names } = LIMITS[name];
  if (/^\d{1,4}$/.test(valueText)) {
    const value = Number(valueText);
    if (value >= min && (value <= max || (name === 'weekday' && value === 7))) return value;
    const hint =
      name === 'weekday' && value >= 1970 ? 'A year is the seventh field; seconds come first.' : undefined;
    throw invalid(name, text, `${value} is not between ${min} and ${name === 'weekday' ? 7 : max}`, hint);
  }
  const lower = valueText.toLowerCase();
  const index = names?.findIndex(
    (full) => lower.length >= 3 && (full === lower || full.slice(0, 3) === lower),
  );
  if (index !== undefined && index >= 0) return index + min;
  const near = names && suggest(lower, [...names.map((full) => full.slice(0, 3)), ...names]);
  throw invalid(
    name,
    text,
    `"${valueText}" is not a ${name}`,
    near === undefined ? undefined : `Did you mean ${near.slice(0, 3).toUpperCase()}?`,
  );
}

function unreadable(name: FieldName, item: string, text: string): SupertaskError {
  return invalid(name, text, item === '' ? 'a part is empty' : `"${item}" cannot be read`);
}

function invalid(name: FieldName, text: string, reason: string, hint?: string): SupertaskError {
  const { min, max } = LIMITS[name];
  return new SupertaskError('SCHEDULE_INVALID', `the ${name} field "${text.slice(0, 60)}": ${reason}`, {
    hint:
      hint ??
      `${name === 'hour' ? 'An' : 'A'} ${name} is ${min} to ${max}, a list 1,2, a range 1-5, or a step */2.`,
  });
}
