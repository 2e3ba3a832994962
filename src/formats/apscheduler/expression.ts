/** One field of APScheduler's cron trigger → the same field of a cron expression. */
import { SupertaskError } from '../../errors.js';
import { MONTHS, WEEKDAYS } from '../../model/calendar-day.js';
import { suggest } from '../../model/suggest.js';
import type { CRON_FIELDS } from './shape.js';

export type CronFieldName = (typeof CRON_FIELDS)[number];

type Limits = { readonly min: number; readonly max: number };

/** Years end where those of supertask's calendar do. */
const LIMITS: Readonly<Record<CronFieldName, Limits>> = {
  year: { min: 1970, max: 2199 },
  month: { min: 1, max: 12 },
  day: { min: 1, max: 31 },
  week: { min: 1, max: 53 },
  day_of_week: { min: 0, max: 6 },
  hour: { min: 0, max: 23 },
  minute: { min: 0, max: 59 },
  second: { min: 0, max: 59 },
};

const POSITIONS = ['1st', '2nd', '3rd', '4th', '5th', 'last'];
/** Monday is the first, as in APScheduler. */
const DAYS = [...WEEKDAYS.slice(1), ...WEEKDAYS.slice(0, 1)].map((day) => day.slice(0, 3));
const MONTH_NAMES = MONTHS.map((month) => month.slice(0, 3));

/**
 * Say a field's expressions as a cron expression does. What APScheduler refuses is refused.
 *
 * @param text - `*`, `*` + `/n`, `a`, `a-b`, `a-b/n`; of `day` also `2nd fri`, `last sun` and `last`; a list of them.
 * @throws {SupertaskError} `SCHEDULE_INVALID`
 */
export function cronField(name: CronFieldName, text: string): string {
  const items = text
    .trim()
    .split(/ *, */)
    .map((item) => fieldItem(name, item, text));
  return items.includes('*') ? '*' : [...new Set(items.flat())].join(',');
}

function fieldItem(name: CronFieldName, item: string, text: string): string | readonly string[] {
  const fail = (why: string, hint: string = hintOf(name)): never => {
    throw new SupertaskError('SCHEDULE_INVALID', `${name} "${text.slice(0, 60)}": ${why}`, { hint });
  };
  const all = /^\*(?:\/(\d+))?$/.exec(item);
  if (all !== null) {
    const step = checkStep(all[1], LIMITS[name], fail);
    if (step <= 1) return '*';
    return name === 'day_of_week' ? weekdays(0, 6, step) : `*/${step}`;
  }
  const range = /^(\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(item);
  if (range !== null) return numbers(name, range, fail);
  if (name === 'day') return monthDay(item, fail);
  if (name === 'month') return nameRange(item, MONTH_NAMES, 'month', fail).join('-');
  if (name === 'day_of_week') return nameRange(item, DAYS, 'weekday', fail).join('-').toUpperCase();
  return fail(`"${item}" is not an expression of APScheduler`);
}

type Fail = (why: string, hint?: string) => never;

function numbers(
  name: CronFieldName,
  [, a = '', b, n]: RegExpExecArray,
  fail: Fail,
): string | readonly string[] {
  const { min, max } = LIMITS[name];
  const first = Number(a);
  // A single number with a step goes on to the end.
  const last = b === undefined ? (n === undefined ? first : max) : Number(b);
  const wrong = [first, last].find((value) => value < min || value > max);
  if (wrong !== undefined) fail(`${wrong} is not between ${min} and ${max}`);
  if (first > last)
    fail(`the range ${a}-${b} runs backwards`, `Write two, such as ${first}-${max},${min}-${last}.`);
  const step = checkStep(n, { min: first, max: last }, fail);
  if (name === 'day_of_week') return weekdays(first, last, Math.max(step, 1));
  if (first === last) return a;
  return `${first}-${last}${step > 1 ? `/${step}` : ''}`;
}

/** @returns 0 where there is none. */
function checkStep(written: string | undefined, { min, max }: Limits, fail: Fail): number {
  if (written === undefined) return 0;
  const step = Number(written);
  if (step === 0) fail('a step is at least 1');
  if (step > max - min) fail(`a step of ${written} is longer than the whole of ${min} to ${max}`);
  return step;
}

/** Numbers of weekdays as names: those of cron begin with Sunday. */
function weekdays(first: number, last: number, step: number): readonly string[] {
  if (step === 1 && first < last) return [`${DAYS[first]}-${DAYS[last]}`.toUpperCase()];
  return DAYS.filter((_, day) => day >= first && day <= last && (day - first) % step === 0).map((day) =>
    day.toUpperCase(),
  );
}

function monthDay(item: string, fail: Fail): string {
  if (/^last$/i.test(item)) return 'L';
  const [, position = '', day = ''] = /^(\w+) +(\w+)$/.exec(item) ?? [];
  const nth = POSITIONS.indexOf(position.toLowerCase());
  if (nth < 0) fail(`"${item}" is not an expression of APScheduler`);
  if (!DAYS.includes(day.toLowerCase())) fail(`"${day}" is not a weekday`, `Weekdays: ${DAYS.join(', ')}.`);
  return `${day.toUpperCase()}${nth === 5 ? 'L' : `#${nth + 1}`}`;
}

function nameRange(item: string, known: readonly string[], what: string, fail: Fail): readonly string[] {
  const names = item.toLowerCase().split('-');
  const [first = '', last = first, more] = names;
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined || more !== undefined) {
    const shown = more === undefined ? (wrong ?? item) : item;
    // APScheduler passes over what follows a name; nobody who writes it means that.
    if (/^[a-z]{3}\/\d+$/.test(shown)) fail(`a range of names has no step ("${item}")`, 'Write numbers.');
    const near = suggest(shown, known);
    fail(`"${shown}" is not a ${what}`, near === undefined ? undefined : `Did you mean ${near}?`);
  }
  if (known.indexOf(first) > known.indexOf(last)) fail(`the range ${item} runs backwards`, 'Write a list.');
  return names;
}

function hintOf(name: CronFieldName): string {
  const { min, max } = LIMITS[name];
  const plain = `${min} to ${max}, a-b, a-b/n, *, */n, or a list of them`;
  if (name === 'day') return `A day is ${plain}; also 2nd fri, last sun, and last.`;
  if (name === 'month') return `A month is ${plain}; also jan to dec.`;
  if (name === 'day_of_week') return `A weekday is ${plain}; 0 is Monday; also mon to sun.`;
  return `Use ${plain}.`;
}
