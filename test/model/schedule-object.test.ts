import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import type { Calendar } from '../../src/model/calendar.js';
import { parseCalendar } from '../../src/model/calendar.js';
import { bindSchedule, nominalDate, stopInstant } from '../../src/model/schedule-bind.js';
import { nextInstants, nextOf } from '../../src/model/schedule-bound.js';
import { parseScheduleObject } from '../../src/model/schedule-object.js';

const WORKDAYS = parseCalendar('work', {
  weekdays: 'mon-fri',
  except: ['2026-12-24..2026-12-25', '2027-01-01'],
});
const CONTEXT = {
  jobId: 'job',
  startedAt: new Date('2026-12-01T00:00Z'),
  tz: 'UTC',
  calendars: new Map<string, Calendar>([['work', WORKDAYS]]),
};

function due(value: unknown, after: string, count = 3): string[] {
  const bound = bindSchedule(parseScheduleObject(value), CONTEXT);
  return nextInstants(bound, new Date(after), count).map((at) => at.toISOString().slice(0, 16));
}

function problems(value: unknown): string[] {
  try {
    parseScheduleObject(value);
    return [];
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return error.problems.map((problem) => problem.message);
  }
}

describe('forms and options', () => {
  it.each([
    [
      { cron: '30 2 * * *', tz: 'Europe/Berlin' },
      ['2026-12-20T01:30', '2026-12-21T01:30', '2026-12-22T01:30'],
    ],
    [{ cron: '0 6 * * MON', weeks: '1,53' }, ['2026-12-28T06:00', '2027-01-04T06:00', '2028-01-03T06:00']],
    [{ daily: '09:00', weeks: 52 }, ['2026-12-21T09:00', '2026-12-22T09:00', '2026-12-23T09:00']],
    [
      { every: '3h', phase: '2026-12-20T10:00', tz: 'Europe/Berlin' },
      ['2026-12-20T03:00', '2026-12-20T06:00', '2026-12-20T09:00'],
    ],
    [{ cron: '@daily' }, ['2026-12-21T00:00', '2026-12-22T00:00', '2026-12-23T00:00']],
    [{ every: '10m', phase: '2m' }, ['2026-12-20T00:02', '2026-12-20T00:12', '2026-12-20T00:22']],
    [
      { every: '8h', from: '09:00', to: '17:30', days: 'mon-fri' },
      ['2026-12-21T09:00', '2026-12-21T17:00', '2026-12-22T09:00'],
    ],
    [{ every: '8h from 09:00 to 17:30' }, ['2026-12-20T09:00', '2026-12-20T17:00', '2026-12-21T09:00']],
    [{ daily: ['09:30', '16:00'] }, ['2026-12-20T09:30', '2026-12-20T16:00', '2026-12-21T09:30']],
    [{ daily: '09:30', days: ['tue', 'thu'] }, ['2026-12-22T09:30', '2026-12-24T09:30', '2026-12-29T09:30']],
    [{ at: '2026-12-24T18:00', tz: 'Europe/Berlin' }, ['2026-12-24T17:00']],
    [{ at: new Date('2026-12-24T18:00Z') }, ['2026-12-24T18:00']],
    [{ in: '30d' }, ['2026-12-31T00:00']],
    [{ when: 'sun at 10:00' }, ['2026-12-20T10:00', '2026-12-27T10:00', '2027-01-03T10:00']],
    [
      { daily: '12:00', from: '2026-12-25T12:00', until: '2026-12-27T12:00' },
      ['2026-12-25T12:00', '2026-12-26T12:00'],
    ],
    [{ daily: '12:00', until: '2026-12-21' }, ['2026-12-20T12:00', '2026-12-21T12:00']],
    [{ every: '1d', from: '2027-02-01' }, ['2027-02-01T00:00', '2027-02-02T00:00', '2027-02-03T00:00']],
    [{ daily: '12:00', enabled: false }, []],
    ['daily at 12:00', ['2026-12-20T12:00', '2026-12-21T12:00', '2026-12-22T12:00']],
  ])('%j', (value, expected) => {
    expect(due(value, '2026-12-20T00:00Z')).toEqual(expected);
  });

  it('keeps what belongs to the run', () => {
    const schedule = parseScheduleObject({ daily: '09:30', args: { region: 'eu', day: 7 }, stop: '30m' });
    expect(schedule).toMatchObject({
      args: { region: 'eu', day: '7' },
      stop: { kind: 'after', afterMs: 1_800_000 },
    });
  });
});

