import { afterAll, beforeAll, expect, it } from 'vitest';
import { dayOf, minuteOf, parseDay, plusDays, weekOf } from '../../../../src/web/page/week/day.js';

const HOUR = 3_600_000;
const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

it('begins a week on Monday, also on a Sunday', () => {
  const week = weekOf(dayOf(new Date(2026, 10, 22, 23, 59)));
  expect(week.map(({ key }) => key)).toEqual([
    '2026-11-16',
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
    '2026-11-21',
    '2026-11-22',
  ]);
});

it('has days of 23 and 25 hours when clocks are changed', () => {
  const lengths = ['2026-03-29', '2026-10-25', '2026-10-26'].map((key) => {
    const day = parseDay(key);
    return day && (day.to - day.from) / HOUR;
  });
  expect(lengths).toEqual([23, 25, 24]);
  expect(minuteOf(Date.parse('2026-10-25T00:30:00Z'))).toBe(150);
  expect(minuteOf(Date.parse('2026-10-25T01:30:00Z'))).toBe(150);
});

it('goes over the ends of months and years', () => {
  expect(plusDays(dayOf(new Date(2026, 11, 28)), 7).key).toBe('2027-01-04');
  expect(plusDays(dayOf(new Date(2026, 2, 1)), -1).key).toBe('2026-02-28');
});

it.each(['', '2026-2-1', '2026-02-30', '2026-13-01', 'today', '2026-11-21T00:00'])(
  'takes "%s" for no day',
  (key) => {
    expect(parseDay(key)).toBeUndefined();
  },
);
