/** Puts the calendars of a timetable in place of their names: reads the files and packages they come from. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Location, type Problem, SupertaskError } from '../errors.js';
import { type Calendar, withoutDays } from '../model/calendar.js';
import type { CalendarSource } from '../model/calendar-source.js';
import type { Schedule } from '../model/schedule.js';
import { suggest } from '../model/suggest.js';
import type { Timetable } from '../model/timetable.js';

/** How calendars get at what is outside. */
export type CalendarParts = {
  /** @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` */
  readonly readText: (path: string) => string;
  /** Where packages are looked for beside supertask's own. */
  readonly directory: string;
};

/**
 * The same timetable, its schedules with the calendars that they name.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` for names that are not defined and calendars that cannot be read,
 *   `FILE_NOT_FOUND`, `FILE_UNREADABLE`; with several problems, all of them.
 */
export async function withCalendars(timetable: Timetable, parts: CalendarParts): Promise<Timetable> {
  const sources = new Map(Object.entries(timetable.calendars ?? {}));
  const problems: Problem[] = [];
  const find = createFinder(sources, parts);
  const bind = async (schedule: Schedule, location: Location | undefined): Promise<Schedule> => {
    if (typeof schedule.calendar !== 'string') return schedule;
    try {
      return { ...schedule, calendar: await find(schedule.calendar, []) };
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      problems.push(
        ...error.problems.map((problem) => ({ ...problem, location: problem.location ?? location })),
      );
      return schedule;
    }
  };
  // Those that no schedule names are read all the same: a mistake in them is one.
  for (const [name, { location }] of sources) await bind({ ...NAMELESS, calendar: name }, location);
  const tasks = [];
  for (const task of timetable.tasks) {
    const schedules = [];
    for (const schedule of task.schedules) schedules.push(await bind(schedule, task.location));
    tasks.push(Object.assign({}, task, { schedules }));
  }
  const [first] = problems;
  if (first === undefined) return { ...timetable, tasks };
  throw new SupertaskError(first.code, first.message, { ...first, problems: distinct(problems) });
}

const NAMELESS: Schedule = { text: '', rule: { kind: 'once' }, tz: undefined, enabled: true };

/** Of one calendar that many schedules name, one mistake is told. */
function distinct(problems: readonly Problem[]): Problem[] {
  const byPlace = new Map(
    problems.map((problem) => [JSON.stringify([problem.message, problem.location]), problem]),
  );
  return [...byPlace.values()];
}

type Find = (name: string, within: readonly string[]) => Promise<Calendar>;

function createFinder(sources: ReadonlyMap<string, CalendarSource>, parts: CalendarParts): Find {
  const found = new Map<string, Promise<Calendar>>();
  const make = async (name: string, within: readonly string[]): Promise<Calendar> => {
    const source = sources.get(name);
    if (source === undefined) throw unknown(name, [...sources.keys()]);
    const own = await loadDays(name, source, parts);
    if (source.without === undefined) return own;
    if (source.without === name || within.includes(source.without)) {
      throw invalid(`calendar "${name}" leaves itself out`, 'Break the circle of without.', source.location);
    }
    return withoutDays(name, own, await find(source.without, [...within, name]));
  };
  const find: Find = (name, within) => {
    const known = found.get(name) ?? make(name, within);
    found.set(name, known);
    return known;
  };
  return find;
}

async function loadDays(name: string, source: CalendarSource, parts: CalendarParts): Promise<Calendar> {
  const { days, location } = source;
  switch (days.kind) {
    case 'days':
      return days.calendar;
    case 'ics': {
      const { parseIcs } = await import('../model/calendar-ics.js');
      return placed(location, () => parseIcs(name, parts.readText(days.path)));
    }
    case 'holidays':
      return holidayCalendar(name, days, await loadHolidays(name, location, parts), location);
  }
}

/** What a reader throws, at the place of the calendar. */
function placed<T>(location: Location | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw new SupertaskError(error.code, error.message, { hint: error.hint, location, cause: error });
  }
}

/** The part of `date-holidays` that is used. */
type Holidays = {
  getCountries(): Readonly<Record<string, string>>;
  getStates(country: string): Readonly<Record<string, string>> | undefined;
  getHolidays(
    year: number,
  ): readonly { readonly date: string; readonly type: string; readonly start: Date; readonly end: Date }[];
};
type HolidaysClass = new (country?: string, state?: string, region?: string) => Holidays;

const PACKAGE = 'date-holidays';

/** The package is large and few need it, so it is installed by those who do: beside supertask, or beside the timetable. */
async function loadHolidays(
  name: string,
  location: Location | undefined,
  { directory }: CalendarParts,
): Promise<HolidaysClass> {
  const near = createRequire(pathToFileURL(`${directory}/timetable`));
  const places = [() => PACKAGE, () => pathToFileURL(near.resolve(PACKAGE)).href];
  for (const place of places) {
    try {
      const loaded: { default: HolidaysClass } = await import(place());
      return loaded.default;
    } catch {
      // Looked for in the next place.
    }
  }
  const hint = `Install it: npm install ${PACKAGE} (in ${directory}), or npm install -g ${PACKAGE}.`;
  throw invalid(
    `calendar "${name}": holidays need the package ${PACKAGE}, which is not installed`,
    hint,
    location,
  );
}

function holidayCalendar(
  name: string,
  { country, state, region }: Extract<CalendarSource['days'], { kind: 'holidays' }>,
  Package: HolidaysClass,
  location: Location | undefined,
): Calendar {
  const all = new Package();
  const countries = Object.keys(all.getCountries());
  if (!countries.includes(country)) throw wrongCode(name, 'country', country, countries, location);
  const states = Object.keys(all.getStates(country) ?? {});
  if (state !== undefined && !states.includes(state)) throw wrongCode(name, 'state', state, states, location);
  const holidays = state === undefined ? new Package(country) : new Package(country, state, region);
  const years = new Map<string, ReadonlySet<string>>();
  return {
    name,
    includes(date) {
      const year = date.slice(0, 4);
      const days = years.get(year) ?? daysOf(holidays, Number(year));
      years.set(year, days);
      return days.has(date);
    },
  };
}

const DAY_MS = 86_400_000;

/** Days on which offices are closed; a holiday may be longer than a day. */
function daysOf(holidays: Holidays, year: number): ReadonlySet<string> {
  const days = new Set<string>();
  for (const { date, type, start, end } of holidays.getHolidays(year)) {
    if (type !== 'public') continue;
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
    for (let day = 0; day < length; day++)
      days.add(new Date(first + day * DAY_MS).toISOString().slice(0, 10));
  }
  return days;
}

function wrongCode(
  name: string,
  what: 'country' | 'state',
  code: string,
  known: readonly string[],
  location: Location | undefined,
): SupertaskError {
  const near = suggest(code, known);
  const hint = near === undefined ? `Use one of: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return invalid(`calendar "${name}": "${code}" is not a ${what} with known holidays`, hint, location);
}

function unknown(name: string, known: readonly string[]): SupertaskError {
  const near = suggest(name, known);
  const names =
    known.length === 0 ? 'None is defined: add it under calendars.' : `Known: ${known.join(', ')}.`;
  return invalid(
    `there is no calendar "${name}"`,
    near === undefined ? names : `Did you mean ${near}?`,
    undefined,
  );
}

function invalid(message: string, hint: string, location: Location | undefined): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', message, { hint, location });
}