describe('calendars and shifts', () => {
  it.each([
    [
      'days of the calendar',
      { daily: '09:00', calendar: 'work' },
      ['2026-12-23T09:00', '2026-12-28T09:00', '2026-12-29T09:00'],
    ],
    [
      'an inline calendar',
      { daily: '09:00', calendar: ['2026-12-24', '2026-12-31'] },
      ['2026-12-24T09:00', '2026-12-31T09:00'],
    ],
    [
      'a day earlier',
      { daily: '09:00', calendar: 'work', shift: '-1 day' },
      ['2026-12-27T09:00', '2026-12-28T09:00', '2026-12-29T09:00'],
    ],
    [
      'a calendar day earlier',
      { cron: '0 9 28 12 *', calendar: 'work', shift: '-1 calendar day' },
      ['2026-12-23T09:00', '2027-12-27T09:00'],
    ],
    [
      'calendar days before days',
      { cron: '0 9 28 12 *', calendar: 'work', shift: { calendar_days: -1, days: 1 } },
      ['2026-12-24T09:00', '2027-12-28T09:00'],
    ],
    [
      'a shift without a calendar',
      { cron: '0 9 L * *', shift: '1d' },
      ['2027-01-01T09:00', '2027-02-01T09:00', '2027-03-01T09:00'],
    ],
    [
      'a shift over the end of a month',
      { cron: '0 9 1 * *', shift: '-2 days' },
      ['2026-12-30T09:00', '2027-01-30T09:00', '2027-02-27T09:00'],
    ],
    [
      'an interval on days of the calendar',
      { every: '12h', calendar: 'work' },
      ['2026-12-23T12:00', '2026-12-28T00:00', '2026-12-28T12:00'],
    ],
    [
      'a part of the day',
      { every: '1h', from: '10:00', to: '12:00', calendar: 'work' },
      ['2026-12-23T10:00', '2026-12-23T11:00', '2026-12-28T10:00'],
    ],
    [
      'cron on days of the calendar',
      { cron: '0 */12 * * *', calendar: 'work' },
      ['2026-12-23T12:00', '2026-12-28T00:00', '2026-12-28T12:00'],
    ],
  ])('%s', (_, value, expected) => {
    const found = due(value, '2026-12-23T00:00Z');
    expect(found.slice(0, expected.length)).toEqual(expected);
  });

  it('names the day before the shift', () => {
    const schedule = parseScheduleObject({
      cron: '0 9 28 12 *',
      calendar: 'work',
      shift: '-1 calendar day',
      jitter: '1h',
    });
    const [at] = nextInstants(bindSchedule(schedule, CONTEXT), new Date('2026-12-01'), 1);
    expect(at && nominalDate(schedule, CONTEXT, at)).toBe('2026-12-28');
  });

  it('refuses a calendar that nobody defined', () => {
    expect(() => bindSchedule(parseScheduleObject({ daily: '09:00', calendar: 'wrok' }), CONTEXT)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_INVALID', hint: 'Did you mean work?' }),
    );
  });

  it('ends where a calendar has no more days', () => {
    expect(due({ daily: '09:00', calendar: ['2026-12-24'] }, '2026-12-24T09:00Z')).toEqual([]);
  });
});

describe('jitter', () => {
  const plain = bindSchedule(parseScheduleObject({ daily: '09:00' }), CONTEXT);
  const moved = bindSchedule(parseScheduleObject({ daily: '09:00', jitter: '1h' }), CONTEXT);
  const after = new Date('2026-12-01T00:00Z');

  it('moves each instant later, by less than was said, and differently', () => {
    const nominal = nextInstants(plain, after, 30);
    const delays = nextInstants(moved, after, 30).map((at, index) => at.getTime() - Number(nominal[index]));
    expect(delays.every((delay) => delay >= 0 && delay < 3_600_000)).toBe(true);
    expect(new Set(delays).size).toBeGreaterThan(25);
  });

  it('is the same wherever it is calculated, and differs from job to job', () => {
    const again = bindSchedule(parseScheduleObject({ daily: '09:00', jitter: '1h' }), CONTEXT);
    const other = bindSchedule(parseScheduleObject({ daily: '09:00', jitter: '1h' }), {
      ...CONTEXT,
      jobId: 'other',
    });
    expect(again.next(after)).toEqual(moved.next(after));
    expect(other.next(after)).not.toEqual(moved.next(after));
  });

  it('never reaches the next instant', () => {
    const often = bindSchedule(parseScheduleObject({ every: '10s', jitter: '1h' }), CONTEXT);
    const instants = nextInstants(often, after, 200).map((at) => at.getTime() - after.getTime());
    expect(instants.map((ms) => Math.floor(ms / 10_000))).toEqual(
      Array.from({ length: 200 }, (_, index) => index + Math.floor((instants[0] ?? 0) / 10_000)),
    );
  });
});

