/** The root node of a file → a timetable: everything that YAML and JSON have in common. */
import { parseId, type Task } from '../model/task.js';
import type { Timetable } from '../model/timetable.js';
import { checkTriggers, type TriggerNote } from './action.js';
import { isJobList, readJobList } from './apscheduler/job.js';
import { AUTHORSHIP, readAuthor } from './author.js';
import { calendars } from './calendar.js';
import { directoryOf, type ParseOptions } from './detect.js';
import { checkDependencies, pools } from './gate.js';
import { describe, type ListNode, type MapNode, type Node } from './node.js';
import { tables } from './param.js';
import { type Fields, mismatch, parsed, type Reader, readFields, type Shape, text } from './reader.js';
import { createReport, type Report } from './source.js';
import { readCanonicalTask, readConciseTask, type TaskContext } from './task.js';
import { NO_SETTING, readSetting, SETTING_KEYS, type TaskSetting } from './task-setting.js';

/** A file may have this many tasks. */
export const MAX_TASKS = 20_000;
const TYPE = 'supertask-timetable';
const VERSION = 1;

export const TIMETABLE: Shape = {
  what: 'a timetable',
  keys: ['meta', 'defaults', 'calendars', 'tables', 'pools', 'tasks'],
  foreign: {
    jobs: 'Write tasks:.',
    calendar: 'Write calendars: {NAME: […]}.',
    table: 'Write tables: {NAME: {ROW: {…}}}.',
    params: 'Parameters belong to a task: tasks: {NAME: {params: …}}.',
    env: 'Write defaults: {env: {…}}.',
    secrets: 'Write defaults: {secrets: [NAME]}.',
    tz: 'Write defaults: {tz: …}.',
    namespace: 'Write meta: {namespace: …}.',
    version: 'Write meta: {version: 1}.',
  },
  // For anchors that tasks share, and for editors.
  ignored: /^(?:x-.*|\$schema)$/,
};

export const META: Shape = {
  what: 'meta',
  keys: ['type', 'version', 'namespace', 'name', 'description', ...AUTHORSHIP],
};

export const DEFAULTS: Shape = { what: 'defaults', keys: SETTING_KEYS };

/**
 * Parse a whole timetable.
 *
 * @param readRoot - Knows the notation; gives `undefined` for an empty text and after a mistake that ends all reading.
 * @throws {SupertaskError} `TIMETABLE_INVALID` with all problems.
 */
export function parseDocument(
  written: string,
  options: ParseOptions,
  readRoot: (report: Report) => Node | undefined,
): Timetable {
  const report = createReport(options.file, written);
  const { timetable } = readDocument(report, options, readRoot);
  report.check();
  return timetable;
}

/**
 * Read as much of a timetable as can be read; the report knows what is wrong with the rest.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID` when there is nothing at all to read.
 */
export function readDocument(
  report: Report,
  options: ParseOptions,
  readRoot: (report: Report) => Node | undefined,
): { readonly root: Node | undefined; readonly timetable: Timetable } {
  const directory = directoryOf(options);
  const root = readRoot(report);
  // Mistakes in the notation come first; without a root there is nothing more to find.
  if (root === undefined) {
    report.check();
    report.problem(0, 'the file is empty', 'A timetable starts with tasks:.');
  }
  if (root !== undefined && isJobList(root)) return { root, timetable: readJobs(root, report) };
  const fields = root && readFields(root, TIMETABLE, report);
  const meta = fields?.read('meta', (node) => readFields(node, META, report));
  const defaults = fields?.read('defaults', defaultSetting(directory)) ?? NO_SETTING;
  const named = fields?.read('calendars', calendars(directory));
  const found = fields?.read('tables', tables);
  const triggers: TriggerNote[] = [];
  const context = {
    defaults,
    directory,
    pools: fields?.read('pools', pools) ?? {},
    afterAt: new Map<string, number>(),
    noteTrigger: (each: TriggerNote) => void triggers.push(each),
    args: options.args,
    ...(found === undefined ? {} : { tables: found }),
  };
  const timetable = {
    ...(meta === undefined ? { namespace: undefined, author: undefined } : readMeta(meta, report)),
    tasks: fields === undefined ? [] : readTasks(fields, context, report),
    ...(named === undefined ? {} : { calendars: named }),
    warnings: report.warnings(),
  };
  checkTriggers(triggers, timetable.tasks, report);
  return { root, timetable };
}

