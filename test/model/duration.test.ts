import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import { formatDuration, parseDuration } from '../../src/model/duration.js';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1.5h', 5_400_000],
    ['0.07s', 70],
    ['5 minutes', 300_000],
    ['1 hour', 3_600_000],
    ['PT5M', 300_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['PT0.25S', 250],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['10', 'has no unit'],
    ['1.5', 'has no unit'],
    ['-1s', 'is negative'],
    ['1e309', 'has no unit'],
    ['NaN', 'is not a duration'],
    ['Infinity', 'is not a duration'],
    ['', 'is empty'],
    ['5x', '"x" in "5x" is not a unit of time'],
    ['1M', '"M" in "1M" is not a unit of time'],
    ['2 months', '"months" in "2 months" is not a unit of time'],
    ['30m1h', 'are not in order'],
    ['1s2s', 'are not in order'],
    ['0.5ms', 'is not a whole number of milliseconds'],
    ['99999w', 'is longer than a hundred years'],
    [`${'9'.repeat(99)}s`, 'is longer than a hundred years'],
    ['P1M', 'is not an ISO 8601 duration of fixed length'],
    ['P', 'is not an ISO 8601 duration of fixed length'],
    ['PT', 'is not an ISO 8601 duration of fixed length'],
    ['five minutes', 'is not a duration'],
    ['1s '.repeat(50), 'is longer than 100 characters'],
  ])('refuses %j: %s', (text, reason) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({
        code: 'DURATION_INVALID',
        message: expect.stringContaining(reason),
        hint: expect.any(String),
      }),
    );
  });

  it.each([
    [0, '0s'],
    [90, '90ms'],
    [1500, '1s500ms'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [90_000_000, '1d1h'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
  ])('%i ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000_000_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('answers any text with a number or an error for the user', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,6}[a-zA-ZPT]{0,4}[0-9]{0,3}[smhdw]?$/)),
        (text) => {
          try {
            expect(Number.isSafeInteger(parseDuration(text))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(SupertaskError);
          }
        },
      ),
    );
  });
});
