import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCalendar } from '../../src/model/calendar.js';
import { formatDay, parseDay } from '../../src/model/calendar-day.js';
import type { BoundSchedule } from '../../src/model/schedule.js';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { parseScheduleObject } from '../../src/model/schedule-object.js';

const HOUR = 3_600_000;

const CALENDARS = new Map([
  ['work', parseCalendar('work', { weekdays: 'mon-fri', except: ['2026-12-24..2026-12-26', '2027-01-01'] })],
  ['few', parseCalendar('few', ['2026-10-24', '2026-10-25', '2026-10-31', '2027-03-27..2027-03-29'])],
]);

const forms = fc.constantFrom<Record<string, unknown>>(
  { cron: '30 2 * * *' },
  { cron: '*/20 1-3 * * *' },
  { cron: '0,30 2,3 * * *' },
  { cron: '15 */7 * * 1-5' },
  { cron: '0 0 L * *' },
  { cron: 'H H(0-7) * * *' },
  { cron: '0 12 1W * *' },
  { daily: ['00:00', '02:30', '23:59'] },
  { daily: '02:30', days: 'weekends' },
  { cron: '30 2 MON#2,L * *', weeks: '*/3', 'clock-change': 'follow' },
  { daily: ['02:30', '16:00'], 'clock-change': 'follow' },
  { every: '45m', from: '01:00', to: '04:00' },
  { every: '50m', from: '22:00', to: '03:00', days: 'sat' },
);
const grids = fc.constantFrom<Record<string, unknown>>(
  { every: '7h' },
  { every: '45m', phase: '13m' },
  { every: '45m', phase: '2026-03-29T02:13' },
  { every: '1d' },
);
const shifts = fc.constantFrom(undefined, '1 day', '-2 days', '1 calendar day', '-3 calendar days', {
  days: 1,
  calendar_days: -1,
});
const limits = fc.constantFrom(
  {},
  { from: '2026-10-25T02:30' },
  { until: '2026-12-24' },
  { from: '2026-10-20', until: '2027-03-28T02:30' },
);

const schedules = fc
  .record({
    form: fc.oneof(forms, grids),
    calendar: fc.constantFrom(undefined, 'work', 'few'),
    shift: shifts,
    jitter: fc.constantFrom(undefined, '0s', '30s', '2h', '3d'),
    limit: limits,
  })
  .map(({ form, calendar, shift, jitter, limit }) => {
    const isGrid = 'every' in form && !('to' in form);
    const needsCalendar = JSON.stringify(shift ?? '').includes('calendar');
    const isShifted = shift !== undefined && !isGrid && (calendar !== undefined || !needsCalendar);
    // A window takes its from and to for times of day.
    const bounds = 'to' in form ? {} : limit;
    return { ...form, ...bounds, calendar, jitter, shift: isShifted ? shift : undefined };
  });

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
);
const starts = fc.integer({ min: Date.parse('2026-10-15'), max: Date.parse('2027-04-05') });

function bound(value: unknown, tz: string): BoundSchedule {
  const context = { jobId: 'job', startedAt: new Date('2026-10-01'), tz, calendars: CALENDARS };
  return bindSchedule(parseScheduleObject(value), context);
}

function forwards(schedule: BoundSchedule, fromMs: number, untilMs: number): number[] {
  const found: number[] = [];
  for (let at = schedule.next(new Date(fromMs)); at && at.getTime() <= untilMs; at = schedule.next(at)) {
    found.push(at.getTime());
  }
  return found;
}

function backwards(schedule: BoundSchedule, fromMs: number, untilMs: number): number[] {
  const found: number[] = [];
  for (
    let at = schedule.previous(new Date(untilMs + 1));
    at && at.getTime() > fromMs;
    at = schedule.previous(at)
  ) {
    found.unshift(at.getTime());
  }
  return found;
}

describe('any schedule with any options', () => {
  it('goes forwards and backwards through the same instants, and counts them', () => {
    fc.assert(
      fc.property(
        schedules,
        zones,
        starts,
        fc.integer({ min: 1, max: 20 * 24 }),
        (value, tz, fromMs, hours) => {
          const schedule = bound(value, tz);
          const untilMs = fromMs + hours * HOUR;
          const found = forwards(schedule, fromMs, untilMs);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
          expect(backwards(schedule, fromMs, untilMs)).toEqual(found);
          expect(schedule.count(new Date(fromMs), new Date(untilMs))).toBe(found.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    [2, 0],
    [-1, 0],
    [0, 3],
    [1, -4],
    [-3, 1],
  ])('is due on the days that %i calendar days and %i days away from its own', (calendarDays, days) => {
    const work = CALENDARS.get('work');
    const all = Array.from({ length: 60 }, (_, index) => formatDay((parseDay('2026-11-15') ?? 0) + index));
    const open = all.filter((date) => work?.includes(date));
    const shifted = open.map((_, index) =>
      formatDay((parseDay(open[index + calendarDays] ?? '') ?? 0) + days),
    );
    const schedule = bound(
      { daily: '10:00', calendar: 'work', shift: { calendar_days: calendarDays, days } },
      'UTC',
    );
    const found = forwards(schedule, Date.parse('2026-12-07'), Date.parse('2027-01-05'));
    expect(found.map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual(
      shifted.filter((date) => date >= '2026-12-07' && date < '2027-01-05'),
    );
  });
});

describe('cost', () => {
  it.each(['* * * * * *', 'every 1s', 'every 1s from 00:00 to 24:00'])(
    'counts the seconds of thirty years of %s by arithmetic',
    (when) => {
      const schedule = bound(when, 'Europe/Berlin');
      const [from, until] = [new Date('2000-01-01T00:00:00Z'), new Date('2030-01-01T00:00:00Z')];
      expect(schedule.count(from, until)).toBe((until.getTime() - from.getTime()) / 1000);
    },
  );

  it('finds what is far away, in both directions', () => {
    const schedule = bound('0 0 0 29 2 +MON 2044-2199', 'Europe/Berlin');
    expect(schedule.next(new Date('1970-01-01'))).toEqual(new Date('2044-02-28T23:00Z'));
    expect(schedule.previous(new Date('9999-01-01'))).toEqual(new Date('2196-02-28T23:00Z'));
    expect(schedule.next(new Date('2199-01-01'))).toBeUndefined();
    expect(schedule.previous(new Date('2044-01-01'))).toBeUndefined();
  });

  it.each([-8.64e15, -1, 253_402_300_799_999, 8.64e15])('answers at the end of time, %d', (ms) => {
    const schedule = bound('*/5 * * * *', 'Europe/Berlin');
    expect(schedule.next(new Date(ms))?.getTime()).toBe(ms < 0 ? 0 : undefined);
    expect(schedule.previous(new Date(ms))?.getTime()).toBe(ms < 0 ? undefined : 253_402_300_500_000);
  });
});
