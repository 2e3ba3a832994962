/** Nodes → tasks, in both forms: the canonical `meta`/`on`/`steps` and the concise `when`/`run`. */

import type { Action } from '../model/action.js';
import type { Gate } from '../model/gate.js';
import type { Args } from '../model/param.js';
import { suggest } from '../model/suggest.js';
import { parseId, type Step, type Task } from '../model/task.js';
import { hasTemplate } from '../model/template.js';
import { READY_MADE_NAMES, secretVariables } from '../model/uses/table.js';
import { ACTIONS, actionsOf, type Note, type TriggerNote, type WrittenAction } from './action.js';
import { AUTHORSHIP, readAuthor } from './author.js';
import { GATE_KEYS, type Pools, readGate } from './gate.js';
import { describe, type Entry, type Node } from './node.js';
import { params } from './param.js';
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
import { completeSchedule, type Parametrised, scheduleFor } from './schedule.js';
import type { Report } from './source.js';
import { step } from './step.js';
import { readSetting, SETTING_KEYS, type TaskSetting } from './task-setting.js';
import { checkTemplates, type TemplateNodes } from './template.js';

/** What tasks of one file share. */
export type TaskContext = {
  readonly defaults: TaskSetting;
  /** For templates of all tasks. */
  readonly tables?: Task['tables'];
  /** Arguments from the command line. */
  readonly args?: Args | undefined;
  /** Absolute; what a relative `cwd` counts from. */
  readonly directory: string | undefined;
  /** Places that runs share. */
  readonly pools: Pools;
  /** Where tasks say what they come after; filled while they are read. */
  readonly afterAt: Map<string, number>;
  /** Told which task triggers which. */
  readonly noteTrigger: (trigger: TriggerNote) => void;
};

/** What both forms come down to. */
type Body = Pick<Task, 'id' | 'name' | 'description' | 'enabled' | 'schedules'> & {
  readonly steps: readonly Step[];
  readonly actions: readonly WrittenAction[];
};

const RUN_HINT = 'Say what to run, for example run: "cmd:echo hello".';

export const CONCISE_TASK: Shape = {
  what: 'a task',
  keys: [
    'name',
    'description',
    'enabled',
    'params',
    'when',
    'run',
    'steps',
    'uses',
    'with',
    'on',
    ...GATE_KEYS,
    ...SETTING_KEYS,
  ],
  foreign: {
    schedule: 'Write when: and a schedule, or a list of schedules.',
    schedules: 'Write when: and a schedule, or a list of schedules.',
    cron: 'Write when: "*/5 * * * *".',
    every: 'Write when: every 10s.',
    command: 'Write run: "cmd:…".',
    cmd: 'Write run: "cmd:…".',
    exec: 'Write run: {exec: [PROGRAM, ARGUMENT]}.',
    id: 'The key of a task in the map is its id.',
    args: 'A schedule brings arguments: when: {cron: …, args: {…}}. What a task takes stands in params.',
    parameters: 'Write params: {NAME: DEFAULT}.',
    meta: 'In a map of tasks, name, description and enabled stand in the task itself.',
    disabled: 'Write enabled: false.',
    needs: 'Write after: and the id of the other task.',
    depends_on: 'Write after: and the id of the other task.',
    only_if: 'Write only-if.',
    when_idle: 'Write when-idle.',
    max_running: 'Write max-running.',
    skip_duplicate: 'Write skip-duplicate.',
    pools: 'At the top of the file, write pools: {NAME: PLACES}; in a task, pool: NAME.',
    if: 'A task has enabled: true or false; its steps have if.',
  },
};

