/** Nodes → schedules. The language itself is the model's. */
import { type Problem, SupertaskError } from '../errors.js';
import { type Args, bindArgs, type Params } from '../model/param.js';
import type { Schedule, ScheduleForm } from '../model/schedule.js';
import { collect, parseScheduleObject } from '../model/schedule-object.js';
import { readArgs } from '../model/schedule-option.js';
import type { Task } from '../model/task.js';
import { fillSchedule, isTemplated } from '../model/template-schedule.js';
import { type MapNode, type Node, toJson } from './node.js';
import { mapOf, mismatch, type Reader, scalarText } from './reader.js';
import type { Report } from './source.js';

/** What of a task its schedules need. */
export type Parametrised = {
  readonly id: string;
  /** Undefined: they could not be read, so that nothing can be said of arguments. */
  readonly params: Params | undefined;
  readonly tables: Task['tables'];
  /** Arguments that take the place of those in schedules; parameters of the task only. */
  readonly given: Args;
  /** The zone for schedules that name none, where it is a template. */
  readonly tz: string | undefined;
};

const FORMS = new Set(['cron', 'every', 'daily', 'at', 'in', 'when']);

/** Text or a map. */
export const schedule: Reader<Schedule> = (node, report) => scheduleFor(undefined)(node, report);

/** The same for a task with parameters, whose arguments the schedule may bring, and may use in its texts. */
export function scheduleFor(task: Parametrised | undefined): Reader<Schedule> {
  return (node, report) => {
    if (node.kind === 'list' || node.kind === 'broken' || (node.kind === 'scalar' && node.value === null)) {
      const hint = 'Write for example "@daily", every 10s or {cron: "*/5 * * * *"}.';
      return mismatch(node, 'a schedule', hint, report);
    }
    try {
      const value = node.kind === 'map' ? plain(node, report) : textOf(node);
      return task === undefined ? parseScheduleObject(value) : readSchedule(value, task);
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      for (const problem of error.problems) {
        report.problem(placeOf(problem, node), problem.message, problem.hint, problem.code);
      }
      return undefined;
    }
  };
}

/** @throws {SupertaskError} All that is wrong with the schedule and its arguments. */
function readSchedule(value: string | ScheduleForm, task: Parametrised): Schedule | undefined {
  const { id, params, given, tables, tz } = task;
  const form = typeof value === 'string' ? { when: value } : value;
  const whole = tz === undefined || Object.hasOwn(form, 'tz') ? form : { ...form, tz };
  if (params === undefined) return isTemplated(whole) ? undefined : parseScheduleObject(value);
  const problems: Problem[] = [];
  const args = collect(problems, 'args: ', () => {
    const own = form['args'] === undefined ? {} : readArgs(form['args']);
    const all = { ...own, ...given };
    return { all, bound: bindArgs(id, params, all) };
  });
  const read = collect(problems, '', () => {
    if (!isTemplated(whole)) return parseScheduleObject(value);
    return args && fillSchedule(whole, args.bound, tables);
  });
  if (read === undefined || args === undefined || problems.length > 0) throw combined(problems);
  return Object.keys(args.all).length === 0 ? read : { ...read, args: args.all };
}

function combined(problems: readonly Problem[]): SupertaskError {
  const [first] = problems;
  return new SupertaskError(first?.code ?? 'SCHEDULE_INVALID', first?.message ?? '', { problems });
}

function textOf(node: Node): string {
  return node.kind === 'scalar' ? node.text : '';
}

/** Give a schedule what it leaves open. */
export function completeSchedule(
  one: Schedule,
  { tz, jitterMs }: { readonly tz: string | undefined; readonly jitterMs: number | undefined },
): Schedule {
  if ((tz === undefined || one.tz !== undefined) && jitterMs === undefined) return one;
  return {
    ...one,
    tz: one.tz ?? tz,
    ...(one.jitterMs === undefined && jitterMs !== undefined && one.rule.kind !== 'after-finish'
      ? { jitterMs }
      : {}),
  };
}

/** Arguments arrive as they are written: a version 1.10 is not 1.1. */
function plain(node: MapNode, report: Report): ScheduleForm {
  const entries = node.entries.map(({ key, value }) => {
    const isArguments = key === 'args' && value.kind === 'map';
    return [key, isArguments ? (mapOf(scalarText)(value, report) ?? {}) : toJson(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** The model names the key in front of its message, or as the thing that is wrong. */
function placeOf({ message }: Problem, node: Node): number {
  if (node.kind !== 'map') return node.at;
  const option = node.entries.find(({ key }) => message.startsWith(`${key}: `));
  if (option !== undefined) return option.value.at;
  const wrong = node.entries.find(({ key }) => message.startsWith(`"${key}" `));
  if (wrong !== undefined) return wrong.keyAt;
  const [source] = /^\$\{\{.*?\}\}/s.exec(message) ?? [];
  const template = node.entries.find(
    ({ value }) => source !== undefined && value.kind === 'scalar' && value.text.includes(source),
  );
  return (template ?? node.entries.find(({ key }) => FORMS.has(key)))?.value.at ?? node.at;
}
