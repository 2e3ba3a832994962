import { describe, expect, it } from 'vitest';
import { explainSchedule } from '../../src/model/explain.js';
import { scheduleWarnings } from '../../src/model/explain-warning.js';
import { parseScheduleObject } from '../../src/model/schedule-object.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

describe('plain English', () => {
  it.each([
    ['once', 'once, at once'],
    ['@reboot', 'once each time the scheduler starts'],
    ['in 10m', 'once, 10 minutes after the start'],
    ['at 2026-12-24T18:00', 'once, at 2026-12-24 18:00 (Europe/Berlin)'],
    ['2026-12-24T18:00Z', 'once, at 2026-12-24T18:00:00.000Z'],
    ['every 5m', 'every 5 minutes'],
    ['every 1h30m', 'every 1 hour 30 minutes'],
    ['every 1h', 'every hour'],
    ['every 10m phase 2m', 'every 10 minutes, 2 minutes later than the full grid'],
    ['every 10m phase 2026-01-01T00:02', 'every 10 minutes, counted from 2026-01-01 00:02 (Europe/Berlin)'],
    ['every 10s after start', 'every 10 seconds, counted from the start, first after 10 seconds'],
    ['every 10s from start', 'every 10 seconds, counted from the start, beginning at once'],
    ['every 10s after finish', 'at once, then 10 seconds after each run has ended'],
    [
      'every 30m from 12:00 to 17:00',
      'every 30 minutes from 12:00 to before 17:00 every day (Europe/Berlin)',
    ],
    [
      'every 1h from 22:00 to 06:00 on fri',
      'every hour from 22:00 to before 06:00 on the next day on Friday (Europe/Berlin)',
    ],
    ['mon-fri at 10:30, 16:00', 'at 10:30 and 16:00 on Monday to Friday (Europe/Berlin)'],
    ['30 2 * * *', 'at 02:30 every day (Europe/Berlin)'],
    ['TZ=Asia/Tokyo 30 2 * * *', 'at 02:30 every day (Asia/Tokyo)'],
    ['* * * * *', 'every minute (Europe/Berlin)'],
    ['* * * * * *', 'every second (Europe/Berlin)'],
    ['*/5 * * * *', 'every 5 minutes (Europe/Berlin)'],
    ['*/7 * * * *', 'at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour (Europe/Berlin)'],
    ['0 * * * *', 'every hour, on the hour (Europe/Berlin)'],
    ['0 */2 * * *', 'every 2 hours, on the hour (Europe/Berlin)'],
    ['17 * * * *', 'at minute 17 of every hour (Europe/Berlin)'],
    ['*/5 9-17 * * 1-5', 'every 5 minutes, in the hours 9 to 17, on Monday to Friday (Europe/Berlin)'],
    ['* 5 * * *', 'every minute, in the hour 5 (Europe/Berlin)'],
    ['*/10 5 * * * *', 'every 10 seconds, at minute 5 of every hour (Europe/Berlin)'],
    ['0 0 1,15 * *', 'at 00:00 on days 1 and 15 of the month (Europe/Berlin)'],
    ['0 0 1 1 *', 'at 00:00 on day 1 of January (Europe/Berlin)'],
    ['0 0 L 2 *', 'at 00:00 on the last day of February (Europe/Berlin)'],
    ['0 0 LW * *', 'at 00:00 on the last workday (Monday to Friday) of the month (Europe/Berlin)'],
    [
      '0 0 15W * *',
      'at 00:00 on the workday (Monday to Friday) nearest to day 15 of the month (Europe/Berlin)',
    ],
    [
      '0 9 * * MON#2,5L',
      'at 09:00 on the second Monday of the month and on the last Friday of the month (Europe/Berlin)',
    ],
    ['0 0 13 * 5', 'at 00:00 on day 13 of the month or on Friday, whichever it is (Europe/Berlin)'],
    ['0 0 13 * +5', 'at 00:00 on day 13 of the month when it is also on Friday (Europe/Berlin)'],
    ['0 0 * * 0,6', 'at 00:00 on Saturday and Sunday (Europe/Berlin)'],
    ['0 0 0 1 1 * 2027-2029', 'at 00:00 on day 1 of January in 2027 to 2029 (Europe/Berlin)'],
    ['0 12 * 6-8 *', 'at 12:00 every day in June to August (Europe/Berlin)'],
  ])('%s', (when, expected) => {
    expect(explainSchedule(parseSchedule(when), 'Europe/Berlin')).toBe(expected);
  });

  it('tells what H is for a job', () => {
    const schedule = parseSchedule('H H * * *');
    expect([explainSchedule(schedule, 'UTC', 'backup'), explainSchedule(schedule, 'UTC')]).toEqual([
      'at 17:38 every day (UTC)',
      'for example at 09:21 every day, as H differs from job to job (UTC)',
    ]);
  });

  it('tells the options', () => {
    const schedule = parseScheduleObject({
      ...{
        daily: '09:30',
        calendar: 'work',
        shift: { calendar_days: -1, days: 2 },
        jitter: '5m',
        stop: '17:00',
      },
      ...{ from: '2026-01-01', until: '2026-12-31', enabled: false },
    });
    expect(explainSchedule(schedule, 'UTC')).toBe(
      'at 09:30 every day (UTC), only on days of the calendar work, 1 calendar day earlier, 2 days later, up to 5 minutes later, not before 2026-01-01 00:00, only before 2027-01-01 00:00, stopped at 17:00, but not enabled',
    );
  });
});

describe('warnings', () => {
  it.each([
    ['*/5 * * * * *', ['has six fields: the first is seconds here']],
    ['0 0 13 * 5', ['restricts day and weekday: it runs when either fits']],
    ['0 0 31 * *', ['has no run in February, April, June, September and November']],
    ['0 0 30 * *', ['has no run in February']],
    ['0 0 29 2 *', ['has a run in leap years only']],
    ['*/7 * * * *', ['so the step after 56 is 4m long']],
    ['0 */5 * * *', ['so the step after 20 is 4h long']],
    ['* 5 * * *', ['runs every minute of that hour']],
    ['every 2d', ['counts from the Unix epoch, so it runs at 00:00 UTC']],
    ['0 0 13 * +5', []],
    ['0 0 29,L * *', []],
    ['*/15 9-17 * * 1-5', []],
    ['30 2 * * *', []],
    ['every 10m', []],
    ['once', []],
  ])('%s', (when, expected) => {
    expect(scheduleWarnings(parseSchedule(when))).toEqual(
      expected.map((part) => expect.stringContaining(part)),
    );
  });
});
