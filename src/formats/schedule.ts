/** Nodes → schedules. The language itself is the model's. */
import type { Schedule } from '../model/schedule.js';
import { parseScheduleObject } from '../model/schedule.js';
import { toJson } from './node.js';
import { attempt, mismatch, type Reader } from './reader.js';

/** Text or a map. */
export const schedule: Reader<Schedule> = (node, report) => {
  if (node.kind === 'list' || node.kind === 'broken' || (node.kind === 'scalar' && node.value === null)) {
    const hint = 'Write for example "@daily", every 10s or {cron: "*/5 * * * *"}.';
    return mismatch(node, 'a schedule', hint, report);
  }
  // A bare number or boolean is told as it is written: the model's message names the value.
  const value = node.kind === 'map' || typeof node.value === 'string' ? toJson(node) : node.text;
  return attempt(() => parseScheduleObject(value), node.at, report);
};

/** Give a schedule what it leaves open. */
export function completeSchedule(
  one: Schedule,
  { tz, jitterMs }: { readonly tz: string | undefined; readonly jitterMs: number | undefined },
): Schedule {
  return {
    ...one,
    tz: one.tz ?? tz,
    ...(one.jitterMs === undefined && jitterMs !== undefined ? { jitterMs } : {}),
  };
}
