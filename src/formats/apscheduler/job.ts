/**
 * APScheduler's list of jobs → a timetable, with the meaning that APScheduler's documentation gives its words.
 *
 * What supertask cannot do in the same way is refused with its place; docs/apscheduler.md has the list.
 */
import { DEFAULT_POLICY, type Policy } from '../../model/policy.js';
import type { Schedule } from '../../model/schedule.js';
import { ONCE } from '../../model/schedule-bound.js';
import { parseId, type Task } from '../../model/task.js';
import type { Timetable } from '../../model/timetable.js';
import { describe, type ListNode, type Node } from '../node.js';
import {
  attempt,
  type Fields,
  flag,
  json,
  listOf,
  mapOf,
  parsed,
  type Reader,
  readFields,
  text,
} from '../reader.js';
import type { Report } from '../source.js';
import { funcTarget } from './func.js';
import { JOB } from './shape.js';
import { isNull, readValue, trigger } from './trigger.js';

/** Whether a file is such a list: its items say what to call, or when. */
export function isJobList(root: Node): root is ListNode {
  return (
    root.kind === 'list' &&
    root.items.some(
      (item) => item.kind === 'map' && item.entries.some(({ key }) => key === 'func' || key === 'trigger'),
    )
  );
}

export function readJobList(root: ListNode, report: Report): Timetable {
  const tasks = root.items.map((item) => readJob(item, report)).filter((task) => task !== undefined);
  return { namespace: undefined, author: undefined, tasks, warnings: [] };
}

function readJob(node: Node, report: Report): Task | undefined {
  const fields = readFields(node, JOB, report);
  if (fields === undefined) return undefined;
  const id = readValue(
    fields,
    'id',
    parsed((written) => parseId(written, 'task')),
    report,
  );
  if (id === undefined && isAbsent(fields, 'id')) {
    report.problem(fields.at, 'a job lacks an id', 'Write id: NAME; its history is kept by it.');
  }
  const target = readTarget(fields, report);
  const schedule = readSchedule(fields, report);
  const policy = readPolicy(fields, report);
  readValue(fields, 'replace_existing', flag, report);
  const name = readValue(fields, 'name', text, report);
  const description = readValue(fields, 'description', text, report);
  const enabled = readValue(fields, 'is_enabled', flag, report) ?? true;
  if (target === undefined) return undefined;
  return {
    id: id ?? '',
    name,
    description,
    enabled,
    schedules: schedule === undefined ? [] : [schedule],
    steps: [{ name: undefined, target, when: true, env: {} }],
    env: {},
    cwd: undefined,
    policy,
    location: report.source.locate(fields.entry('id')?.value.at ?? node.at),
  };
}

function isAbsent(fields: Fields, key: string): boolean {
  const value = fields.entry(key)?.value;
  return value === undefined || isNull(value);
}

/** Without a trigger a job is run at once, once. */
function readSchedule(fields: Fields, report: Report): Schedule | undefined {
  return isAbsent(fields, 'trigger') ? ONCE : readValue(fields, 'trigger', trigger, report);
}

function readTarget(fields: Fields, report: Report) {
  const func = fields.entry('func');
  const args = readValue(fields, 'args', listOf(json), report) ?? [];
  const kwargs = readValue(fields, 'kwargs', mapOf(json), report) ?? {};
  if (func === undefined) {
    report.problem(
      fields.at,
      'a job lacks "func"',
      'Say what to call, for example func: package.module:function.',
    );
    return undefined;
  }
  const written = text(func.value, report);
  if (written === undefined) return undefined;
  const items = fields.entry('args')?.value;
  const list = items?.kind === 'list' ? items.items : [];
  const words = list.map((item) => (item.kind === 'scalar' ? item.text : ''));
  const target = attempt(() => funcTarget(written, words, { args, kwargs }), func.value.at, report);
  if (target?.kind === 'exec') checkWords(list, report);
  return target;
}

function checkWords(items: readonly Node[], report: Report): void {
  for (const item of items) {
    if (item.kind === 'broken' || (item.kind === 'scalar' && item.value !== null)) continue;
    report.problem(item.at, `an argument of a program must be text, found ${describe(item)}`);
  }
}

function readPolicy(fields: Fields, report: Report): Policy {
  const coalesce = readValue(fields, 'coalesce', flag, report) ?? false;
  const instances = readValue(fields, 'max_instances', whole('a number of runs'), report) ?? 1;
  const grace = readValue(fields, 'misfire_grace_time', whole('a number of seconds'), report);
  const entry = fields.entry('misfire_grace_time');
  const isUnlimited = entry !== undefined && isNull(entry.value);
  return {
    ...DEFAULT_POLICY,
    overlap: 'skip',
    missed: coalesce ? 'latest' : 'all',
    deadlineMs: isUnlimited ? undefined : (grace ?? 1) * 1000,
    ...(instances === 1 ? {} : { maxRunning: instances }),
  };
}

/** As APScheduler has it: no zero, no fraction. */
function whole(what: string): Reader<number> {
  return (node, report) => {
    const value = node.kind === 'scalar' ? node.value : undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 1e12) return value;
    const hint = 'Write a whole number from 1 on, without a unit.';
    report.problem(node.at, `expected ${what}, found ${describe(node)}`, hint);
    return undefined;
  };
}
