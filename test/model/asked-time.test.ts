import { describe, expect, it } from 'vitest';
import { formatWallTime, parseAskedTime } from '../../src/model/asked-time.ts';

const NOW = new Date('2026-07-01T22:30:00Z');

describe('a moment that is asked about', () => {
  it.each([
    ['02:00', 'UTC', '2026-07-01T02:00:00.000Z', 60_000],
    // In Berlin it is the next day already.
    ['02:00', 'Europe/Berlin', '2026-07-02T00:00:00.000Z', 60_000],
    ['2:00:07', 'UTC', '2026-07-01T02:00:07.000Z', 1_000],
    ['2026-12-24T18:00', 'Europe/Berlin', '2026-12-24T17:00:00.000Z', 60_000],
    ['2026-12-24 18:00:30', 'Europe/Berlin', '2026-12-24T17:00:30.000Z', 1_000],
    ['2026-12-24T18:00Z', 'Europe/Berlin', '2026-12-24T18:00:00.000Z', 60_000],
    ['2026-12-24T18:00:00.000+01:00', 'UTC', '2026-12-24T17:00:00.000Z', 1],
    ['2026-12-24', 'Europe/Berlin', '2026-12-23T23:00:00.000Z', 86_400_000],
    // A time that the clock skips is the first one after it.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z', 60_000],
    ['in 90m', 'Europe/Berlin', '2026-07-02T00:00:00.000Z', 1],
    [' In 1 h 30 s', 'UTC', '2026-07-01T23:30:30.000Z', 1],
  ])('%s in %s is %s for %d ms', (text, tz, at, spanMs) => {
    expect(parseAskedTime(text, tz, NOW)).toEqual({ at: new Date(at), spanMs });
  });

  it.each(['yesterday', '25:00', '2026-13-01', '12', '', 'in', 'in 90', 'in the evening'])(
    '%j is refused with a way out',
    (text) => {
      expect(() => parseAskedTime(text, 'UTC', NOW)).toThrow(
        expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('02:00') }),
      );
    },
  );

  it('is shown as a clock on the wall shows it', () => {
    expect(formatWallTime(new Date('2026-07-01T22:30:00Z'), 'Europe/Berlin')).toBe('2026-07-02 00:30:00');
    expect(formatWallTime(new Date('2026-07-01T22:30:00.250Z'), 'UTC')).toBe('2026-07-01 22:30:00.250');
  });
});
