/** iCalendar text (RFC 5545) → Calendar: the days on which its events lie. */
import { SupertaskError } from '../errors.js';
import { type Calendar, dayCalendar } from './calendar.js';
import { civilDay, parseDay } from './calendar-day.js';
import type { DayRule } from './cron.js';
import { nextDay } from './cron-day.js';
import { parseField } from './cron-field.js';

type Property = { readonly name: string; readonly params: string; readonly value: string };
type Event = ReadonlyMap<string, readonly Property[]>;
type Repeat = ReadonlyMap<string, string>;

const MOST_DAYS = 100_000;
const LAST_YEAR = 2199;
const KNOWN_PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'WKST'];

/**
 * Read the days of all events. A day counts by the date as written, whatever its zone. Repetitions by day, week,
 * month and year are followed to the year 2199, cancelled events and exceptions left out.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` for text that is no calendar and for repetitions that are not understood.
 */
export function parseIcs(name: string, text: string): Calendar {
  const days = new Set<number>();
  for (const event of parseEvents(name, text)) {
    if (event.get('STATUS')?.[0]?.value.toUpperCase() === 'CANCELLED') continue;
    addEvent(name, event, days);
    if (days.size > MOST_DAYS) throw invalid(name, `it has more than ${MOST_DAYS} days`);
  }
  return dayCalendar(name, days);
}

function parseEvents(name: string, text: string): Event[] {
  // Long lines are folded: a line that begins with a blank goes on with the one before.
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/);
  if (!/^BEGIN:VCALENDAR\s*$/i.test(lines[0] ?? ''))
    throw invalid(name, 'it does not begin with BEGIN:VCALENDAR');
  const events: Event[] = [];
  let current: Map<string, Property[]> | undefined;
  let depth = 0;
  for (const line of lines) {
    const property = parseProperty(line);
    if (property === undefined) continue;
    const { name: key, value } = property;
    if (key === 'BEGIN' && value.toUpperCase() === 'VEVENT') {
      current = new Map();
      depth = 0;
    } else if (key === 'END' && value.toUpperCase() === 'VEVENT') {
      if (current) events.push(current);
      current = undefined;
    } else if (key === 'BEGIN') depth++;
    else if (key === 'END') depth--;
    // An alarm inside an event has properties of its own.
    else if (current !== undefined && depth === 0) current.set(key, [...(current.get(key) ?? []), property]);
  }
  return events;
}

