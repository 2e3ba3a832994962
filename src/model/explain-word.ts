/** Words and lists of plain English. */
import { MONTHS, WEEKDAYS } from './calendar-day.js';

const UNITS: readonly (readonly [string, number])[] = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
];

const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth'];

/** `1 hour 30 minutes`; weeks only when nothing is left over. */
export function durationWords(ms: number): string {
  if (ms === 0) return 'no time';
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, length] of UNITS) {
    if (unit === 'week' && ms % length !== 0) continue;
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(counted(count, unit));
  }
  return parts.join(' ');
}

/** `every 5 minutes`, `every hour`, `every 1 hour 30 minutes`. */
export function everyWords(ms: number): string {
  return `every ${durationWords(ms).replace(/^1 ([a-z]+)$/, '$1')}`;
}

/** `1 day`, `3 days` */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `a, b and c` */
export function listWords(words: readonly string[], conjunction = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

/** Numbers in order, three or more in a row as a range: `1, 3 to 5 and 9`. */
export function rangeWords(values: readonly number[], name: (value: number) => string = String): string {
  const words: string[] = [];
  for (let index = 0; index < values.length; index++) {
    const first = values[index] ?? 0;
    let end = index;
    while (values[end + 1] === (values[end] ?? 0) + 1) end++;
    if (end - index < 2) {
      words.push(name(first));
      continue;
    }
    words.push(`${name(first)} to ${name(values[end] ?? 0)}`);
    index = end;
  }
  return listWords(words);
}

export function weekdayName(weekday: number): string {
  return capital(WEEKDAYS[weekday % 7] ?? '');
}

export function monthName(month: number): string {
  return capital(MONTHS[month - 1] ?? '');
}

export function ordinal(nth: number): string {
  return nth < 0 ? 'last' : (ORDINALS[nth] ?? `${nth}th`);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
