/** Timetables with calendars, as `run` reads them. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSource } from '../../src/app/file-source.ts';
import { SupertaskError } from '../../src/errors.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { nextInstants } from '../../src/model/schedule-bound.ts';

const PLANT = join(import.meta.dirname, '../fixtures/calendar/plant.ics');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-calendar-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function load(calendars: string) {
  const file = join(directory, 'table.yaml');
  writeFileSync(
    file,
    `${calendars}\ntasks:\n  job: {when: {cron: 0 9 * * *, calendar: days}, run: "true"}\n`,
  );
  const { timetable } = await loadSource(file, directory, async () => '');
  return timetable;
}

/** The next days of the job in a zone of its own, after a day. */
async function daysAfter(after: string, calendars: string, count: number): Promise<string[]> {
  const [task] = (await load(calendars)).tasks;
  const [schedule] = task?.schedules ?? [];
  if (schedule === undefined) throw new Error('one schedule');
  const bound = bindSchedule(schedule, { jobId: 'job', startedAt: new Date(0), tz: 'Europe/Berlin' });
  return nextInstants(bound, new Date(`${after}T22:00:00Z`), count).map((at) =>
    at.toISOString().slice(0, 10),
  );
}

async function problemsOf(calendars: string): Promise<string[]> {
  const error = await load(calendars).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SupertaskError)) throw new Error(`no problem: ${String(error)}`);
  return error.problems.map(
    ({ code, message, hint, location }) => `${location?.line}: ${message} [${code}] ${hint ?? ''}`,
  );
}

describe('a calendar of a timetable', () => {
  it.each([
    [
      'a list of dates',
      'calendars: {days: [2026-03-02, 2026-03-04..2026-03-05]}',
      '2026-03-01',
      ['2026-03-02', '2026-03-04', '2026-03-05'],
    ],
    [
      'weekdays',
      'calendars: {days: {weekdays: "mon, wed", except: 2026-03-04}}',
      '2026-03-01',
      ['2026-03-02', '2026-03-09', '2026-03-11'],
    ],
    [
      'the days that are not in another',
      'calendars: {days: {weekdays: mon-fri, without: off}, off: [2026-03-03]}',
      '2026-03-01',
      ['2026-03-02', '2026-03-04', '2026-03-05'],
    ],
    [
      'an iCalendar file',
      `calendars: {days: ${PLANT}}`,
      '2026-07-31',
      ['2026-08-03', '2026-08-04', '2026-08-05', '2026-08-06', '2026-08-07', '2027-01-01'],
    ],
    [
      'all days but those of a file',
      `calendars: {days: {weekdays: mon-fri, without: plant}, plant: {ics: ${PLANT}}}`,
      '2026-07-31',
      ['2026-08-10', '2026-08-11'],
    ],
  ])('is %s', async (_, calendars, after, expected) => {
    expect(await daysAfter(after, calendars, expected.length)).toEqual(expected);
  });

  it('finds a file beside the timetable', async () => {
    symlinkSync(PLANT, join(directory, 'plant.ics'));
    expect(await daysAfter('2026-07-31', 'calendars: {days: plant.ics}', 1)).toEqual(['2026-08-03']);
  });

  it.each([
    [
      'is not defined',
      'calendars: {dais: [2026-03-02]}',
      ['3: there is no calendar "days" [SCHEDULE_INVALID] Did you mean dais?'],
    ],
    [
      'is not there at all',
      '',
      ['3: there is no calendar "days" [SCHEDULE_INVALID] None is defined: add it under calendars.'],
    ],
    [
      'leaves itself out',
      'calendars: {days: {weekdays: mon, without: more}, more: {weekdays: tue, without: days}}',
      [expect.stringMatching(/^1: calendar "(days|more)" leaves itself out/)],
    ],
    [
      'has no file',
      'calendars: {days: /nowhere/x.ics}',
      [expect.stringMatching(/^1: there is no file \/nowhere\/x.ics \[FILE_NOT_FOUND\]/)],
    ],
    [
      'has days from two places',
      'calendars: {days: {weekdays: mon, ics: x.ics}}',
      [expect.stringMatching(/^1: a calendar has its days from one place \[TIMETABLE_INVALID\] Make two/)],
    ],
    [
      'has an unknown key',
      'calendars: {days: {weekday: mon}}',
      [expect.stringMatching(/^1: "weekday" is not a key of a calendar .* Did you mean "weekdays"\?/)],
    ],
    [
      'has a date that is none',
      'calendars: {days: [2026-02-30]}',
      [expect.stringMatching(/^1: calendar "days": "2026-02-30" is not a date/)],
    ],
    [
      'has holidays of no country',
      'calendars: {days: {holidays: {state: BY}}}',
      [expect.stringMatching(/^1: holidays lack a country/)],
    ],
  ])('that %s is told with its place', async (_, calendars, expected) => {
    expect(await problemsOf(calendars)).toEqual(expected);
  });
});

/** Where this checkout has the optional package; undefined where it has not. */
const holidays = ((): string | undefined => {
  try {
    return dirname(createRequire(import.meta.url).resolve('date-holidays/package.json'));
  } catch {
    return undefined;
  }
})();

describe.skipIf(holidays !== undefined)('holidays without the package date-holidays', () => {
  it('say how to get it', async () => {
    expect(await problemsOf('calendars: {days: {holidays: {country: DE}}}')).toEqual([
      expect.stringMatching(
        /^1: calendar "days": holidays need the package date-holidays, which is not installed .*npm install date-holidays/,
      ),
    ]);
  });
});

const why =
  holidays === undefined ? ' (date-holidays is not installed: npm install --no-save date-holidays)' : '';

describe.skipIf(holidays === undefined)(`holidays of a country${why}`, () => {
  it('are those of a state, and leave out what only some keep', async () => {
    const calendars =
      'calendars: {days: {weekdays: mon-fri, without: free}, free: {holidays: {country: DE, state: BY}}}';
    // 2026-01-01 and 2026-01-06 are free in Bavaria.
    expect(await daysAfter('2025-12-31', calendars, 3)).toEqual(['2026-01-02', '2026-01-05', '2026-01-07']);
  });

  it('are of no country that nobody knows', async () => {
    expect(await problemsOf('calendars: {days: {holidays: {country: XX}}}')).toEqual([
      expect.stringMatching(/^1: calendar "days": "XX" is not a country with known holidays/),
    ]);
  });
});
