import { describe, expect, it } from 'vitest';
import { formatRelative, formatZoned } from '../../src/cli/zoned.ts';

describe('instants for people', () => {
  it.each([
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 'Sun 2026-03-29 03:00:00 +02:00'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 'Sun 2026-10-25 02:30:00 +01:00'],
    ['2026-01-01T00:00:00.250Z', 'America/St_Johns', 'Wed 2025-12-31 20:30:00.250 -03:30'],
    ['1970-01-01T00:00:00Z', 'Africa/Monrovia', 'Wed 1969-12-31 23:15:30 -00:44:30'],
  ])('%s in %s is %s', (at, tz, expected) => {
    expect(formatZoned(new Date(at), tz)).toBe(expected);
  });

  it.each([
    [0, 'now'],
    [250, 'in 250ms'],
    [90_500, 'in 1m31s'],
    [-61_000, '1m1s ago'],
    [3 * 3_600_000 + 59_999, 'in 3h1m'],
    [50 * 3_600_000 + 1, 'in 2d2h'],
    [40 * 86_400_000 + 7_200_000, 'in 40d'],
  ])('%i ms away is %s', (ms, expected) => {
    const from = new Date('2026-01-01T00:00:00Z');
    expect(formatRelative(new Date(from.getTime() + ms), from)).toBe(expected);
  });
});
