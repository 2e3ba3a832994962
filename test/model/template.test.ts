import { describe, expect, it } from 'vitest';
import { keepingWhole, parseTemplate } from '../../src/model/template.ts';
import { branch, fillText, type Scope, type Value } from '../../src/model/template-evaluate.ts';
import { formatMoment, type Moment, shiftMoment } from '../../src/model/template-moment.ts';
import { constantScope } from '../../src/model/template-scope.ts';
import { testCondition } from '../../src/model/template-step.ts';
import { toldBy } from '../formats/told.ts';

const ROOTS: readonly (readonly [string, Value])[] = [
  [
    'params',
    branch('params', [
      ['who', 'Jo'],
      ['full', 'yes'],
      ['n', '007'],
      ['__proto__', 'plain'],
    ]),
  ],
  [
    'date',
    { kind: 'date', day: 20_446, calendar: { name: 'work', includes: (day) => !day.endsWith('-24') } },
  ],
  [
    'run',
    branch('run', [
      ['scheduled_at', { kind: 'instant', atMs: Date.parse('2025-12-24T23:30:00Z'), tz: 'Europe/Berlin' }],
    ]),
  ],
];
const scope: Scope = { roots: new Map(ROOTS.map(([name, value]) => [name, () => value])) };
const fill = (text: string): string => fillText(text, scope);

describe('a text with templates', () => {
  it.each([
    ['hello ${{ params.who }}!', 'hello Jo!'],
    ['${{params.who}}${{ params["who"] }}', 'JoJo'],
    ['${{ params.__proto__ }}', 'plain'],
    ['nothing', 'nothing'],
    ['', ''],
    ['$${{ params.who }}', '${{ params.who }}'],
    ['$$${{ x }}', '$${{ x }}'],
    ['${{ "}}" }} }}', '}} }}'],
    [`\${{ 'it''s'.upper() }}`, undefined],
    ['${{ "a\\"b\\n" }}', 'a"b\n'],
    ['${{ params.who.upper().replace("O", "$&") }}', 'J$&'],
    ['${{ date }}', '2025-12-24'],
    ['${{ date.shift("-1 day").format("yyyyMMdd") }}', '20251223'],
    ['${{ date.shift("2 calendar days") }}', '2025-12-26'],
    ['${{ date.shift("-1 month").format("MMMM yyyy") }}', 'November 2025'],
    ['${{ run.scheduled_at }}', '2025-12-24T23:30:00.000Z'],
    ['${{ run.scheduled_at.format("yyyy-MM-dd HH:mm XXX VV") }}', '2025-12-25 00:30 +01:00 Europe/Berlin'],
    ['${{ run.scheduled_at.in("UTC").shift("-30m").format("HH:mm") }}', '23:00'],
    ['${{ params.nobody.default("somebody") }}', 'somebody'],
    ['${{ params.who == "Jo" && !(params.n != 7) }}', 'true'],
    ['${{ params.n < 10 || false }}', 'true'],
  ])('%s', (text, expected) => {
    if (expected === undefined) expect(toldBy(() => fill(text))).toContain('stands where it cannot');
    else expect(fill(text)).toBe(expected);
  });

  it.each([
    ['${{ params.whom }}', 'there is no "whom" in params', 'Did you mean who?'],
    ['${{ prams.who }}', 'there is no "prams"', 'Did you mean params?'],
    ['${{ params }}', 'params is not a text', 'Name one of: who,'],
    ['${{ params.toString }}', 'there is no "toString" in params', 'There is who,'],
    ['${{ params.constructor.name }}', 'there is no "constructor"', ''],
    ['${{ params.who', '${{ params.who is not closed', 'Close it with }}'],
    ['${{ }}', 'it is empty', ''],
    ['${{ params.who | upper }}', 'there are no filters', ''],
    ['${{ params.who = 1 }}', '"=" compares nothing', 'Write ==.'],
    ['${{ "a }}', 'a " is not closed', ''],
    ['${{ params.who < 3 }}', '"Jo" is not a number', ''],
    ['${{ !params.who }}', '"Jo" is neither true nor false', ''],
    ['${{ 1 < 2 < 3 }}', 'comparisons follow each other', ''],
    ['${{ date.format("YYYY") }}', '"YYYY" means nothing in a pattern', 'Did you mean yyyy?'],
    ['${{ date.format("HH") }}', 'a date has no hour', 'run.scheduled_at'],
    ['${{ date.shift("1h") }}', 'a date cannot be moved by "1h"', ''],
    ['${{ success() }}', 'success() is known in "if" only', ''],
    [`\${{ ${'('.repeat(500)}1${')'.repeat(500)} }}`, 'nested more than 40 deep', ''],
    [`\${{ ${'!'.repeat(500)}true }}`, 'nested more than 40 deep', ''],
    [`\${{ ${'x'.repeat(3000)} }}`, 'longer than 2000 characters', ''],
  ])('%s is refused', (text, message, hint) => {
    const told = toldBy(() => fill(text));
    expect(told).toContain(message);
    expect(told).toContain(hint);
  });

  it('is read in a time that grows with its length, whatever its quotes', () => {
    const text = `\${{ ${'"a" '.repeat(50_000)}`;
    expect(toldBy(() => parseTemplate(text))).toContain('is not closed');
    expect(keepingWhole(text, (same) => same)).toBe(text);
  });
});

