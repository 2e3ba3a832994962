import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { isStartRelative, scheduleClass } from '../../src/model/schedule-class.js';
import { occurrences } from '../../src/model/schedule-occurrence.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

function due(when: string, after: string, count = 3): string[] {
  return occurrences(when, { after: new Date(after), count }).map((at) =>
    at.toISOString().replace(/(:00)?\.000Z$/, ''),
  );
}

describe('forms', () => {
  it.each([
    ['once', '2026-01-01T00:00Z', ['2026-01-01T00:00']],
    ['now', '2026-01-01T00:00Z', ['2026-01-01T00:00']],
    ['@reboot', '2026-01-01T00:00Z', ['2026-01-01T00:00']],
    ['in 10m', '2026-01-01T00:00Z', ['2026-01-01T00:10']],
    ['at 2026-12-24T18:00', '2026-01-01T00:00Z', ['2026-12-24T18:00']],
    ['2026-12-24', '2026-01-01T00:00Z', ['2026-12-24T00:00']],
    ['2026-12-24T18:00+02:00', '2026-01-01T00:00Z', ['2026-12-24T16:00']],
    ['2026-12-24 18:00:00.123Z', '2026-01-01T00:00Z', ['2026-12-24T18:00:00.123Z']],
    ['2026-12-24', '2026-12-24T00:00Z', []],
    ['@hourly', '2026-01-01T00:00Z', ['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00']],
    ['@daily', '2026-01-01T00:00Z', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    ['@MIDNIGHT', '2026-01-01T00:00Z', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    ['@weekly', '2026-01-01T00:00Z', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    ['@monthly', '2026-01-01T00:00Z', ['2026-02-01T00:00', '2026-03-01T00:00', '2026-04-01T00:00']],
    ['@yearly', '2026-01-01T00:00Z', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    ['@annually', '2026-01-01T00:00Z', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
    [
      'every 10s',
      '2026-01-01T00:00:09.999Z',
      ['2026-01-01T00:00:10', '2026-01-01T00:00:20', '2026-01-01T00:00:30'],
    ],
    ['@every 1h30m', '2026-01-01T00:00Z', ['2026-01-01T01:30', '2026-01-01T03:00', '2026-01-01T04:30']],
    ['every 10m phase 2m', '2026-01-01T07:40Z', ['2026-01-01T07:42', '2026-01-01T07:52', '2026-01-01T08:02']],
    [
      'every 10m phase 2020-01-01T00:07',
      '2026-01-01T07:40Z',
      ['2026-01-01T07:47', '2026-01-01T07:57', '2026-01-01T08:07'],
    ],
    [
      'every 10m after start',
      '2026-01-01T00:03Z',
      ['2026-01-01T00:13', '2026-01-01T00:23', '2026-01-01T00:33'],
    ],
    [
      '0 12 MON#2,FRIL * *',
      '2026-01-01T00:00Z',
      ['2026-01-12T12:00', '2026-01-30T12:00', '2026-02-09T12:00'],
    ],
    [
      '0 12 FRI#1,MON#1 * +MON',
      '2026-01-01T00:00Z',
      ['2026-01-05T12:00', '2026-02-02T12:00', '2026-03-02T12:00'],
    ],
    ['every minute', '2026-01-01T00:00Z', ['2026-01-01T00:01', '2026-01-01T00:02', '2026-01-01T00:03']],
    ['every 7d', '2026-01-02T00:00Z', ['2026-01-08T00:00', '2026-01-15T00:00', '2026-01-22T00:00']],
    [
      'every 10m from start',
      '2026-01-01T00:03Z',
      ['2026-01-01T00:03', '2026-01-01T00:13', '2026-01-01T00:23'],
    ],
    ['every 10m after finish', '2026-01-01T00:03Z', ['2026-01-01T00:03']],
    [
      'every 4h from 22:00 to 06:00',
      '2026-01-01T12:00Z',
      ['2026-01-01T22:00', '2026-01-02T02:00', '2026-01-02T22:00'],
    ],
    [
      'every 12h from 00:00 to 24:00',
      '2026-01-01T12:00Z',
      ['2026-01-02T00:00', '2026-01-02T12:00', '2026-01-03T00:00'],
    ],
    [
      'every 1h from 23:00 to 24:00 on fri',
      '2026-01-01T12:00Z',
      ['2026-01-02T23:00', '2026-01-09T23:00', '2026-01-16T23:00'],
    ],
    [
      'mon-fri every 8h from 09:00 to 17:00',
      '2026-01-02T12:00Z',
      ['2026-01-05T09:00', '2026-01-06T09:00', '2026-01-07T09:00'],
    ],
    [
      'daily at 16:00, 09:30',
      '2026-01-01T12:00Z',
      ['2026-01-01T16:00', '2026-01-02T09:30', '2026-01-02T16:00'],
    ],
    ['every day at 9:30', '2026-01-01T12:00Z', ['2026-01-02T09:30', '2026-01-03T09:30', '2026-01-04T09:30']],
    ['weekends at 10:00', '2026-01-01T12:00Z', ['2026-01-03T10:00', '2026-01-04T10:00', '2026-01-10T10:00']],
    [
      'Mondays and Thu at 10:00',
      '2026-01-01T12:00Z',
      ['2026-01-05T10:00', '2026-01-08T10:00', '2026-01-12T10:00'],
    ],
    ['fri-mon at 00:00', '2026-01-01T12:00Z', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    [
      'CRON_TZ=Asia/Tokyo 0 5 * * *',
      '2026-01-01T00:00Z',
      ['2026-01-01T20:00', '2026-01-02T20:00', '2026-01-03T20:00'],
    ],
  ])('%s after %s', (when, after, expected) => {
    expect(due(when, after)).toEqual(expected);
  });
});

describe('cron fields', () => {
  it.each([
    [
      'seconds first',
      '10/25 0 0 * * *',
      ['2026-01-01T00:00:10', '2026-01-01T00:00:35', '2026-01-02T00:00:10'],
    ],
    ['year last', '0 0 0 1 1 ? 2028-2030', ['2028-01-01T00:00', '2029-01-01T00:00', '2030-01-01T00:00']],
    ['a step without a star', '5/20 0 * * *', ['2026-01-01T00:05', '2026-01-01T00:25', '2026-01-01T00:45']],
    ['hours around midnight', '0 23-1 * * *', ['2026-01-01T01:00', '2026-01-01T23:00', '2026-01-02T00:00']],
    ['steps around midnight', '0 22-4/3 * * *', ['2026-01-01T01:00', '2026-01-01T04:00', '2026-01-01T22:00']],
    [
      'days around a weekend',
      '0 0 * * sat-Mon',
      ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00'],
    ],
    [
      'months around the year',
      '0 0 1 NOV-feb *',
      ['2026-02-01T00:00', '2026-11-01T00:00', '2026-12-01T00:00'],
    ],
    ['Sunday as 7', '0 0 * * 7', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    ['a range up to 7', '0 0 * * 6-7', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-10T00:00']],
    ['day and weekday: either', '0 0 13 * 5', ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-13T00:00']],
    ['day and weekday: both', '0 0 13 * +5', ['2026-02-13T00:00', '2026-03-13T00:00', '2026-11-13T00:00']],
    [
      '*/2 counts as restricted',
      '0 0 */10 * 5',
      ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-11T00:00'],
    ],
    ['the last day', '0 0 L * *', ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']],
    [
      'three days before the last',
      '0 0 L-3 * *',
      ['2026-01-28T00:00', '2026-02-25T00:00', '2026-03-28T00:00'],
    ],
    [
      'thirty days before the last',
      '0 0 L-30 * *',
      ['2026-03-01T00:00', '2026-05-01T00:00', '2026-07-01T00:00'],
    ],
    ['the last workday', '0 0 LW * *', ['2026-01-30T00:00', '2026-02-27T00:00', '2026-03-31T00:00']],
    [
      'the workday nearest to the 1st',
      '0 0 1W * *',
      ['2026-02-02T00:00', '2026-03-02T00:00', '2026-04-01T00:00'],
    ],
    ['the last Friday', '0 0 * * FRIL', ['2026-01-30T00:00', '2026-02-27T00:00', '2026-03-27T00:00']],
    [
      'the second Monday and the last Friday',
      '0 0 * * MON#2,5#L',
      ['2026-01-12T00:00', '2026-01-30T00:00', '2026-02-09T00:00'],
    ],
    ['the fifth Thursday', '0 0 * * 4#5', ['2026-01-29T00:00', '2026-04-30T00:00', '2026-07-30T00:00']],
    ['leap days on Mondays', '0 0 29 2 +MON', ['2044-02-29T00:00', '2072-02-29T00:00', '2112-02-29T00:00']],
  ])('%s: %s', (_, expression, expected) => {
    expect(due(expression, '2026-01-01T00:00Z')).toEqual(expected);
  });
});

describe('H', () => {
  function first(when: string, jobId: string): string | undefined {
    const bound = bindSchedule(parseSchedule(when), { jobId, startedAt: new Date(0), tz: 'UTC' });
    return bound.next(new Date('2025-12-31T23:59:59Z'))?.toISOString();
  }

  it('is the same for the same job, in every version', () => {
    expect(['backup', 'report', 'report'].map((job) => first('H H * * *', job))).toEqual([
      '2026-01-01T17:38:00.000Z',
      '2026-01-01T05:58:00.000Z',
      '2026-01-01T05:58:00.000Z',
    ]);
  });

  it.each([
    ['H * * * *', (minute: number) => minute < 60, 50],
    ['H(0-7) * * * *', (minute: number) => minute < 8, 8],
    ['H/15 * * * *', (minute: number) => minute < 15, 15],
    ['H(30-59)/10 * * * *', (minute: number) => minute >= 30 && minute < 40, 10],
  ])('%s spreads a thousand jobs', (when, fits, distinct) => {
    const minutes = Array.from({ length: 1000 }, (_, job) =>
      Number(first(when, `job-${job}`)?.slice(14, 16)),
    );
    expect(minutes.every(fits)).toBe(true);
    expect(new Set(minutes).size).toBeGreaterThanOrEqual(distinct);
  });

  it('gives every month its day', () => {
    const days = Array.from({ length: 500 }, (_, job) =>
      Number(first('0 0 H * *', `job-${job}`)?.slice(8, 10)),
    );
    expect(Math.max(...days)).toBeLessThanOrEqual(28);
  });
});

describe('what is refused', () => {
  it.each([
    ['sometimes', 'SCHEDULE_INVALID', '"sometimes" is not a schedule', 'Use once'],
    ['hourly', 'SCHEDULE_INVALID', 'is not a schedule', 'Did you mean @hourly?'],
    ['@dayly', 'SCHEDULE_INVALID', 'is not a known nickname', 'Did you mean @daily?'],
    ['', 'SCHEDULE_INVALID', 'is empty', 'Use once'],
    ['* * * *', 'SCHEDULE_INVALID', 'has 4 fields', 'Is the weekday missing?'],
    ['* * * * * * * *', 'SCHEDULE_INVALID', 'has 8 fields', 'At most seven'],
    ['0 0 30 2 *', 'SCHEDULE_INVALID', 'can never fire', 'Check day'],
    ['0 0 31 4,6,9,11 *', 'SCHEDULE_INVALID', 'can never fire', 'Check day'],
    ['0 0 0 29 2 * 2027', 'SCHEDULE_INVALID', 'can never fire', 'Check day'],
    ['0 0 31 * +MON#1', 'SCHEDULE_INVALID', 'can never fire', 'Check day'],
    ['60 * * * *', 'SCHEDULE_INVALID', '60 is not between 0 and 59', 'A minute is 0 to 59'],
    ['0 24 * * *', 'SCHEDULE_INVALID', '24 is not between 0 and 23', 'An hour is'],
    ['0 0 * FOO *', 'SCHEDULE_INVALID', '"FOO" is not a month', 'A month is'],
    ['0 0 * * TUS', 'SCHEDULE_INVALID', '"TUS" is not a weekday', 'Did you mean TUE?'],
    ['0 0 1 1 * 2026', 'SCHEDULE_INVALID', '2026 is not between 0 and 7', 'A year is the seventh field'],
    ['*/90 * * * *', 'SCHEDULE_INVALID', 'a step of 90 is longer', 'every 90m'],
    ['*/0 * * * *', 'SCHEDULE_INVALID', '"/0" is not a step', 'whole numbers from 1'],
    ['0 0 * * L', 'SCHEDULE_INVALID', '"L" needs a weekday', '5L'],
    ['0 0 * * MON#6', 'SCHEDULE_INVALID', 'no weekday number "6"', '#1 to #5'],
    ['1,,2 * * * *', 'SCHEDULE_INVALID', 'a part is empty', 'A minute is'],
    ['0 0 15WL * *', 'SCHEDULE_INVALID', '"15WL" is not a day', 'A day is'],
    ['0 0 * * *\n0 1 * * *', 'SCHEDULE_INVALID', 'has a line break', 'one line'],
    ['0 0 *\u0000 * *', 'SCHEDULE_INVALID', 'has a control character', ''],
    ['every', 'SCHEDULE_INVALID', 'only the beginning', 'Write every 10s.'],
    ['@every', 'SCHEDULE_INVALID', 'only the beginning', 'Write @every 10s.'],
    ['Daily at', 'SCHEDULE_INVALID', 'only the beginning', 'Write daily at 09:30.'],
    ['every 5m from', 'SCHEDULE_INVALID', 'only the beginning', 'Write every 5m from start.'],
    ['every 5m after', 'SCHEDULE_INVALID', 'only the beginning', 'Write every 5m after finish.'],
    ['every 250ms', 'SCHEDULE_INVALID', 'is too often', 'The shortest period is 1s'],
    ['every 0s', 'SCHEDULE_INVALID', 'is too often', '1s'],
    ['every 10', 'DURATION_INVALID', 'has no unit', '10s'],
    ['every -1s', 'DURATION_INVALID', 'is negative', ''],
    ['every 1e309', 'DURATION_INVALID', 'has no unit', ''],
    ['every day', 'SCHEDULE_INVALID', 'does not say when', 'daily at 00:00'],
    ['every 5m phase 5m', 'SCHEDULE_INVALID', 'is not shorter than the period', ''],
    ['every 5m from 12:00 to 12:00', 'SCHEDULE_INVALID', 'is no time at all', '00:00 to 24:00'],
    ['10s', 'SCHEDULE_INVALID', 'is a duration', 'every 10s'],
    ['9:30', 'SCHEDULE_INVALID', 'is a time of day', 'daily at 9:30'],
    ['at 9:30', 'SCHEDULE_INVALID', 'does not say on which day', 'daily at 9:30'],
    ['daily at 24:00', 'SCHEDULE_INVALID', 'is not a time of day', '23:59:59'],
    ['daily at 9am', 'SCHEDULE_INVALID', 'is not a time of day', '24 hours'],
    ['daly at 9:30', 'SCHEDULE_INVALID', '"daly" is not a day of the week', 'Did you mean daily?'],
    ['2027-02-29', 'SCHEDULE_INVALID', 'a day that does not exist', ''],
    ['2026-12-31T23:59:60Z', 'SCHEDULE_INVALID', 'leap second', ':59'],
    ['2026-13-01', 'SCHEDULE_INVALID', 'a day that does not exist', ''],
    ['2026-1-1', 'SCHEDULE_INVALID', 'not an ISO 8601 instant', ''],
    ['TZ=Asia/Tokio 0 5 * * *', 'ZONE_UNKNOWN', '"Asia/Tokio"', 'Did you mean Asia/Tokyo?'],
    ['0 '.repeat(501), 'SCHEDULE_INVALID', 'longer than 1000 characters', ''],
  ])('%j', (when, code, reason, hint) => {
    expect(() => parseSchedule(when)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(reason),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});

describe('kinds of schedules', () => {
  it.each([
    ['30 2 * * *', 'fixed-time'],
    ['0-30 2,3 * * *', 'fixed-time'],
    ['daily at 09:30', 'fixed-time'],
    ['2026-12-24', 'fixed-time'],
    ['H H * * *', 'fixed-time'],
    ['30 * * * *', 'interval'],
    ['30 0-23/2 * * *', 'interval'],
    ['? 2 * * *', 'interval'],
    ['H/15 2 * * *', 'interval'],
    ['every 10s', 'interval'],
    ['every 30m from 12:00 to 17:00', 'interval'],
    ['once', 'start'],
    ['in 10m', 'start'],
    ['@reboot', 'start'],
    ['every 10s from start', 'start'],
    ['every 10s after finish', 'start'],
  ])('%s is a matter of %s', (when, expected) => {
    expect(scheduleClass(parseSchedule(when))).toBe(expected);
    expect(isStartRelative(parseSchedule(when))).toBe(expected === 'start');
  });

  it('gives the delay of a schedule that waits for the end of each run', () => {
    const context = { jobId: 'job', startedAt: new Date('2026-01-01'), tz: 'UTC' };
    const bound = bindSchedule(parseSchedule('every 10s after finish'), context);
    expect([bound.delayMs, bound.next(new Date('2025-01-01')), bound.next(new Date('2026-01-01'))]).toEqual([
      10_000,
      new Date('2026-01-01'),
      undefined,
    ]);
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...[
      '*',
      '?',
      '0',
      '59',
      '*/5',
      '1-5',
      'L',
      'LW',
      '15W',
      'H',
      'H(0-7)',
      'MON#2',
      '5L',
      '+1',
      'every',
      'at',
      'in',
    ],
    ...[
      'daily',
      'mon-fri',
      '09:30',
      '10s',
      '1h30m',
      'from',
      'to',
      'start',
      'after',
      'finish',
      '@daily',
      'TZ=UTC',
      ',',
    ],
    ...['2026-12-24', '99999999999999999999', '1e309', '-', '/', '#', 'phase', '2026', '\u2028', 'İ', '𝟙'],
  );
  const lines = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' '));

  it('is read or refused for the user to understand, and its instants are later than asked', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), lines), (text) => {
        const after = new Date('2026-11-21T00:00:00.500Z');
        try {
          const [next] = occurrences(text, { tz: 'Europe/Berlin', after, count: 1 });
          expect(next === undefined || next >= after).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(SupertaskError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
