/** Nodes → what must hold before a run starts. */
import type { Problem } from '../errors.js';
import { parseDuration } from '../model/duration.js';
import {
  type Condition,
  DEFAULT_EVERY_MS,
  type Dependency,
  findCycles,
  type Gate,
  OUTCOMES,
  type Pool,
  parseLoad,
  parsePlaces,
} from '../model/gate.js';
import { type Args, problemOf, unknownArg } from '../model/param.js';
import type { EndStatus } from '../model/run.js';
import { suggest } from '../model/suggest.js';
import { parseId, type Task } from '../model/task.js';
import { hasTemplate } from '../model/template.js';
import { type Node, toJson } from './node.js';
import {
  type Fields,
  flag,
  mapOf,
  mismatch,
  oneOrMore,
  parsed,
  type Reader,
  readFields,
  type Shape,
  scalarText,
  text,
} from './reader.js';
import type { Report } from './source.js';

/** Keys of a task that hold its runs back. */
export const GATE_KEYS: readonly string[] = ['only-if', 'after', 'wait', 'pool', 'when-idle'];

export const CONDITION: Shape = {
  what: 'a condition',
  keys: ['command', 'file', 'load', 'mains', 'online'],
  foreign: { cmd: 'Write command: "test -e x".', path: 'Write file: PATH.', ac: 'Write mains: true.' },
};

export const FILE_CONDITION: Shape = { what: 'a file to look for', keys: ['path', 'newer-than'] };

export const DEPENDENCY: Shape = {
  what: 'after',
  keys: ['task', 'args', 'outcome', 'within', 'exist'],
  foreign: { status: 'Write outcome: succeeded.', job: 'Write task: NAME.' },
};

export const WAIT: Shape = { what: 'wait', keys: ['max', 'every'] };

/** Pools by name. */
export type Pools = Readonly<Record<string, number>>;

export const pools = mapOf(parsed(parsePlaces));

/** What a task waits for, and where the file says so. */
export type Written = { readonly gate: Gate; readonly afterAt: number };

export function readGate(fields: Fields, known: Pools, report: Report): Written | undefined {
  const conditions = fields.read('only-if', oneOrMore(condition)) ?? [];
  const after = fields.read('after', oneOrMore(dependency)) ?? [];
  const waiting = fields.read('wait', wait);
  const named = fields.read('pool', oneOrMore(pool(known))) ?? [];
  const whenIdle = fields.read('when-idle', flag) ?? false;
  const isNothing = conditions.length + after.length + named.length === 0 && !whenIdle;
  const entry = fields.entry('wait');
  if (entry !== undefined && isNothing)
    report.problem(entry.keyAt, '"wait" has nothing to wait for', 'Write only-if, after, pool or when-idle.');
  if (isNothing) return undefined;
  const gate = {
    conditions,
    after,
    waitMs: waiting?.maxMs,
    everyMs: waiting?.everyMs ?? DEFAULT_EVERY_MS,
    pools: named,
    whenIdle,
  };
  return { gate, afterAt: fields.entry('after')?.value.at ?? fields.at };
}

/** A shell command, or a map with one kind of condition. */
const condition: Reader<Condition> = (node, report) => {
  refuseTemplates(node, report);
  if (node.kind !== 'map') {
    const line = text(node, report);
    return line === undefined ? undefined : { kind: 'command', line };
  }
  const fields = readFields(node, CONDITION, report);
  if (fields === undefined) return undefined;
  const found = CONDITION.keys.filter((key) => fields.entry(key) !== undefined);
  if (found.length !== 1) {
    const hint = `Write one of ${CONDITION.keys.join(', ')}; several conditions are a list.`;
    report.problem(node.at, `a condition has ${found.length === 0 ? 'no' : 'more than one'} kind`, hint);
    return undefined;
  }
  switch (found[0]) {
    case 'command': {
      const line = fields.read('command', text);
      return line === undefined ? undefined : { kind: 'command', line };
    }
    case 'file':
      return fields.read('file', file);
    case 'load': {
      const below = fields.read('load', parsed(parseLoad));
      return below === undefined ? undefined : { kind: 'load', below };
    }
    case 'mains': {
      const wanted = fields.read('mains', flag);
      return wanted === undefined ? undefined : { kind: 'mains', wanted };
    }
    default:
      return fields.read('online', online);
  }
};

const file: Reader<Condition> = (node, report) => {
  if (node.kind !== 'map') {
    const path = text(node, report);
    return path === undefined ? undefined : { kind: 'file', path, newerMs: undefined };
  }
  const fields = readFields(node, FILE_CONDITION, report);
  const path = fields?.read('path', text);
  const newerMs = fields?.read('newer-than', parsed(parseDuration));
  if (fields !== undefined && fields.entry('path') === undefined)
    report.problem(node.at, 'a file to look for lacks "path"', 'Write file: {path: PATH, newer-than: 1h}.');
  return path === undefined ? undefined : { kind: 'file', path, newerMs };
};

