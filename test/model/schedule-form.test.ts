/** A kept schedule names the instants of the one that it was made from. */
import { describe, expect, it } from 'vitest';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { parseCalendar } from '../../src/model/calendar.ts';
import { dayNumber, formatDay } from '../../src/model/calendar-day.ts';
import { calendarForm } from '../../src/model/calendar-form.ts';
import { bindJob, previousOf } from '../../src/model/job-schedule.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { nextInstants } from '../../src/model/schedule-bound.ts';
import { scheduleForm } from '../../src/model/schedule-form.ts';
import { parseSchedule } from '../../src/model/schedule-text.ts';

const START = new Date('2026-05-01T00:00:00Z');

function schedulesOf(when: string, more = '') {
  const text = `tasks:\n  a:\n    run: "true"\n    params: {key: ""}\n    when: ${when}\n${more}`;
  return parseTimetable(text, { file: 't.yaml', directory: '/' }).tasks.flatMap((task) => task.schedules);
}

const WRITTEN = [
  ['every 10m', ''],
  ['{cron: "30 2 * * *", tz: Europe/Berlin}', ''],
  ['"CRON_TZ=Asia/Tokyo 30 2 * * *"', ''],
  ['{cron: "H H * * *"}', ''],
  ['{daily: ["09:30", "16:00"], days: mon-fri}', '    tz: America/New_York\n'],
  ['{every: 10m, from: "09:00", to: "17:00", days: weekdays}', ''],
  ['{every: 1h, phase: 7m, jitter: 90s}', ''],
  ['"@hourly"', '    jitter: 5m\n'],
  ['{daily: "08:00", calendar: {weekdays: mon-fri, except: [2026-05-04..2026-05-06]}, shift: 1 day}', ''],
  ['{daily: "08:00", from: 2026-05-03, until: 2026-05-09}', ''],
  ['{at: 2026-06-01T12:00}', '    tz: Europe/Berlin\n'],
  ['{daily: "08:00", enabled: false}', ''],
  ['{every: 10s from start}', ''],
  ['{every: 10s after start}', ''],
  ['{every: 1h, phase: 2026-05-01T00:07}', '    tz: Europe/Berlin\n'],
  ['{cron: "30 2 FRI#1 * *", weeks: "*/2", clock-change: follow}', '    tz: Europe/Berlin\n'],
  ['[{every: 2h, args: {key: secret-8741}, stop: 30m}, "@daily"]', ''],
] as const;

describe('a schedule in the bookkeeping', () => {
  it.each(WRITTEN)('%s %s names the same instants', (when, more) => {
    const schedules = schedulesOf(when, more);
    const kept: unknown = JSON.parse(
      JSON.stringify(schedules.map((schedule) => scheduleForm(schedule, 2026))),
    );
    const job = {
      ...{ id: 'a', name: undefined, description: undefined, target: 'cmd:true', tz: 'UTC', enabled: true },
      schedules: schedules.map(({ text }) => text),
      scheduleForms: kept as readonly string[],
    };
    const instants = (bounds: ReturnType<typeof bindJob>) =>
      bounds.flatMap((bound) => nextInstants(bound, START, 12).map((at) => at.toISOString()));
    const expected = instants(
      schedules
        .filter(({ enabled }) => enabled)
        .map((schedule) => bindSchedule(schedule, { jobId: 'a', startedAt: START, tz: 'UTC' })),
    );
    expect(instants(bindJob(job, START))).toEqual(expected);
    expect(expected.length > 0 || when.includes('false')).toBe(true);
  });

  it('is its text where that says all', () => {
    expect(scheduleForm(parseSchedule('every  10m'), 2026)).toBe('every 10m');
    expect(scheduleForm(parseSchedule('TZ=Asia/Tokyo 30 2 * * *'), 2026)).toBe('TZ=Asia/Tokyo 30 2 * * *');
  });

  it('keeps no arguments', () => {
    const forms = schedulesOf('[{every: 2h, args: {key: secret-8741}}]').map((schedule) =>
      scheduleForm(schedule, 2026),
    );
    expect(JSON.stringify(forms)).toBe('[{"every":"2h"}]');
  });

  it('that counts from a start names nothing where none is known', () => {
    const job = { id: 'a', name: undefined, description: undefined, target: 'x', tz: 'UTC', enabled: true };
    expect(bindJob({ ...job, schedules: ['every 10s from start', 'once'] }, undefined)).toEqual([]);
    const bounds = bindJob({ ...job, schedules: ['@daily', 'daily at 12:00'] }, undefined);
    expect(previousOf(bounds, new Date('2026-05-01T18:00:00Z'))).toEqual(new Date('2026-05-01T12:00:00Z'));
  });
});

describe('a calendar that a schedule names', () => {
  const days = (form: unknown) => {
    const calendar = parseCalendar('kept', form);
    return Array.from({ length: 1461 }, (_, day) => formatDay(dayNumber(2025, 1, 1) + day)).filter((date) =>
      calendar.includes(date),
    );
  };

  it.each([
    ['working days', { weekdays: 'mon-fri', except: ['2026-05-01', '2026-12-24..2027-01-06'] }],
    ['single days', ['2026-05-01', '2026-05-02', '2027-01-01']],
    ['weekends and a day', { weekdays: 'sat,sun', dates: ['2026-05-06'] }],
    ['every day', {}],
    ['no day', []],
  ])('is kept with its days: %s', (_, written) => {
    const form: unknown = JSON.parse(JSON.stringify(calendarForm(parseCalendar('written', written), 2026)));
    expect(days(form)).toEqual(days(written));
  });

  it('is kept in place of its name', () => {
    const [schedule] = schedulesOf('{daily: "08:00", calendar: {weekdays: mon-fri}}');
    if (typeof schedule?.calendar !== 'object') throw new Error('a calendar');
    const named = { ...schedule, form: { daily: '08:00', calendar: 'office' } };
    expect(scheduleForm(named, 2026)).toEqual({
      daily: '08:00',
      calendar: { weekdays: 'mon,tue,wed,thu,fri' },
    });
  });
});
