import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoundSchedule } from '../../src/model/schedule.js';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Three days around a clock change; only the middle one is compared, give or take twelve hours. */
const WINDOWS = [
  ['Europe/Berlin', '2026-03-28T00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00Z'],
  ['America/New_York', '2026-03-07T06:00Z'],
  ['America/New_York', '2026-10-31T06:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T14:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T14:00Z'],
  ['Pacific/Apia', '2011-12-29T00:00Z'],
  ['America/Santiago', '2026-09-05T00:00Z'],
  ['America/Santiago', '2026-04-04T00:00Z'],
  ['Africa/Casablanca', '2026-02-14T00:00Z'],
  ['Africa/Casablanca', '2026-03-21T00:00Z'],
  ['America/Nuuk', '2026-03-28T00:00Z'],
  ['Antarctica/Troll', '2026-03-28T00:00Z'],
  ['Antarctica/Troll', '2026-10-24T00:00Z'],
  ['America/St_Johns', '2006-10-28T00:00Z'],
  ['Pacific/Chatham', '2026-04-03T12:00Z'],
  ['Asia/Kathmandu', '2026-12-30T12:00Z'],
  ['UTC', '2027-12-30T12:00Z'],
] as const;

type Minute = { readonly atMs: number; readonly wall: string };

const minutesOf = new Map<string, readonly Minute[]>();

/** Every minute of a window and two days around it with what the zone's clock shows, straight from the runtime. */
function minutesAround(tz: string, start: string): readonly Minute[] {
  const known = minutesOf.get(tz + start);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' });
  const offset = (atMs: number): number => Date.parse(`${format.format(atMs).replace(' ', 'T')}Z`) - atMs;
  const fromMs = Date.parse(start) - 2 * DAY;
  const list = Array.from({ length: 7 * 24 }, (_, index) => fromMs + index * HOUR).flatMap((hourMs) => {
    const offsetMs = offset(hourMs);
    const isEven = offsetMs === offset(hourMs + HOUR);
    return Array.from({ length: 60 }, (_, minute) => {
      const atMs = hourMs + minute * MINUTE;
      return { atMs, wall: wallText(atMs + (isEven ? offsetMs : offset(atMs))) };
    });
  });
  minutesOf.set(tz + start, list);
  return list;
}

function wallText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** Every minute of a window. */
function minutes(tz: string, start: string): readonly Minute[] {
  return minutesAround(tz, start).slice(2 * 1440, 5 * 1440);
}

type Values = {
  readonly text: string;
  readonly allows: (value: number) => boolean;
  readonly isStepped: boolean;
};

/** A field with its meaning, made together so that the meaning is not read from the text. */
function fieldOf(min: number, max: number): fc.Arbitrary<Values> {
  const value = fc.integer({ min, max });
  const size = max - min + 1;
  const all = fc.constant<Values>({ text: '*', allows: () => true, isStepped: true });
  const list = fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((values) => ({
    text: values.join(','),
    allows: (asked: number) => values.includes(asked),
    isStepped: false,
  }));
  const step = fc.integer({ min: 1, max: size }).map((by) => ({
    text: `*/${by}`,
    allows: (asked: number) => (asked - min) % by === 0,
    isStepped: true,
  }));
  const range = fc
    .tuple(value, value, fc.option(fc.integer({ min: 1, max: size })))
    .map(([from, to, by]) => ({
      text: `${from}-${to}${by === null ? '' : `/${by}`}`,
      // A range that runs backwards goes on at the field's beginning.
      allows: (asked: number) => {
        const length = (to - from + size) % size;
        const offset = (asked - from + size) % size;
        return offset <= length && offset % (by ?? 1) === 0;
      },
      isStepped: by !== null,
    }));
  const from = fc.tuple(value, fc.integer({ min: 1, max: size })).map(([first, by]) => ({
    text: `${first}/${by}`,
    allows: (asked: number) => asked >= first && (asked - first) % by === 0,
    isStepped: true,
  }));
  return fc.oneof({ weight: 2, arbitrary: all }, { weight: 3, arbitrary: list }, step, range, from);
}

const expressions = fc.record({
  minute: fieldOf(0, 59),
  hour: fieldOf(0, 23),
  day: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Values>({ text: '*', allows: () => true, isStepped: true }) },
    fieldOf(1, 31),
  ),
  month: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Values>({ text: '*', allows: () => true, isStepped: true }) },
    fieldOf(1, 12),
  ),
  weekday: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Values>({ text: '*', allows: () => true, isStepped: true }) },
    fieldOf(0, 6),
  ),
  plus: fc.boolean(),
});

type Expression = typeof expressions extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({ minute, hour, day, month, weekday, plus }: Expression): string {
  return [minute.text, hour.text, day.text, month.text, (plus ? '+' : '') + weekday.text].join(' ');
}

function allows(expression: Expression, wall: string): boolean {
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0] = wall.split(/[-: ]/).map(Number);
  const day = expression.day.allows(date);
  const weekday = expression.weekday.allows(new Date(Date.UTC(year, month - 1, date)).getUTCDay());
  const isEither = expression.day.text !== '*' && expression.weekday.text !== '*' && !expression.plus;
  return (
    expression.minute.allows(minute) &&
    expression.hour.allows(hour) &&
    expression.month.allows(month) &&
    (isEither ? day || weekday : day && weekday)
  );
}

