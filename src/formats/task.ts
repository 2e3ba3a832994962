/** Nodes → tasks, in both forms: the canonical `meta`/`on`/`steps` and the concise `when`/`run`. */
import { suggest } from '../model/suggest.js';
import { parseId, type Step, type Task } from '../model/task.js';
import { READY_MADE_NAMES, secretVariables } from '../model/uses/table.js';
import { AUTHORSHIP, readAuthor } from './author.js';
import { describe, type Entry, type Node } from './node.js';
import {
  attempt,
  type Fields,
  flag,
  listOf,
  oneOrMore,
  parsed,
  readFields,
  type Shape,
  text,
} from './reader.js';
import { readyMadeOf, refuseWith } from './ready-made.js';
import { completeSchedule, schedule } from './schedule.js';
import type { Report } from './source.js';
import { step } from './step.js';
import { readSetting, SETTING_KEYS, type TaskSetting } from './task-setting.js';

/** What tasks of one file share. */
export type TaskContext = {
  readonly defaults: TaskSetting;
  /** Absolute; what a relative `cwd` counts from. */
  readonly directory: string | undefined;
};

/** What both forms come down to. */
type Body = Pick<Task, 'id' | 'name' | 'description' | 'enabled' | 'schedules'> & {
  readonly steps: readonly Step[];
};

const RUN_HINT = 'Say what to run, for example run: "cmd:echo hello".';

export const CONCISE_TASK: Shape = {
  what: 'a task',
  keys: ['name', 'description', 'enabled', 'when', 'run', 'uses', 'with', ...SETTING_KEYS],
  foreign: {
    steps: 'Write run: and a list of steps.',
    on: 'Write when: and a schedule, or a list of schedules.',
    schedule: 'Write when: and a schedule, or a list of schedules.',
    schedules: 'Write when: and a schedule, or a list of schedules.',
    cron: 'Write when: "*/5 * * * *".',
    every: 'Write when: every 10s.',
    command: 'Write run: "cmd:…".',
    cmd: 'Write run: "cmd:…".',
    exec: 'Write run: {exec: [PROGRAM, ARGUMENT]}.',
    id: 'The key of a task in the map is its id.',
    meta: 'In a map of tasks, name, description and enabled stand in the task itself.',
    disabled: 'Write enabled: false.',
    if: 'A task has enabled: true or false; its steps have if.',
  },
};

export const CANONICAL_TASK: Shape = {
  what: 'a task in a list',
  keys: ['meta', 'on', 'steps', ...SETTING_KEYS],
  foreign: {
    id: 'In a list of tasks, the id stands in meta: {id: …}.',
    name: 'In a list of tasks, the name stands in meta: {name: …}.',
    when: 'In a list of tasks, write on: {schedule: […]}. A map of tasks (id: {when, run}) is shorter.',
    run: 'In a list of tasks, write steps: [{run: …}]. A map of tasks (id: {when, run}) is shorter.',
  },
};

export const TASK_META: Shape = {
  what: 'meta of a task',
  keys: ['id', 'name', 'description', 'enabled', ...AUTHORSHIP],
};

export const ON: Shape = {
  what: 'on',
  keys: ['schedule'],
  foreign: {
    schedules: 'Write schedule: […].',
    cron: 'Write schedule: [{cron: …}].',
    every: 'Write schedule: [{every: …}].',
  },
};

/** One entry of the map form: the key is the id. */
export function readConciseTask(entry: Entry, context: TaskContext, report: Report): Task | undefined {
  const id = attempt(() => parseId(entry.key, 'task'), entry.keyAt, report);
  const fields = readFields(entry.value, CONCISE_TASK, report);
  if (fields === undefined) return undefined;
  const body = {
    id: id ?? entry.key,
    name: fields.read('name', text),
    description: fields.read('description', text),
    enabled: fields.read('enabled', flag) ?? true,
    schedules: fields.read('when', oneOrMore(schedule)) ?? [],
    steps: readRun(fields, entry.keyAt, report),
  };
  return finish(body, fields, entry.keyAt, context, report);
}

/** `run`, or a ready-made thing in its place. */
function readRun(fields: Fields, at: number, report: Report): readonly Step[] {
  const uses = fields.entry('uses');
  if (uses === undefined) {
    refuseWith(fields, report);
    checkPresent(fields, 'run', at, report);
    return fields.read('run', oneOrMore(step)) ?? [];
  }
  const found = readyMadeOf(fields, report, { hasEvent: false });
  if (found !== undefined) {
    return found.target === undefined ? [] : [{ name: undefined, target: found.target, when: true, env: {} }];
  }
  const near = uses.value.kind === 'scalar' ? suggest(uses.value.text, READY_MADE_NAMES) : undefined;
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  const hint = `${meant}A task uses one of ${READY_MADE_NAMES.join(', ')}; for others write run: {uses: …, run: …}.`;
  report.problem(uses.value.at, `expected a ready-made thing, found ${describe(uses.value)}`, hint);
  return [];
}

/** One item of the list form. */
export function readCanonicalTask(node: Node, context: TaskContext, report: Report): Task | undefined {
  const fields = readFields(node, CANONICAL_TASK, report);
  if (fields === undefined) return undefined;
  const meta = fields.read('meta', (value) => readFields(value, TASK_META, report));
  if (fields.entry('meta') === undefined || (meta !== undefined && meta.entry('id') === undefined)) {
    report.problem(meta?.at ?? node.at, 'a task lacks an id', 'Write meta: {id: NAME}.');
  }
  if (meta !== undefined) readAuthor(meta);
  const on = fields.read('on', (value) => readFields(value, ON, report));
  const body = {
    id:
      meta?.read(
        'id',
        parsed((id) => parseId(id, 'task')),
      ) ?? '',
    name: meta?.read('name', text),
    description: meta?.read('description', text),
    enabled: meta?.read('enabled', flag) ?? true,
    schedules: on?.read('schedule', oneOrMore(schedule)) ?? [],
    steps: fields.read('steps', listOf(step)) ?? [],
  };
  checkPresent(fields, 'steps', node.at, report);
  return finish(body, fields, meta?.entry('id')?.value.at ?? node.at, context, report);
}

function checkPresent(fields: Fields, key: 'run' | 'steps', at: number, report: Report): void {
  const entry = fields.entry(key);
  if (entry === undefined) report.problem(at, `a task lacks "${key}"`, RUN_HINT);
  if (entry?.value.kind !== 'list' || entry.value.items.length > 0) return;
  report.problem(entry.value.at, `"${key}" is an empty list`, RUN_HINT);
}

function finish(
  body: Body,
  fields: Fields,
  at: number,
  context: TaskContext,
  report: Report,
): Task | undefined {
  const { tz, jitterMs, ...setting } = readSetting(fields, context.defaults, context.directory, report);
  const [first, ...others] = body.steps;
  if (first === undefined) return undefined;
  const secrets = body.steps.flatMap(({ target }) => (target.kind === 'uses' ? secretVariables(target) : []));
  return {
    ...body,
    ...setting,
    secrets: [...new Set([...setting.secrets, ...secrets])],
    schedules: body.schedules.map((one) => completeSchedule(one, { tz, jitterMs })),
    steps: [first, ...others],
    location: report.source.locate(at),
  };
}
