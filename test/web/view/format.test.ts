import { expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatDay,
  formatInstant,
  formatLength,
  formatNear,
  formatRelative,
  formatWhole,
  plural,
} from '../../../src/web/view/format.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

it.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [SECOND, '1.0 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1m 00s'],
  [185 * SECOND, '3m 05s'],
  [2 * HOUR + 5 * MINUTE, '2h 05m'],
  [3 * DAY + 4 * HOUR, '3d 4h'],
  [7 * DAY, '7d'],
  [-2_000, '−2.0 s'],
])('%d ms are told as %s', (ms, text) => {
  expect(formatLength(ms)).toBe(text);
});

it('counts in whole seconds, and not below none', () => {
  expect(formatWhole(1_499)).toBe('1 s');
  expect(formatWhole(-5_000)).toBe('0 s');
  expect(formatWhole(HOUR - 1)).toBe('1h 00m');
});

it.each([
  [-1_400, 'now'],
  [-3 * MINUTE, '3 min ago'],
  [2 * HOUR, 'in 2 h'],
  [-59.6 * SECOND, '1 min ago'],
  [-3 * DAY, '3 d ago'],
  [-90 * DAY, '3 months ago'],
  [800 * DAY, 'in 2 years'],
])('%d ms from now is %s', (ms, text) => {
  expect(formatRelative(ms, 0)).toBe(text);
});

it('tells an instant in a zone, also of the hour that comes twice', () => {
  const first = Date.parse('2026-10-25T00:30:00Z');
  expect(formatInstant(first, 'Europe/Berlin')).toBe('2026-10-25 02:30:00 CEST');
  expect(formatInstant(first + HOUR, 'Europe/Berlin')).toBe('2026-10-25 02:30:00 CET');
  expect(formatClock(first, { timeZone: 'Europe/Berlin', seconds: true })).toBe('02:30:00');
  expect(formatDay(first, 'America/New_York')).toBe('Sat 24 Oct');
});

it('leaves the day out where it is today, and the weekday where it is far', () => {
  const now = new Date(2026, 10, 21, 9, 0).getTime();
  expect(formatNear(now + HOUR, now)).toBe('10:00');
  expect(formatNear(now + 2 * DAY, now)).toBe('Mon 09:00');
  expect(formatNear(now + 9 * DAY, now)).toBe('30 Nov 09:00');
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [123_456, '123 kB'],
  [33_300_000_000, '33.3 GB'],
])('%d bytes are told as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('counts one and many', () => {
  expect([plural(1, 'run'), plural(12_345, 'run'), plural(2, 'entry', 'entries')]).toEqual([
    '1 run',
    '12,345 runs',
    '2 entries',
  ]);
});
