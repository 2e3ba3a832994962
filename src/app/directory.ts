/** All timetables below a directory as one, in which the ids of tasks begin with the paths of their files. */
import { dirname, relative, sep } from 'node:path';
import { type Location, type Problem, SupertaskError } from '../errors.js';
import type { Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import { fingerprint, MAX_FILE_BYTES, readText } from './text-file.js';
import { beginningOf, isTimetable, listTree } from './tree.js';

/** A timetable that was found below a directory. */
type Found = { readonly file: string; readonly text: string };

/** One file, read. */
export type Part = { readonly file: string; readonly timetable: Timetable };

/** As long as an id of a job may be; longer ones say little. */
const MAX_ID = 100;

/**
 * Find the timetables and self-describing scripts in a directory and below.
 *
 * @param files - Takes what was looked at, as it looked then.
 * @throws {SupertaskError} `FILE_NOT_FOUND` when there is none; `FILE_UNREADABLE`, with all that cannot be read.
 */
export function findTimetables(directory: string, files = new Map<string, string>()): readonly Found[] {
  const problems: Problem[] = [];
  const found = listTree(directory).files.flatMap((file): Found[] => {
    files.set(file, fingerprint(file));
    try {
      // What is too large to be a timetable is told only where it is meant as one.
      const size = Number(files.get(file)?.split(':')[2] ?? 0);
      if (size > MAX_FILE_BYTES && !isTimetable(file, beginningOf(file))) return [];
      const text = readText(file);
      return isTimetable(file, text) ? [{ file, text }] : [];
    } catch (error) {
      problems.push(...problemsOf(error));
      return [];
    }
  });
  throwAll(problems);
  if (found.length > 0) return found;
  throw new SupertaskError('FILE_NOT_FOUND', `there is no timetable in ${directory}`, {
    hint: 'A timetable has tasks: on top, a script a block # /// task. Make one: supertask init',
  });
}

/**
 * Read the timetables below a directory as one.
 *
 * @param parse - Reads one of them.
 * @throws {SupertaskError} With everything that is wrong with any of them.
 */
export async function loadDirectory(
  directory: string,
  files: Map<string, string>,
  parse: (found: Found) => Promise<Timetable>,
): Promise<Timetable> {
  const problems: Problem[] = [];
  const parts: Part[] = [];
  for (const found of findTimetables(directory, files)) {
    try {
      parts.push({ file: found.file, timetable: await parse(found) });
    } catch (error) {
      problems.push(...problemsOf(error));
    }
  }
  throwAll(problems);
  throwAll(findClashes(directory, parts));
  return {
    namespace: parts.find(({ timetable }) => timetable.namespace !== undefined)?.timetable.namespace,
    author: parts.find(({ timetable }) => timetable.author !== undefined)?.timetable.author,
    tasks: parts.flatMap(({ file, timetable }) =>
      timetable.tasks.map((task) => placed(task, file, directory)),
    ),
    warnings: parts.flatMap(({ timetable }) => timetable.warnings),
  };
}

/**
 * The id of a task among all below a directory: `x` of `db/backup.yaml` → `db.backup.x`, `db/clean.py` → `db.clean`.
 *
 * A script is its own task, and `supertask.yaml` adds nothing to its directory. What ids may not have becomes `-`.
 */
function idBelow(directory: string, file: string, id: string, isScript = false): string {
  const names = relative(directory, file).split(sep);
  const last = names.pop()?.replace(/\.(?:ya?ml|json|py)$/i, '') ?? '';
  const isNamed = isScript || last === 'supertask';
  return [...names, ...(isNamed ? [] : [last])].map(cleanName).concat(id).join('.');
}

/** What keeps timetables below a directory from being one, each with its places. */
export function findClashes(directory: string, parts: readonly Part[]): readonly Problem[] {
  const tasks = parts.flatMap(({ file, timetable }) => timetable.tasks.map((task) => ({ file, task })));
  return [...clashingIds(directory, tasks), ...clashingNamespaces(parts), ...clashingPools(tasks)];
}

type Placed = { readonly file: string; readonly task: Task };

function clashingIds(directory: string, tasks: readonly Placed[]): Problem[] {
  const seen = new Map<string, Placed>();
  return tasks.flatMap(({ file, task }): Problem[] => {
    const id = idOfPlaced(task, file, directory);
    const location = task.location ?? { file };
    if (id.length > MAX_ID) {
      const hint = 'Shorten the names of its directories, or name a directory further below.';
      const message = `the id ${id} has more than ${MAX_ID} characters`;
      return [{ code: 'ID_INVALID', message, hint, location }];
    }
    // Ids name files, where capitals may not count.
    const other = seen.get(id.toLowerCase());
    if (other === undefined) {
      seen.set(id.toLowerCase(), { file, task });
      return [];
    }
    const where = placeOf(other.task.location ?? { file: other.file });
    const message = `two tasks are called ${id}: the other is at ${where}`;
    const hint = 'Ids are paths without extensions; rename a file, or a task in it.';
    return [{ code: 'TIMETABLE_INVALID', message, hint, location }];
  });
}

function clashingNamespaces(parts: readonly Part[]): Problem[] {
  const [first, ...others] = parts.filter(({ timetable }) => timetable.namespace !== undefined);
  return others.flatMap(({ file, timetable: { namespace } }): Problem[] => {
    if (namespace === first?.timetable.namespace) return [];
    const message = `namespace ${namespace}, and ${first?.file} says ${first?.timetable.namespace}`;
    const hint = 'All files of a directory are one namespace; name it in one of them, or in none.';
    return [{ code: 'TIMETABLE_INVALID', message, hint, location: { file } }];
  });
}

/** Pools hold over all tasks of a namespace. */
function clashingPools(tasks: readonly Placed[]): Problem[] {
  const seen = new Map<string, Placed & { readonly max: number }>();
  return tasks.flatMap(({ file, task }) =>
    (task.gate?.pools ?? []).flatMap(({ name, max }): Problem[] => {
      const other = seen.get(name);
      if (other === undefined) seen.set(name, { file, task, max });
      if (other === undefined || other.max === max || other.file === file) return [];
      const message = `pool ${name} has ${max} places, and ${other.max} in ${other.file}`;
      const hint = 'Files of a directory share their pools; give it the same number, or another name.';
      return [{ code: 'TIMETABLE_INVALID', message, hint, location: task.location ?? { file } }];
    }),
  );
}

/** What a task of a file is called among all below a directory. */
export function idOfPlaced(task: Task, file: string, directory: string): string {
  return idBelow(directory, file, task.id, isScript(task, file));
}

/** A task as it is known beside those of other files; what it names in its own file it still finds. */
function placed(task: Task, file: string, directory: string): Task {
  const { gate } = task;
  return {
    ...task,
    id: idOfPlaced(task, file, directory),
    cwd: task.cwd ?? dirname(file),
    ...(gate === undefined
      ? {}
      : {
          gate: {
            ...gate,
            after: gate.after.map((one) => ({ ...one, task: idBelow(directory, file, one.task) })),
          },
        }),
  };
}

/** Whether the file is the task, which is named after it. */
function isScript({ steps: [{ target }] }: Task, file: string): boolean {
  return target.kind === 'python-file' && target.path === file;
}

function cleanName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'x';
}

function placeOf({ file, line, column }: Location): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof SupertaskError) return error.problems;
  throw error;
}

function throwAll(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const message = others.length === 0 ? first.message : `${problems.length} problems in this directory`;
  throw new SupertaskError(first.code, message, { ...first, problems });
}