const online: Reader<Condition> = (node, report) => {
  if (node.kind === 'scalar' && typeof node.value === 'boolean')
    return { kind: 'online', wanted: node.value, host: undefined };
  const host = text(node, report);
  if (host === undefined) return undefined;
  if (/^[^\s:/]+(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/i.test(host))
    return { kind: 'online', wanted: true, host };
  report.problem(
    node.at,
    `${JSON.stringify(host)} is not a host`,
    'Write true, example.com or example.com:443.',
  );
  return undefined;
};

/** The id of a task, or a map. */
const dependency: Reader<Dependency> = (node, report) => {
  const plain = { args: {}, outcomes: ['succeeded'], withinMs: undefined, exist: false } as const;
  if (node.kind !== 'map') {
    const task = parsed((written) => parseId(written, 'task'))(node, report);
    return task === undefined ? undefined : { task, ...plain };
  }
  const fields = readFields(node, DEPENDENCY, report);
  if (fields === undefined) return undefined;
  refuseTemplates(fields.entry('args')?.value, report);
  const task = fields.read(
    'task',
    parsed((written) => parseId(written, 'task')),
  );
  if (fields.entry('task') === undefined)
    report.problem(node.at, 'after lacks "task"', 'Write after: {task: NAME, outcome: succeeded}.');
  if (task === undefined) return undefined;
  return {
    task,
    args: fields.read('args', mapOf(scalarText)) ?? {},
    outcomes: fields.read('outcome', oneOrMore(outcome))?.flat() ?? plain.outcomes,
    withinMs: fields.read('within', parsed(parseDuration)),
    exist: fields.read('exist', flag) ?? false,
  };
};

/** They are looked at before a run is made, so there is nothing yet that could be put in. */
function refuseTemplates(node: Node | undefined, report: Report): void {
  if (node === undefined || !hasTemplate(JSON.stringify(toJson(node)))) return;
  const hint = 'In a command, arguments are there as variables: test -e "$SUPERTASK_ARG_NAME".';
  report.problem(node.at, 'a template stands where none is read', hint);
}

const outcome: Reader<readonly EndStatus[]> = (node, report) => {
  const word = scalarText(node, report);
  if (word === undefined) return undefined;
  if (word === 'any') return OUTCOMES;
  const known = OUTCOMES.find((each) => each === word);
  if (known !== undefined) return [known];
  const near = suggest(word, [...OUTCOMES, 'any']);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  report.problem(
    node.at,
    `${JSON.stringify(word)} is not how a run ends`,
    `${meant}Use one or several of: ${OUTCOMES.join(', ')}, any.`,
  );
  return undefined;
};

/** A duration, or a map. */
const wait: Reader<{ readonly maxMs: number | undefined; readonly everyMs: number | undefined }> = (
  node,
  report,
) => {
  if (node.kind !== 'map') {
    const maxMs = parsed(parseDuration)(node, report);
    return maxMs === undefined ? undefined : { maxMs, everyMs: undefined };
  }
  const fields = readFields(node, WAIT, report);
  if (fields !== undefined && fields.entry('max') === undefined)
    report.problem(node.at, 'wait lacks "max"', 'Write wait: {max: 30m}, or wait: 30m.');
  return (
    fields && {
      maxMs: fields.read('max', parsed(parseDuration)),
      everyMs: fields.read('every', parsed(parseDuration)),
    }
  );
};

function pool(known: Pools): Reader<Pool> {
  return (node, report) => {
    const name = text(node, report);
    if (name === undefined) return undefined;
    const max = Object.hasOwn(known, name) ? known[name] : undefined;
    if (max !== undefined) return { name, max };
    const names = Object.keys(known);
    const near = suggest(name, names);
    const hint =
      near !== undefined
        ? `Did you mean ${near}?`
        : names.length === 0
          ? `Write pools: {${name}: 1} at the top of the file.`
          : `Known: ${names.join(', ')}.`;
    return mismatch(node, `a pool of this file`, hint, report);
  };
}

/** The tasks that are waited for must be there, and must not wait for each other in a circle. */
export function checkDependencies(
  tasks: readonly Pick<Task, 'id' | 'gate' | 'params'>[],
  afterAt: ReadonlyMap<string, number>,
  report: Report,
): void {
  const waiting = tasks.filter(({ gate }) => gate !== undefined && gate.after.length > 0);
  if (waiting.length === 0) return;
  const known = new Map(tasks.map((task) => [task.id, task]));
  const after = new Map<string, readonly string[]>();
  for (const { id, gate } of waiting) {
    const others = gate?.after ?? [];
    after.set(
      id,
      others.map(({ task }) => task),
    );
    for (const { task: other, args } of others) {
      const found = known.get(other);
      if (found !== undefined) {
        for (const { message, hint, code } of wrongArgs(found, args))
          report.problem(afterAt.get(id) ?? 0, message, hint, code);
        continue;
      }
      const near = suggest(other, [...known.keys()]);
      const hint =
        near === undefined ? 'The id of another task of this file is wanted.' : `Did you mean ${near}?`;
      report.problem(
        afterAt.get(id) ?? 0,
        `${id} waits for ${JSON.stringify(other)}, which is no task here`,
        hint,
      );
    }
  }
  for (const circle of findCycles(after)) {
    const shown = circle.length > 20 ? [...circle.slice(0, 20), '…'] : circle;
    report.problem(
      afterAt.get(circle[0] ?? '') ?? 0,
      `tasks wait for each other in a circle: ${shown.join(' → ')}`,
      'Take one of these out of after.',
    );
  }
}

/** Arguments that no job of a task can have would be waited for in vain. */
function wrongArgs({ id, params = {} }: Pick<Task, 'id' | 'params'>, args: Args): readonly Problem[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const param = Object.hasOwn(params, name) ? params[name] : undefined;
    return (
      (param === undefined ? unknownArg(id, name, Object.keys(params)) : problemOf(name, param, value)) ?? []
    );
  });
}