/** APScheduler's list of jobs. */
function readJobs(root: ListNode, report: Report): Timetable {
  if (isTooLong(root, root.items.length, report)) return { ...EMPTY };
  const timetable = readJobList(root, report);
  const ids = root.items.flatMap((item) => idOf(valueAt(item, 'id')));
  checkIds(ids, 'job', report);
  return timetable;
}

const EMPTY: Timetable = { namespace: undefined, author: undefined, tasks: [], warnings: [] };

function isTooLong(node: Node, count: number, report: Report): boolean {
  if (count <= MAX_TASKS) return false;
  const hint = `A timetable has at most ${MAX_TASKS} tasks; split it.`;
  report.problem(node.at, `there are too many tasks: ${count}`, hint);
  return true;
}

function readMeta(meta: Fields, report: Report): Pick<Timetable, 'namespace' | 'author'> {
  const type = meta.entry('type');
  const kind = meta.read('type', text);
  if (type !== undefined && kind !== undefined && kind !== TYPE) {
    report.problem(type.value.at, `the type ${JSON.stringify(kind)} is not ${TYPE}`, `Write type: ${TYPE}.`);
  }
  const version = meta.entry('version')?.value;
  if (version !== undefined && (version.kind !== 'scalar' || version.value !== VERSION)) {
    const hint = `This supertask reads version ${VERSION}. A newer supertask may read others.`;
    report.problem(version.at, `expected timetable version ${VERSION}, found ${describe(version)}`, hint);
  }
  meta.read('name', text);
  meta.read('description', text);
  const namespace = meta.read(
    'namespace',
    parsed((id) => parseId(id, 'namespace')),
  );
  return { namespace, author: readAuthor(meta) };
}

function defaultSetting(directory: string | undefined): Reader<TaskSetting> {
  return (node, report) => {
    const fields = readFields(node, DEFAULTS, report);
    return fields && readSetting(fields, NO_SETTING, directory, report);
  };
}

function readTasks(fields: Fields, context: TaskContext, report: Report): readonly Task[] {
  const node = fields.entry('tasks')?.value;
  if (node === undefined) {
    report.problem(fields.at, 'there are no tasks', 'Write tasks: and below it id: {when: …, run: …}.');
    return [];
  }
  if (node.kind === 'scalar' || node.kind === 'broken') {
    return (
      mismatch(node, 'a map or a list of tasks', 'Write id: {when: …, run: …} below tasks:.', report) ?? []
    );
  }
  const count = node.kind === 'map' ? node.entries.length : node.items.length;
  // Where a task could not be read at all, that is the problem.
  if (count === 0 && report.isClean()) {
    report.problem(node.at, 'there are no tasks', 'Write id: {when: …, run: …} below tasks:.');
  }
  if (isTooLong(node, count, report)) return [];
  const read =
    node.kind === 'map'
      ? node.entries.map((entry) => readConciseTask(entry, context, report))
      : node.items.map((item) => readCanonicalTask(item, context, report));
  checkIds(idsOf(node), 'task', report);
  const tasks = read.filter((task) => task !== undefined);
  checkDependencies(tasks, context.afterAt, report);
  return tasks;
}

/** Ids name files: where capitals do not count, `Backup` and `backup` would be one. */
function checkIds(ids: readonly Id[], what: 'task' | 'job', report: Report): void {
  const seen = new Map<string, Id>();
  for (const id of ids) {
    const earlier = seen.get(id.text.toLowerCase());
    if (earlier === undefined) {
      seen.set(id.text.toLowerCase(), id);
      continue;
    }
    const { line, column } = report.source.locate(earlier.at);
    const twins =
      earlier.text === id.text ? 'is' : `differs only in capitals from "${earlier.text}", which is`;
    const message = `the ${what} id "${id.text}" ${twins} given already at ${line}:${column}`;
    report.problem(id.at, message, 'Rename one of them.');
  }
}

type Id = { readonly text: string; readonly at: number };

function idsOf(tasks: MapNode | ListNode): readonly Id[] {
  if (tasks.kind === 'map') return tasks.entries.map(({ key, keyAt }) => ({ text: key, at: keyAt }));
  return tasks.items.flatMap((item) => {
    return idOf(valueAt(valueAt(item, 'meta'), 'id'));
  });
}

function idOf(id: Node | undefined): readonly Id[] {
  return id?.kind === 'scalar' && id.value !== null ? [{ text: id.text, at: id.at }] : [];
}

function valueAt(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}
