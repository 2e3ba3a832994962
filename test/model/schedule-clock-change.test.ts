import { describe, expect, it } from 'vitest';
import { explainClockChange } from '../../src/model/explain-clock-change.js';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { parseScheduleObject } from '../../src/model/schedule-object.js';
import { occurrences } from '../../src/model/schedule-occurrence.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

/** Instants strictly after `after`, as ISO text without seconds. */
function instants(when: string, tz: string, after: string, count: number): string[] {
  return occurrences(when, { tz, after: new Date(after), count }).map((at) => at.toISOString().slice(0, 16));
}

function bound(when: string, tz: string) {
  return bindSchedule(parseSchedule(when), { jobId: 'job', startedAt: new Date(0), tz });
}

describe('the autumn change in Berlin', () => {
  const from = new Date(Date.parse('2026-10-24T23:00:00Z') - 1);
  const until = new Date(Date.parse('2026-10-25T03:00:00Z') - 1);

  it.each([
    ['* * * * *', 240, 60_000],
    ['*/30 * * * *', 8, 1_800_000],
    ['0 * * * *', 4, 3_600_000],
  ])('%s runs %i times in four real hours, evenly spaced', (when, expected, apartMs) => {
    const schedule = bound(when, 'Europe/Berlin');
    const runs: number[] = [];
    let at = schedule.next(from);
    while (at !== undefined && at <= until) {
      runs.push(at.getTime());
      at = schedule.next(at);
    }
    expect(runs).toHaveLength(expected);
    expect(schedule.count(from, until)).toBe(expected);
    expect(new Set(runs.slice(1).map((run, index) => run - (runs[index] ?? 0)))).toEqual(new Set([apartMs]));
  });

  it('runs both passes of a schedule that has no other day', () => {
    const expected = ['2026-10-25T00:15', '2026-10-25T00:45', '2026-10-25T01:15', '2026-10-25T01:45'];
    expect(instants('15/30 2 25 10 *', 'Europe/Berlin', '2026-10-24T12:00Z', 4)).toEqual(expected);
    const backwards: string[] = [];
    let at = bound('15/30 2 25 10 *', 'Europe/Berlin').previous(new Date('2026-12-01'));
    for (; at && at > new Date('2026-01-01'); at = bound('15/30 2 25 10 *', 'Europe/Berlin').previous(at)) {
      backwards.unshift(at.toISOString().slice(0, 16));
    }
    expect(backwards).toEqual(expected);
  });

  it('runs 30 2 * * * once, in the first pass', () => {
    expect(instants('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });
});

describe('clock changes (P13)', () => {
  it.each([
    [
      'spring gap, fixed time',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'spring gap, two fixed times are one run',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:00'],
    ],
    [
      'spring gap, fixed time at its end is the same run',
      '30 2,3 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      'spring gap, interval',
      '*/30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-30T00:00', '2026-03-30T00:30'],
    ],
    [
      'a step without a star is an interval',
      '30 0-23/2 * * *',
      'Europe/Berlin',
      '2026-10-24T23:00Z',
      ['2026-10-25T00:30', '2026-10-25T01:30', '2026-10-25T03:30'],
    ],
    [
      'New York, autumn, weekday times',
      'daily at 01:30',
      'America/New_York',
      '2023-11-05T00:00Z',
      ['2023-11-05T05:30', '2023-11-06T06:30'],
    ],
    [
      'New York, spring',
      '15 2 * * *',
      'America/New_York',
      '2026-03-07T12:00Z',
      ['2026-03-08T07:00', '2026-03-09T06:15'],
    ],
    [
      'Lord Howe, half an hour back',
      '*/15 * * * *',
      'Australia/Lord_Howe',
      '2026-04-04T14:29Z',
      ['2026-04-04T14:30', '2026-04-04T14:45', '2026-04-04T15:00'],
    ],
    [
      'Lord Howe, fixed time in the repeated half hour',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-03T20:00Z',
      ['2026-04-04T14:45', '2026-04-05T15:15'],
    ],
    [
      'Lord Howe, fixed time in the gap',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T20:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'Apia, no 30 December 2011, fixed time',
      '30 12 * * *',
      'Pacific/Apia',
      '2011-12-29T00:00Z',
      ['2011-12-29T22:30', '2011-12-30T22:30'],
    ],
    [
      'Apia, no 30 December 2011, interval',
      '0 */12 * * *',
      'Pacific/Apia',
      '2011-12-29T12:00Z',
      ['2011-12-29T22:00', '2011-12-30T10:00', '2011-12-30T22:00'],
    ],
    [
      'Apia, a yearly run on the missing day',
      '0 12 30 12 *',
      'Pacific/Apia',
      '2011-01-01T12:00Z',
      ['2012-12-29T22:00'],
    ],
    [
      'Santiago, no midnight',
      '30 0 * * *',
      'America/Santiago',
      '2026-09-05T00:00Z',
      ['2026-09-05T04:30', '2026-09-06T04:00', '2026-09-07T03:30'],
    ],
    [
      'Santiago, midnight itself',
      '@daily',
      'America/Santiago',
      '2026-09-05T12:00Z',
      ['2026-09-06T04:00', '2026-09-07T03:00'],
    ],
    [
      'Casablanca, into Ramadan',
      '30 2 * * *',
      'Africa/Casablanca',
      '2026-02-14T12:00Z',
      ['2026-02-15T01:30', '2026-02-16T02:30'],
    ],
    [
      'Casablanca, out of Ramadan',
      '30 2 * * *',
      'Africa/Casablanca',
      '2026-03-21T12:00Z',
      ['2026-03-22T02:00', '2026-03-23T01:30'],
    ],
    [
      'Nuuk, a gap that ends at midnight',
      '30 23 * * *',
      'America/Nuuk',
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'a leap day',
      '0 0 29 2 *',
      'Europe/Berlin',
      '2026-01-01T00:00Z',
      ['2028-02-28T23:00', '2032-02-28T23:00'],
    ],
    ['no leap day in 2100', '0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', ['2104-02-29T00:00']],
    [
      'the end of a year',
      '59 23 31 12 *',
      'Asia/Tokyo',
      '2026-01-01T00:00Z',
      ['2026-12-31T14:59', '2027-12-31T14:59'],
    ],
  ])('%s: %s', (_, when, tz, after, expected) => {
    expect(instants(when, tz, after, expected.length)).toEqual(expected);
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23, 276, 1380],
    ['Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25, 300, 1500],
    ['Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-05T13:30Z', 24, 294, 1470],
    ['America/Santiago', '2026-09-06T04:00Z', '2026-09-07T03:00Z', 23, 276, 1380],
  ])(
    'in %s the day from %s to %s has %i hourly, %i five-minute and %i one-minute runs',
    (tz, from, to, ...expected) => {
      const [start, end] = [new Date(Date.parse(from) - 1), new Date(Date.parse(to) - 1)];
      expect(
        ['0 * * * *', '*/5 * * * *', '* * * * *'].map((when) => bound(when, tz).count(start, end)),
      ).toEqual(expected);
    },
  );
});

describe('steps within a part of the day', () => {
  it.each([
    [
      'Tokyo, ten a day',
      'every 30m from 12:00 to 17:00',
      'Asia/Tokyo',
      '2026-05-01T15:00Z',
      '2026-05-02T15:00Z',
      10,
    ],
    [
      'New York, spring',
      'every 30m from 01:15 to 03:30',
      'America/New_York',
      '2023-03-12T04:00Z',
      '2023-03-13T03:00Z',
      3,
    ],
    [
      'New York, a start that does not exist',
      'every 30m from 02:15 to 03:30',
      'America/New_York',
      '2023-03-12T04:00Z',
      '2023-03-13T03:00Z',
      1,
    ],
    [
      'New York, autumn',
      'every 1h from 00:00 to 04:00',
      'America/New_York',
      '2023-11-05T03:59Z',
      '2023-11-06T04:59Z',
      5,
    ],
    [
      'Cairo, a day without a midnight',
      'every 30m from 00:00 to 24:00',
      'Africa/Cairo',
      '2027-04-29T21:59Z',
      '2027-04-30T20:59Z',
      46,
    ],
  ])('%s: %s', (_, when, tz, from, to, expected) => {
    expect(bound(when, tz).count(new Date(from), new Date(to))).toBe(expected);
  });

  it.each([
    [
      'whose end does not exist goes on to the end of the gap (P13)',
      'every 30m from 00:00 to 24:00',
      'America/Sao_Paulo',
      '2018-11-04T02:00Z',
      ['2018-11-04T02:30', '2018-11-04T03:00', '2018-11-04T03:30'],
    ],
    [
      'that ends at a midnight that does not exist',
      'every 1h from 18:00 to 24:00',
      'America/Santiago',
      '2026-09-06T02:00Z',
      ['2026-09-06T03:00', '2026-09-06T21:00'],
    ],
    [
      'in a night that ends in the gap',
      'every 30m from 22:00 to 02:30',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:30', '2026-03-29T20:00'],
    ],
    [
      'whose beginning does not exist is counted from the end of the gap (P13)',
      'every 20m from 02:30 to 04:00',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-29T01:20', '2026-03-29T01:40', '2026-03-30T00:30'],
    ],
    [
      'that lies in the gap has no runs',
      'every 10m from 02:10 to 02:50',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-30T00:10'],
    ],
    [
      'that is the gap has no runs',
      'every 10m from 02:00 to 03:00',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-30T00:00'],
    ],
    [
      'of a night that begins on a missing day has no runs',
      'every 1h from 22:00 to 02:00',
      'Pacific/Apia',
      '2011-12-30T08:30Z',
      ['2011-12-30T09:00', '2011-12-31T08:00'],
    ],
  ])('a part %s: %s', (_, when, tz, after, expected) => {
    expect(instants(when, tz, after, expected.length)).toEqual(expected);
  });
});

describe('what the next clock change does', () => {
  const context = { jobId: 'job', startedAt: new Date(0), tz: 'Europe/Berlin' };

  it.each([
    [
      '30 2 * * *',
      '2026-06-01',
      'on 2026-10-25 the clock goes back from 03:00 to 02:00 (Europe/Berlin): 02:30 comes twice and it runs only the first time',
    ],
    [
      '30 2 * * *',
      '2026-12-01',
      'on 2027-03-28 the clock goes forward from 02:00 to 03:00 (Europe/Berlin): 02:30 does not exist and it runs once at 03:00 instead',
    ],
    [
      '*/30 * * * *',
      '2026-06-01',
      'on 2026-10-25 the clock goes back from 03:00 to 02:00 (Europe/Berlin): 02:00 and 02:30 come twice and it runs both times',
    ],
    ['0 12 * * *', '2026-06-01', undefined],
    ['every 10m', '2026-06-01', undefined],
    [
      '2026-03-29T02:30',
      '2026-01-01',
      'on 2026-03-29 the clock goes forward from 02:00 to 03:00 (Europe/Berlin): 02:30 does not exist and it runs once at 03:00 instead',
    ],
    [
      'at 2026-10-25T02:30',
      '2026-01-01',
      'on 2026-10-25 the clock goes back from 03:00 to 02:00 (Europe/Berlin): 02:30 comes twice and it runs only the first time',
    ],
    [
      'TZ=Pacific/Apia 2011-12-30T12:00',
      '2011-01-01',
      'on 2011-12-30 the clock goes forward from 00:00 to 2011-12-31 00:00 (Pacific/Apia): 2011-12-30 does not exist and has no run',
    ],
    [
      'every 30m from 22:00 to 02:30',
      '2026-01-01',
      'on 2026-03-29 the clock goes forward from 02:00 to 03:00 (Europe/Berlin): in its part of 2026-03-28 it runs 8 times instead of 9',
    ],
    [
      'every 1h from 02:30 to 03:30',
      '2026-01-01',
      'on 2026-03-29 the clock goes forward from 02:00 to 03:00 (Europe/Berlin): its part of 2026-03-29 begins at 03:00 instead of 02:30',
    ],
    ['2026-03-29T02:30', '2026-03-29T01:00Z', undefined],
    ['2026-03-29T02:30Z', '2026-01-01', undefined],
    ['2026-03-29T03:00', '2026-01-01', undefined],
  ])('%s from %s on', (when, after, expected) => {
    expect(explainClockChange(parseSchedule(when), context, new Date(after))?.text).toBe(expected);
  });

  it.each([
    [{ until: '2026-03-28' }, undefined],
    [{ from: '2026-06-01', jitter: '5s' }, '2026-10-25T01:00:00.000Z'],
  ])('leaves out what no run is left for or made for yet: %j', (limits, expected) => {
    const schedule = parseScheduleObject({ daily: '02:30', ...limits });
    const change = explainClockChange(schedule, context, new Date('2026-01-01'));
    expect(change?.at.toISOString()).toBe(expected);
  });
});
