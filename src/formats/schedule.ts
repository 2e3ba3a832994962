/** Nodes → schedules. The language itself is the model's. */
import { type Problem, SupertaskError } from '../errors.js';
import type { Schedule } from '../model/schedule.js';
import { parseScheduleObject } from '../model/schedule-object.js';
import { type MapNode, type Node, toJson } from './node.js';
import { mapOf, mismatch, type Reader, scalarText } from './reader.js';
import type { Report } from './source.js';

const FORMS = new Set(['cron', 'every', 'daily', 'at', 'in', 'when']);

/** Text or a map. */
export const schedule: Reader<Schedule> = (node, report) => {
  if (node.kind === 'list' || node.kind === 'broken' || (node.kind === 'scalar' && node.value === null)) {
    const hint = 'Write for example "@daily", every 10s or {cron: "*/5 * * * *"}.';
    return mismatch(node, 'a schedule', hint, report);
  }
  try {
    return parseScheduleObject(node.kind === 'map' ? plain(node, report) : node.text);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    for (const problem of error.problems) {
      report.problem(placeOf(problem, node), problem.message, problem.hint, problem.code);
    }
    return undefined;
  }
};

/** Give a schedule what it leaves open. */
export function completeSchedule(
  one: Schedule,
  { tz, jitterMs }: { readonly tz: string | undefined; readonly jitterMs: number | undefined },
): Schedule {
  return {
    ...one,
    tz: one.tz ?? tz,
    ...(one.jitterMs === undefined && jitterMs !== undefined && one.rule.kind !== 'after-finish'
      ? { jitterMs }
      : {}),
  };
}

/** Arguments arrive as they are written: a version 1.10 is not 1.1. */
function plain(node: MapNode, report: Report): unknown {
  const entries = node.entries.map(({ key, value }) => {
    const isArguments = key === 'args' && value.kind === 'map';
    return [key, isArguments ? mapOf(scalarText)(value, report) : toJson(value)] as const;
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
  return node.entries.find(({ key }) => FORMS.has(key))?.value.at ?? node.at;
}
