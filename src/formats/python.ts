/** A Python file that carries its own schedule → a timetable with one task. Loads no YAML parser. */
import { basename } from 'node:path';
import type { Schedule } from '../model/schedule.js';
import type { Target } from '../model/target.js';
import { parseId, slugId, type Task } from '../model/task.js';
import { hasTemplate } from '../model/template.js';
import type { Timetable } from '../model/timetable.js';
import { directoryOf, type ParseOptions } from './detect.js';
import { type Block, findBlock } from './inline-block.js';
import type { Entry, MapNode } from './node.js';
import { flag, json, mapOf, oneOrMore, parsed, readFields, type Shape, text } from './reader.js';
import { completeSchedule, schedule } from './schedule.js';
import { createReport, type Report } from './source.js';
import { NO_SETTING, readSetting, SETTING_KEYS } from './task-setting.js';
import { readToml } from './toml.js';

/** Keys whose value is a schedule, or an object of one with that key. */
const SCHEDULE_KEYS = ['when', 'schedule', 'schedules'] as const;
const RULE_KEYS = ['cron', 'every', 'daily', 'at'] as const;

/** Nothing in such a file is a template. */
const OWN_SETTINGS = SETTING_KEYS.filter((key) => key !== 'read-env');

export const PYTHON_TASK: Shape = {
  what: 'a task block',
  keys: ['id', 'name', 'description', 'enabled', ...SCHEDULE_KEYS, ...RULE_KEYS, 'options', ...OWN_SETTINGS],
  foreign: {
    dependencies: 'They stand in a block of their own: # /// script.',
    'requires-python': 'It stands in a block of its own: # /// script.',
    kwargs: 'Write a table [options].',
    args: 'Write a table [options]; run() gets it as named arguments.',
    run: 'The task is the file itself: its function run, else the whole file.',
  },
};

/**
 * Read a Python file: `# /// task` … `# ///` holds TOML with schedule, environment and options of the file.
 *
 * A file without such a block is a task without a schedule. The code itself is not looked at.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID` with all problems of the block.
 */
export function parsePython(pythonText: string, options: ParseOptions): Timetable {
  const report = createReport(options.file, pythonText);
  const { timetable } = readPython(report, options);
  report.check();
  return timetable;
}

/** Read as much of the block as can be read; the report knows what is wrong with the rest. */
export function readPython(
  report: Report,
  options: ParseOptions,
): { readonly root: MapNode | undefined; readonly timetable: Timetable } {
  const { file } = options;
  const block = findBlock('task', report);
  const root = block === undefined ? emptyBlock() : readToml(block, report);
  const task = root && readTask(root, block, { file, directory: directoryOf(options) }, report);
  const tasks = task === undefined ? [] : [task];
  return { root, timetable: { namespace: undefined, author: undefined, tasks, warnings: [] } };
}

/**
 * The `dependencies` of a PEP 723 block (`# /// script`), as written.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID` when the block is not TOML or they are not a list of texts.
 */
export function pythonDependencies(pythonText: string, file = 'script.py'): readonly string[] {
  const report = createReport(file, pythonText);
  const block = findBlock('script', report);
  const root = block && readToml(block, report);
  const node = root?.entries.find(({ key }) => key === 'dependencies')?.value;
  const dependencies = node && oneOrMore(text)(node, report);
  report.check();
  return dependencies ?? [];
}

function emptyBlock(): MapNode {
  return { kind: 'map', at: 0, entries: [] };
}

function readTask(
  root: MapNode,
  block: Block | undefined,
  { file, directory }: { readonly file: string; readonly directory: string | undefined },
  report: Report,
): Task | undefined {
  const fields = readFields(root, PYTHON_TASK, report);
  if (fields === undefined) return undefined;
  const { tz, jitterMs, readEnv: _, ...setting } = readSetting(fields, NO_SETTING, directory, report);
  for (const key of ['tz', 'cwd']) checkPlain(fields.entry(key), report);
  const kwargs = fields.read('options', mapOf(json)) ?? {};
  const schedules = [
    ...SCHEDULE_KEYS.flatMap((key) => fields.read(key, oneOrMore(schedule)) ?? []),
    ...RULE_KEYS.flatMap((key) => ruleOf(fields.entry(key), report) ?? []),
  ];
  const target: Target = {
    kind: 'python-file',
    path: file,
    func: undefined,
    words: [],
    call: { args: [], kwargs },
  };
  return {
    ...setting,
    id:
      fields.read(
        'id',
        parsed((id) => parseId(id, 'task')),
      ) ?? slugId(basename(file, '.py')),
    name: fields.read('name', text),
    description: fields.read('description', text),
    enabled: fields.read('enabled', flag) ?? true,
    schedules: schedules.map((one) => completeSchedule(one, { tz, jitterMs })),
    steps: [{ name: undefined, target, when: true, env: {} }],
    location: report.source.locate(block?.at ?? 0),
  };
}

/** Templates are evaluated in timetables only. */
function checkPlain(entry: Entry | undefined, report: Report): void {
  if (entry?.value.kind !== 'scalar' || !hasTemplate(entry.value.text)) return;
  report.problem(
    entry.value.at,
    'there are no templates in a Python file',
    'Write a timetable that runs it.',
  );
}

/** `cron = "…"` is the schedule `{cron: "…"}`. */
function ruleOf(entry: Entry | undefined, report: Report): Schedule | undefined {
  if (entry === undefined) return undefined;
  return schedule({ kind: 'map', at: entry.value.at, entries: [entry] }, report);
}
