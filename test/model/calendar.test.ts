import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/model/calendar.js';
import { parseCalendar, withoutDays } from '../../src/model/calendar.js';
import { formatDay, parseDay } from '../../src/model/calendar-day.js';
import { parseIcs } from '../../src/model/calendar-ics.js';

function days(calendar: Calendar, from: string, to: string): string[] {
  const found: string[] = [];
  for (let day = parseDay(from) ?? 0; day <= (parseDay(to) ?? 0); day++) {
    if (calendar.includes(formatDay(day))) found.push(formatDay(day));
  }
  return found;
}

describe('calendars', () => {
  it.each([
    [
      ['2026-12-24', '2026-12-26..2026-12-27'],
      ['2026-12-24', '2026-12-26', '2026-12-27'],
    ],
    [{ dates: '2026-12-24' }, ['2026-12-24']],
    [{ weekdays: 'fri-sun' }, ['2026-12-25', '2026-12-26', '2026-12-27']],
    [{ weekdays: ['fri', 'sat'], except: ['2026-12-25'] }, ['2026-12-26']],
    [{ weekdays: 'thu', dates: ['2026-12-27'] }, ['2026-12-24', '2026-12-27']],
    [{ except: ['2026-12-23..2026-12-26'] }, ['2026-12-27', '2026-12-28']],
  ])('%j', (value, expected) => {
    expect(days(parseCalendar('x', value), '2026-12-23', '2026-12-28')).toEqual(expected);
  });

  it('take the days of another away', () => {
    const work = parseCalendar('work', { weekdays: 'mon-fri' });
    const holidays = parseCalendar('holidays', ['2026-12-25']);
    expect(days(withoutDays('open', work, holidays), '2026-12-24', '2026-12-28')).toEqual([
      '2026-12-24',
      '2026-12-28',
    ]);
  });

  it.each([
    [42, 'it must be a list of dates or an object'],
    [['2026-02-30'], '"2026-02-30" is not a date'],
    [['2026-12-26..2026-12-24'], '"2026-12-26..2026-12-24" runs backwards'],
    [['2026-01-01..2126-01-01'], 'is longer than ten years'],
    [{ date: [] }, '"date" is not a known key'],
    [{ weekdays: '1-5' }, 'weekdays "1-5" cannot be read'],
    [{ weekdays: 'mun' }, '"MUN" is not a weekday'],
  ])('refuse %j', (value, reason) => {
    expect(() => parseCalendar('x', value)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});

describe('iCalendar text', () => {
  function ics(...lines: string[]): Calendar {
    return parseIcs(
      'x',
      ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n'),
    );
  }

  it.each([
    ['a day', ['DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas'], ['2026-12-25']],
    [
      'several days, the end exclusive',
      ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227'],
      ['2026-12-24', '2026-12-25', '2026-12-26'],
    ],
    [
      'times',
      ['DTSTART;TZID="Europe/Berlin":20261224T220000', 'DTEND;TZID=Europe/Berlin:20261225T020000'],
      ['2026-12-24', '2026-12-25'],
    ],
    ['times up to midnight', ['DTSTART:20261224T220000Z', 'DTEND:20261225T000000Z'], ['2026-12-24']],
    ['a duration', ['DTSTART;VALUE=DATE:20261224', 'DURATION:P2D'], ['2026-12-24', '2026-12-25']],
    ['every year', ['DTSTART;VALUE=DATE:20001226', 'RRULE:FREQ=YEARLY'], ['2026-12-26']],
    [
      'the last Friday of December',
      ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=-1FR'],
      ['2026-12-25'],
    ],
    ['the fourth Thursday', ['DTSTART;VALUE=DATE:20201126', 'RRULE:FREQ=MONTHLY;BYDAY=4TH'], ['2026-12-24']],
    [
      'the last day but three',
      ['DTSTART;VALUE=DATE:20200128', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-4'],
      ['2026-12-28'],
    ],
    [
      'two weekdays',
      ['DTSTART;VALUE=DATE:20261221', 'RRULE:FREQ=WEEKLY;BYDAY=MO,WE'],
      ['2026-12-23', '2026-12-28'],
    ],
    [
      'every other day',
      ['DTSTART;VALUE=DATE:20261221', 'RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3'],
      ['2026-12-23', '2026-12-25'],
    ],
    [
      'until',
      ['DTSTART;VALUE=DATE:20261221', 'RRULE:FREQ=DAILY;UNTIL=20261224T235959Z'],
      ['2026-12-23', '2026-12-24'],
    ],
    [
      'exceptions',
      ['DTSTART;VALUE=DATE:20261223', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20261224'],
      ['2026-12-23', '2026-12-25'],
    ],
    [
      'more days',
      ['DTSTART;VALUE=DATE:20261223', 'RDATE;VALUE=DATE:20261225,20261228'],
      ['2026-12-23', '2026-12-25', '2026-12-28'],
    ],
    ['cancelled', ['DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED'], []],
    ['a folded line', ['DTSTART;VALUE=DA', ' TE:20261225'], ['2026-12-25']],
    [
      'an alarm inside',
      ['DTSTART;VALUE=DATE:20261225', 'BEGIN:VALARM', 'DURATION:P3D', 'END:VALARM'],
      ['2026-12-25'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(days(ics(...lines), '2026-12-23', '2026-12-28')).toEqual(expected);
  });

  it.each([
    ['RRULE:FREQ=YEARLY;BYSETPOS=1', 'has BYSETPOS, which is not supported'],
    ['RRULE:FREQ=HOURLY', 'repetitions of kind "HOURLY" are not supported'],
    ['RRULE:FREQ=YEARLY;BYDAY=MO', 'needs a month'],
    ['RRULE:FREQ=DAILY;INTERVAL=0', 'cannot be read'],
  ])('refuses %s', (line, reason) => {
    expect(() => ics('DTSTART;VALUE=DATE:20261225', line)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('refuses other text', () => {
    expect(() => parseIcs('x', '<html>')).toThrow('it does not begin with BEGIN:VCALENDAR');
  });
});