it('keeps templates whole while text is split into words', () => {
  const split = (text: string) => text.split(' ');
  expect(keepingWhole('a ${{ params.who }} \ue000 $${{ b', split)).toEqual([
    'a',
    '${{ params.who }}',
    '\ue000',
    '$${{',
    'b',
  ]);
});

it.each([
  ['2026-01-31', '1 month', '2026-02-28'],
  ['2024-02-29', '-1 year', '2023-02-28'],
  ['2026-01-01', '-1w', '2025-12-25'],
])('%s moved by %s is %s', (from, by, to) => {
  const day = Date.parse(`${from}T00:00:00Z`) / 86_400_000;
  expect(formatMoment(shiftMoment({ kind: 'date', day, calendar: undefined }, by))).toBe(to);
});

it.each([
  ["yyyy-'W'ww kkkk", '2021-W53 2020'],
  ['DDD EEEE EEE d.M.yy', '003 Sunday Sun 3.1.21'],
  ["''", "'"],
])('the third of January 2021 is, by %s, %s', (pattern, expected) => {
  const date: Moment = {
    kind: 'date',
    day: Date.parse('2021-01-03T00:00:00Z') / 86_400_000,
    calendar: undefined,
  };
  expect(formatMoment(date, pattern)).toBe(expected);
});

it('moves an instant by days of its zone, and by real time', () => {
  const noon: Moment = { kind: 'instant', atMs: Date.parse('2026-03-28T11:00:00Z'), tz: 'Europe/Berlin' };
  expect(formatMoment(shiftMoment(noon, '1 day'))).toBe('2026-03-29T10:00:00.000Z');
  expect(formatMoment(shiftMoment(noon, '24h'))).toBe('2026-03-29T11:00:00.000Z');
});

it('looks rows up by an argument', () => {
  const tables = { country: { US: { tz: 'America/New_York' }, DE: { tz: 'Europe/Berlin' } } };
  const at = (country: string, text: string) => fillText(text, constantScope({ country }, tables));
  expect(at('DE', '${{ tables.country[params.country].tz }}')).toBe('Europe/Berlin');
  expect(toldBy(() => at('UK', '${{ tables.country[params.country].tz }}'))).toContain(
    'there is no "UK" in tables.country',
  );
  expect(at('UK', '${{ tables.country[params.country].tz.default("UTC") }}')).toBe('UTC');
});

it.each([
  ['failure()', true],
  ['${{ failure() }}', true],
  ['success()', false],
  ['always() && params.full == "yes"', true],
])('if: %s after a failure is %s', (condition, expected) => {
  expect(testCondition(condition, { ...scope, hasFailed: true })).toBe(expected);
});
