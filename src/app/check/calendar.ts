/** The calendars of a timetable, as far as they can be had. */
import { type Problem, SupertaskError } from '../../errors.js';
import type { Schedule } from '../../model/schedule.js';
import type { Timetable } from '../../model/timetable.js';
import { nameCalendars } from '../calendar-name.js';

type Named = { readonly timetable: Timetable; readonly problems: readonly Problem[] };

/** Gives the text of a file. @throws {SupertaskError} */
type Read = (path: string) => string;

/**
 * Put calendars in place of their names; schedules whose calendar cannot be had are disabled.
 *
 * @param read - Default: what the machine has.
 */
export async function withKnownCalendars(
  timetable: Timetable,
  directory: string,
  read?: Read,
): Promise<Named> {
  const attempt = (tried: Timetable): Promise<Named> => nameKnown(tried, directory, read);
  const whole = await attempt(timetable);
  if (whole.problems.length === 0) return whole;
  const names = new Set(
    timetable.tasks.flatMap(({ schedules }) => schedules.flatMap(({ calendar }) => nameOf(calendar) ?? [])),
  );
  const broken = new Set<string>();
  for (const name of names) {
    if ((await attempt(only(name, timetable))).problems.length > 0) broken.add(name);
  }
  const disable = (schedule: Schedule): Schedule => {
    if (!broken.has(nameOf(schedule.calendar) ?? '')) return schedule;
    const { calendar: _, ...rest } = schedule;
    return { ...rest, enabled: false };
  };
  const tasks = timetable.tasks.map((task) => ({ ...task, schedules: task.schedules.map(disable) }));
  const calendars = withoutOthers(
    timetable,
    [...names].filter((name) => !broken.has(name)),
  );
  const { timetable: rest } = await attempt({ ...timetable, tasks, calendars });
  return { timetable: rest, problems: whole.problems };
}

async function nameKnown(timetable: Timetable, directory: string, read?: Read): Promise<Named> {
  try {
    return { timetable: await nameCalendars(timetable, directory, read), problems: [] };
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return { timetable, problems: error.problems };
  }
}

/** A timetable of nothing but one calendar and those that it leaves out. */
function only(name: string, timetable: Timetable): Timetable {
  const schedules = timetable.tasks.flatMap((task) => task.schedules);
  const user = schedules.filter(({ calendar }) => calendar === name).slice(0, 1);
  const tasks = timetable.tasks.slice(0, 1).map((task) => ({ ...task, schedules: user }));
  return { ...timetable, tasks, calendars: withoutOthers(timetable, [name]) };
}

function withoutOthers(
  { calendars = {} }: Timetable,
  names: readonly string[],
): Timetable['calendars'] & object {
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const without = calendars[name]?.without;
    if (without !== undefined) need(without);
  };
  for (const name of names) need(name);
  return Object.fromEntries(Object.entries(calendars).filter(([name]) => needed.has(name)));
}

function nameOf(calendar: Schedule['calendar']): string | undefined {
  return typeof calendar === 'string' ? calendar : undefined;
}
