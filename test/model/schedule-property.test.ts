import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

const MINUTE = 60_000;
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

/** Every minute of a window with what the zone's clock shows, straight from the runtime. */
function minutes(tz: string, start: string): readonly Minute[] {
  const known = minutesOf.get(tz + start);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' });
  const fromMs = Date.parse(start);
  const list = Array.from({ length: 3 * 1440 }, (_, index) => {
    const atMs = fromMs + index * MINUTE;
    return { atMs, wall: format.format(atMs) };
  });
  minutesOf.set(tz + start, list);
  return list;
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
        return true;
      }),
      { numRuns: 300 },
    );
  });
});

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