export const CANONICAL_TASK: Shape = {
  what: 'a task in a list',
  keys: ['meta', 'params', 'on', 'steps', ...GATE_KEYS, ...SETTING_KEYS],
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
  keys: ['schedule', ...ACTIONS.keys],
  foreign: {
    ...ACTIONS.foreign,
    schedule: 'Write schedule: […].',
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
  const start = readStart(id ?? '', fields, context, report);
  const note = noteFrom(id ?? entry.key, context);
  const body = {
    id: id ?? entry.key,
    name: fields.read('name', text),
    description: fields.read('description', text),
    enabled: fields.read('enabled', flag) ?? true,
    schedules: fields.read('when', oneOrMore(scheduleFor(start.parametrised))) ?? [],
    steps: readRun(fields, entry.keyAt, report),
    actions: fields.read('on', (node) => actionsOf(readFields(node, ACTIONS, report), note, report)) ?? [],
  };
  const steps = (fields.entry('run') ?? fields.entry('steps'))?.value;
  return finish(body, start, { fields, steps, at: entry.keyAt }, report);
}

/** `run`, or a list of `steps` or a ready-made thing in its place. */
function readRun(fields: Fields, at: number, report: Report): readonly Step[] {
  const uses = fields.entry('uses');
  const steps = fields.entry('steps');
  const other = steps && (fields.entry('run') ?? uses);
  if (steps !== undefined && other !== undefined)
    report.problem(
      steps.keyAt,
      `"steps" beside "${other.key}"`,
      'Keep one of them: run may be a list of steps, too.',
    );
  if (uses === undefined) {
    refuseWith(fields, report);
    if (steps !== undefined && other === undefined) {
      checkPresent(fields, 'steps', at, report);
      return fields.read('steps', listOf(step)) ?? [];
    }
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
  const id =
    meta?.read(
      'id',
      parsed((written) => parseId(written, 'task')),
    ) ?? '';
  const start = readStart(id, fields, context, report);
  const body = {
    id,
    name: meta?.read('name', text),
    description: meta?.read('description', text),
    enabled: meta?.read('enabled', flag) ?? true,
    schedules: on?.read('schedule', oneOrMore(scheduleFor(start.parametrised))) ?? [],
    steps: fields.read('steps', listOf(step)) ?? [],
    actions: actionsOf(on, noteFrom(id, context), report),
  };
  checkPresent(fields, 'steps', node.at, report);
  const at = meta?.entry('id')?.value.at ?? node.at;
  return finish(body, start, { fields, steps: fields.entry('steps')?.value, at }, report);
}

function noteFrom(from: string, { noteTrigger }: TaskContext): Note {
  return (trigger) => noteTrigger({ from, ...trigger });
}

function checkPresent(fields: Fields, key: 'run' | 'steps', at: number, report: Report): void {
  const entry = fields.entry(key);
  if (entry === undefined) report.problem(at, `a task lacks "${key}"`, RUN_HINT);
  if (entry?.value.kind !== 'list' || entry.value.items.length > 0) return;
  report.problem(entry.value.at, `"${key}" is an empty list`, RUN_HINT);
}

/** What of a task has to be known before its schedules are read. */
type Start = {
  readonly setting: TaskSetting;
  readonly parametrised: Parametrised;
  readonly gate: Gate | undefined;
};

function readStart(id: string, fields: Fields, context: TaskContext, report: Report): Start {
  const setting = readSetting(fields, context.defaults, context.directory, report);
  const wasClean = report.isClean();
  const own = fields.read('params', params) ?? {};
  const isRead = report.isClean() || !wasClean;
  const given = Object.entries(context.args ?? {}).filter(([name]) => Object.hasOwn(own, name));
  const tz = setting.tz !== undefined && hasTemplate(setting.tz) ? setting.tz : undefined;
  const { tables } = context;
  const written = readGate(fields, context.pools, report);
  if (written !== undefined) context.afterAt.set(id, written.afterAt);
  return {
    setting,
    gate: written?.gate,
    parametrised: { id, params: isRead ? own : undefined, tables, given: Object.fromEntries(given), tz },
  };
}

function finish(
  body: Body,
  { setting, parametrised, gate }: Start,
  where: { readonly fields: Fields; readonly steps: Node | undefined; readonly at: number },
  report: Report,
): Task | undefined {
  const { id, name, description, enabled, steps } = body;
  const { tz, jitterMs, readEnv, env, inherit, cwd, labels, policy } = setting;
  const { params: own = {}, tables, tz: template } = parametrised;
  if (!hasStep(steps)) return undefined;
  const common = template === undefined ? tz : undefined;
  const actions = body.actions.map(({ action }) => action);
  const inActions = actions.flatMap(({ does }) => (does.kind === 'step' ? [does.step] : []));
  const needed = [...steps, ...inActions].flatMap(({ target }) =>
    target.kind === 'uses' ? secretVariables(target) : [],
  );
  const secrets = needed.length === 0 ? setting.secrets : [...new Set([...setting.secrets, ...needed])];
  const schedules = body.schedules.map((one) => completeSchedule(one, { tz: common, jitterMs }));
  const location = report.source.locate(where.at);
  // Not spread: V8 gives an object that is spread into another a hidden class of its own, which weighs more than the task.
  const task: Task = Object.assign(
    { id, name, description, enabled, schedules, steps, env, secrets, cwd, policy, location },
    inherit === undefined ? undefined : { inherit },
    labels === undefined ? undefined : { labels },
    actions.length === 0 ? undefined : { actions },
    gate === undefined ? undefined : { gate },
    Object.keys(own).length === 0 ? undefined : { params: own },
  );
  const nodes = templateNodes(where.fields, where.steps, body.actions);
  const found = checkTemplates(
    Object.assign({}, task, tables && { tables }, { readEnv }),
    task.steps,
    nodes,
    report,
  );
  const { has, usesTables } = found;
  if (!has && !found.actions.includes(true)) return task;
  return {
    ...task,
    ...(has ? { hasTemplates: true } : {}),
    ...(actions.length === 0 ? {} : { actions: actions.map(withTemplates(found.actions)) }),
    ...(readEnv.length === 0 ? {} : { readEnv }),
    ...(tables !== undefined && (usesTables || template?.includes('tables')) ? { tables } : {}),
    ...(tz === undefined ? {} : { tz }),
  };
}

function withTemplates(has: readonly boolean[]): (action: Action, index: number) => Action {
  return (action, index) => (has[index] ? { ...action, hasTemplates: true } : action);
}

function hasStep(steps: readonly Step[]): steps is readonly [Step, ...Step[]] {
  return steps.length > 0;
}

function templateNodes(
  fields: Fields,
  steps: Node | undefined,
  actions: readonly WrittenAction[],
): TemplateNodes {
  const env = fields.entry('env')?.value;
  const cwd = fields.entry('cwd')?.value;
  // A ready-made thing in the place of steps.
  const use = fields.entry('with')?.value;
  if (use !== undefined) return { env, cwd, steps: [use], actions };
  const all = steps === undefined ? [] : steps.kind === 'list' ? steps.items : [steps];
  return { env, cwd, steps: all, actions };
}