describe('jitter before the end of a schedule', () => {
  it.each(['a', 'b', 'c', 'd', 'e', 'f'])('never reaches it: job %s', (jobId) => {
    const until = '2026-12-03T00:00Z';
    const value = { daily: '23:55', until, jitter: '6h' };
    const bound = bindSchedule(parseScheduleObject(value), { ...CONTEXT, jobId });
    const instants = nextInstants(bound, new Date('2026-12-01T12:00Z'), 5);
    expect(instants).toHaveLength(2);
    expect(instants.at(-1)?.getTime()).toBeLessThan(Date.parse(until));
  });
});

describe('when to stop', () => {
  it.each([
    [{ stop: '30m' }, '2026-12-24T09:00Z', '2026-12-24T09:30'],
    [{ stop: '17:00' }, '2026-12-24T09:00Z', '2026-12-24T16:00'],
    [{ stop: { at: '09:00' } }, '2026-12-24T09:00Z', '2026-12-25T08:00'],
    [{ stop: { after: '1d' } }, '2026-12-24T09:00Z', '2026-12-25T09:00'],
    [{}, '2026-12-24T09:00Z', undefined],
  ])('%j for a run due at %s', (stop, dueAt, expected) => {
    const schedule = parseScheduleObject({ daily: '10:00', tz: 'Europe/Berlin', ...stop });
    expect(stopInstant(schedule, 'UTC', new Date(dueAt))?.toISOString().slice(0, 16)).toBe(expected);
  });
});

describe('several schedules', () => {
  it('are due when the first of them is', () => {
    const bounds = ['daily at 09:00', '2026-12-24T08:00', 'once'].map((text) =>
      bindSchedule(parseScheduleObject(text), CONTEXT),
    );
    expect(nextOf(bounds, new Date('2026-12-24T00:00Z'))).toEqual(new Date('2026-12-24T08:00Z'));
    expect(nextOf([], new Date())).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    [42, ['a schedule must be text or an object, not 42']],
    [null, ['a schedule must be text or an object, not null']],
    [['@daily'], ['a schedule must be text or an object, not ["@daily"]']],
    [{}, ['the schedule does not say when']],
    [{ cron: '@daily', every: '5m' }, ['a schedule has one form, not cron and every']],
    [{ cron: 'daily at 09:30' }, ['"daily at 09:30" has 3 fields; a cron expression has 5, 6 or 7']],
    [
      { cron: 'TZ=Asia/Tokyo 0 9 * * *', tz: 'UTC' },
      ['cron: the time zone does not go into the expression (TZ=)'],
    ],
    [{ cron: 'CRON_TZ=UTC @daily' }, ['cron: the time zone does not go into the expression (CRON_TZ=)']],
    [{ corn: '@daily' }, ['"corn" is not a key of a schedule', 'the schedule does not say when']],
    [{ every: 10 }, ['the duration "10" has no unit']],
    [{ cron: '@daily', phase: '5m' }, ['"phase" does not go with cron']],
    [{ at: '2026-12-24', days: 'mon' }, ['"days" does not go with at']],
    [{ daily: '09:30', enabled: 'no' }, ['enabled: "no" is neither true nor false']],
    [{ daily: '09:30', shift: 1 }, ['shift: "1" is not a number of days']],
    [{ daily: '09:30', shift: '1 calendar day' }, ['a shift by calendar days needs a calendar']],
    [{ every: '5m', shift: '1 day' }, ['a shift does not go with this form']],
    [{ in: '5m', calendar: 'work' }, ['a calendar does not go with this form']],
    [{ every: '5s after finish', jitter: '1s' }, ['from, until and jitter do not go with after finish']],
    [
      { daily: '09:30', from: '2027-01-01', until: '2026-01-01' },
      ['the schedule can never fire: until is not later than from'],
    ],
    [{ daily: '09:30', args: ['a'] }, ['args: it must be an object of names and texts']],
    [{ daily: '09:30', stop: '0s' }, ['stop: a run cannot be stopped after no time at all']],
    [
      { cron: '0 25 * * *', tz: 'Mars/Base', jitter: '5', colour: 1 },
      [
        '"colour" is not a key of a schedule',
        'the hour field "25": 25 is not between 0 and 23',
        'tz: "Mars/Base" is not a time zone name',
        'jitter: the duration "5" has no unit',
      ],
    ],
  ])('%j', (value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  it('does not mistake keys of every object for its own', () => {
    expect(problems(JSON.parse('{"cron": "@daily", "__proto__": 1, "constructor": 2}'))).toEqual([
      '"__proto__" is not a key of a schedule',
      '"constructor" is not a key of a schedule',
    ]);
  });
});