/** The instants of a window by looking at every minute. */
function searched(expression: Expression, list: readonly Minute[]): number[] {
  if (expression.minute.isStepped || expression.hour.isStepped) {
    return list.filter(({ wall }) => allows(expression, wall)).map(({ atMs }) => atMs);
  }
  const days = new Set(list.map(({ wall }) => wall.slice(0, 10)));
  const found = new Set<number>();
  for (const day of days) {
    for (let minute = 0; minute < 1440; minute++) {
      const wall = `${day} ${new Date(minute * MINUTE).toISOString().slice(11, 16)}`;
      if (!allows(expression, wall)) continue;
      const place = list.find((entry) => entry.wall === wall) ?? list.find((entry) => entry.wall > wall);
      if (place) found.add(place.atMs);
    }
  }
  return [...found].sort((a, b) => a - b);
}

const NEVER = /can never fire/;

describe('any cron expression around any clock change', () => {
  it('is due at the minutes that a search of all minutes finds, forwards, backwards and by number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WINDOWS), expressions, ([tz, start], expression) => {
        const fromMs = Date.parse(start) + DAY / 2;
        const untilMs = fromMs + 2 * DAY;
        const expected = searched(expression, minutes(tz, start)).filter(
          (atMs) => atMs > fromMs && atMs <= untilMs,
        );
        const bound = boundOf(textOf(expression), tz);
        if (bound === undefined) return expected.length === 0;
        expectInstants(bound, fromMs, untilMs, expected);
        return true;
      }),
      { numRuns: 300 },
    );
  });
});

const partsOfDay = fc
  .record({
    from: fc.integer({ min: 0, max: 1439 }),
    to: fc.integer({ min: 1, max: 1440 }),
    period: fc.integer({ min: 1, max: 300 }),
  })
  .filter(({ from, to }) => from !== to);

type PartOfDay = typeof partsOfDay extends fc.Arbitrary<infer Value> ? Value : never;

/** The instants of a part of each day by looking for its beginning and end among all minutes. */
function searchedParts({ from, to, period }: PartOfDay, list: readonly Minute[]): number[] {
  const days = [...new Set(list.map(({ wall }) => wall.slice(0, 10)))];
  return days.flatMap((day) => {
    const midnight = Date.parse(`${day}T00:00Z`);
    const place = (minute: number): number | undefined => {
      const wall = wallText(midnight + minute * MINUTE);
      return list.find((entry) => entry.wall >= wall)?.atMs;
    };
    const [startMs, endMs] = [place(from), place(to > from ? to : to + 1440)];
    const found: number[] = [];
    for (let at = startMs; at !== undefined && endMs !== undefined && at < endMs; at += period * MINUTE)
      found.push(at);
    return found;
  });
}

describe('any part of the day around any clock change (P13)', () => {
  it('has the steps of real time that a search of all minutes finds, forwards, backwards and by number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WINDOWS), partsOfDay, ([tz, start], part) => {
        const fromMs = Date.parse(start);
        const untilMs = fromMs + 3 * DAY;
        const expected = searchedParts(part, minutesAround(tz, start)).filter(
          (atMs) => atMs > fromMs && atMs <= untilMs,
        );
        const [from, to] = [clockTime(part.from), clockTime(part.to)];
        const bound = boundOf(`every ${part.period}m from ${from} to ${to}`, tz);
        if (bound !== undefined) expectInstants(bound, fromMs, untilMs, expected);
        return bound !== undefined;
      }),
      { numRuns: 100 },
    );
  });
});

function clockTime(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** What is due after one instant and up to another, asked in all three ways. */
function expectInstants(
  bound: BoundSchedule,
  fromMs: number,
  untilMs: number,
  expected: readonly number[],
): void {
  const forwards = walk(
    (atMs) => bound.next(new Date(atMs)),
    fromMs,
    (atMs) => atMs <= untilMs,
  );
  const backwards = walk(
    (atMs) => bound.previous(new Date(atMs)),
    untilMs + 1,
    (atMs) => atMs > fromMs,
  );
  expect(forwards).toEqual(expected);
  expect(backwards.reverse()).toEqual(expected);
  expect(bound.count(new Date(fromMs), new Date(untilMs))).toBe(expected.length);
}

function boundOf(text: string, tz: string) {
  try {
    return bindSchedule(parseSchedule(text), { jobId: 'job', startedAt: new Date(0), tz });
  } catch (error) {
    if (error instanceof Error && NEVER.test(error.message)) return undefined;
    throw error;
  }
}

function walk(
  step: (atMs: number) => Date | undefined,
  fromMs: number,
  inside: (atMs: number) => boolean,
): number[] {
  const found: number[] = [];
  let at = step(fromMs)?.getTime();
  while (at !== undefined && inside(at)) {
    found.push(at);
    at = step(at)?.getTime();
  }
  return found;
}