function parseProperty(line: string): Property | undefined {
  const match = /^([A-Za-z-]+)((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/.exec(line);
  if (!match) return undefined;
  return { name: (match[1] ?? '').toUpperCase(), params: match[2] ?? '', value: (match[3] ?? '').trim() };
}

function addEvent(name: string, event: Event, days: Set<number>): void {
  const start = event.get('DTSTART')?.[0]?.value;
  if (start === undefined) return;
  const first = dayOf(name, start);
  const length = lengthOf(name, event, first);
  const excluded = new Set(
    (event.get('EXDATE') ?? []).flatMap(({ value }) => value.split(',').map((date) => dayOf(name, date))),
  );
  const extra = (event.get('RDATE') ?? []).flatMap(({ value }) =>
    value.split(',').map((date) => dayOf(name, date)),
  );
  for (const day of [...repeated(name, event, first), ...extra]) {
    if (excluded.has(day)) continue;
    for (let offset = 0; offset < length; offset++) days.add(day + offset);
  }
}

/** How many days an event lies on. The end of whole days is exclusive, and so is an end at midnight. */
function lengthOf(name: string, event: Event, first: number): number {
  const end = event.get('DTEND')?.[0]?.value;
  if (end !== undefined) {
    const isMidnight = !/T(?!000000)/.test(end);
    const last = dayOf(name, end) - (isMidnight ? 1 : 0);
    return Math.min(3660, Math.max(1, last - first + 1));
  }
  const whole = /^P(?:(\d{1,3})W)?(?:(\d{1,4})D)?/.exec(event.get('DURATION')?.[0]?.value ?? '');
  return Math.min(3660, Math.max(1, Number(whole?.[1] ?? 0) * 7 + Number(whole?.[2] ?? 0)));
}

function repeated(name: string, event: Event, first: number): number[] {
  const text = event.get('RRULE')?.[0]?.value;
  if (text === undefined) return [first];
  const repeat: Repeat = new Map(text.split(';').map((part) => splitPart(part)));
  const unknown = [...repeat.keys()].find((key) => !KNOWN_PARTS.includes(key));
  if (unknown !== undefined)
    throw invalid(name, `the repetition "${text}" has ${unknown}, which is not supported`);
  const rule = dayRule(name, repeat, first);
  const interval = Number(repeat.get('INTERVAL') ?? 1);
  const count = Number(repeat.get('COUNT') ?? Number.POSITIVE_INFINITY);
  const until = repeat.has('UNTIL') ? dayOf(name, repeat.get('UNTIL') ?? '') : Number.POSITIVE_INFINITY;
  if (!(interval >= 1) || !(count >= 1)) throw invalid(name, `the repetition "${text}" cannot be read`);
  // The first day is one of them even where it does not fit the rule.
  const days = [first];
  let day = nextDay(rule, first + 1);
  while (day !== undefined && day <= until && days.length < count && civilDay(day).year <= LAST_YEAR) {
    if (periods(repeat.get('FREQ'), first, day) % interval === 0) days.push(day);
    if (days.length > MOST_DAYS) throw invalid(name, `the repetition "${text}" has too many days`);
    day = nextDay(rule, day + 1);
  }
  return days;
}

/** A repetition as a day rule: the fields of cron can say the same. */
function dayRule(name: string, repeat: Repeat, first: number): DayRule {
  const { month, date } = civilDay(first);
  const freq = repeat.get('FREQ') ?? '';
  if (!['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(freq)) {
    throw invalid(name, `repetitions of kind "${freq}" are not supported`);
  }
  const byDay = repeat.get('BYDAY');
  const byMonthDay = repeat.get('BYMONTHDAY');
  const byMonth = repeat.get('BYMONTH');
  const isLong = freq === 'MONTHLY' || freq === 'YEARLY';
  if (isLong && byDay !== undefined && freq === 'YEARLY' && byMonth === undefined) {
    throw invalid(name, `a yearly repetition on ${byDay} needs a month (BYMONTH)`);
  }
  const dates = byMonthDay ?? (isLong && byDay === undefined ? String(date) : '*');
  const weekdays = byDay ?? (freq === 'WEEKLY' ? weekdayCode(first) : '*');
  return {
    day: parseField(
      'day',
      dates.replace(/-(\d+)/g, (_, back: string) => `L-${Number(back) - 1}`),
    ),
    month: parseField('month', byMonth ?? (freq === 'YEARLY' ? String(month) : '*')),
    weekday: parseField('weekday', weekdays.split(',').map(weekdayText).join(',')),
    year: parseField('year', '*'),
    both: true,
  };
}

/** `MO` → `MO` of cron, `4TH` → `THU#4`, `-1MO` → `MON#L`. */
function weekdayText(code: string): string {
  const [, nth, day] = /^([+-]?\d)?(SU|MO|TU|WE|TH|FR|SA)$/i.exec(code) ?? [];
  if (day === undefined) return code;
  const weekday = CODES.indexOf(day.toUpperCase());
  if (nth === undefined) return String(weekday);
  return `${weekday}#${nth === '-1' ? 'L' : Number(nth)}`;
}

const CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function weekdayCode(day: number): string {
  return CODES[(((day + 4) % 7) + 7) % 7] ?? '*';
}

/** How many days, weeks (from Monday), months or years lie between two days. */
function periods(freq: string | undefined, first: number, day: number): number {
  const [from, to] = [civilDay(first), civilDay(day)];
  if (freq === 'DAILY') return day - first;
  if (freq === 'WEEKLY') return Math.floor((day + 3) / 7) - Math.floor((first + 3) / 7);
  if (freq === 'MONTHLY') return (to.year - from.year) * 12 + to.month - from.month;
  return to.year - from.year;
}

function splitPart(part: string): [string, string] {
  const [key = '', value = ''] = part.split('=');
  return [key.trim().toUpperCase(), value.trim().toUpperCase()];
}

function dayOf(name: string, value: string): number {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?$/.exec(value.trim()) ?? [];
  const day = parseDay(`${year}-${month}-${date}`);
  if (day === undefined) throw invalid(name, `"${value.slice(0, 40)}" is not a date`);
  return day;
}

function invalid(name: string, reason: string): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', `calendar "${name}": ${reason}`, {
    hint: 'Only events with dates and simple repetitions are read from iCalendar files.',
  });
}
