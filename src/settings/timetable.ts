/** Finds the timetable of a directory. */
import { findUp } from './load.js';

const TIMETABLE_FILES = ['supertask.yaml', 'supertask.yml', 'supertask.json'];

/** The timetable of this directory or the nearest parent; undefined when there is none. */
export async function findTimetable(cwd: string): Promise<string | undefined> {
  if (findUp(cwd, TIMETABLE_FILES) === undefined) return undefined;
  const { cosmiconfig } = await import('cosmiconfig');
  const explorer = cosmiconfig('supertask', {
    searchPlaces: TIMETABLE_FILES,
    stopDir: '/',
    searchStrategy: 'global',
    // Finding is what is asked for: the timetable's own reader gives better errors than a loader here.
    loaders: { '.yaml': () => true, '.yml': () => true, '.json': () => true },
  });
  return (await explorer.search(cwd))?.filepath;
}
