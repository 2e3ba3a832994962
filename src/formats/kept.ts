/** Tasks as JSON, one by one → a timetable: the same reader, the same findings; their places are paths in each task. */
import { type Problem, SupertaskError } from '../errors.js';
import type { TaskForm } from '../model/kept-job.js';
import type { Timetable } from '../model/timetable.js';
import { readDocument } from './document.js';
import { type Entry, mapNode, type Node } from './node.js';
import { createValueReport, type ValueReport } from './value.js';

export type KeptInspection = {
  /** As far as they can be read; each task in it is whole where no problem is in it. */
  readonly timetable: Timetable;
  /** The `file` of each place is the id of the job, its `path` begins with `task`. */
  readonly problems: readonly Problem[];
};

/**
 * Read tasks that stand beside each other.
 *
 * @param forms - By id; each as a timetable has it under `tasks: ID:`.
 * @param directory - Absolute; what a relative `cwd` counts from. Undefined: relative ones are refused.
 */
export function inspectTasks(
  forms: Iterable<readonly [string, TaskForm]>,
  directory: string | undefined,
): KeptInspection {
  const report = createValueReport('jobs');
  try {
    const root = rootOf(forms, report);
    const { timetable } = readDocument(report, { file: 'jobs', directory }, () => root);
    return { timetable, problems: report.problems() };
  } catch (error) {
    // There are too many to go on.
    if (!(error instanceof SupertaskError)) throw error;
    const timetable = { namespace: undefined, author: undefined, tasks: [], warnings: [] };
    return { timetable, problems: error.problems };
  }
}

function rootOf(forms: Iterable<readonly [string, TaskForm]>, report: ValueReport): Node {
  const at = report.placeOf({ file: 'jobs', path: '' });
  const entries: Entry[] = [...forms].map(([id, form]) => {
    const place = { file: id, path: 'task' };
    return { key: id, keyAt: report.placeOf(place), value: report.nodes(form, place) };
  });
  const tasks = mapNode(at, entries, report);
  return mapNode(at, [{ key: 'tasks', keyAt: at, value: tasks }], report);
}
