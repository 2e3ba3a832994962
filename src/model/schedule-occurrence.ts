/** When a schedule that is given as text is due. */
import { bindSchedule } from './schedule-bind.js';
import { nextInstants } from './schedule-bound.js';
import { isStartRelative } from './schedule-class.js';
import { parseSchedule } from './schedule-text.js';
import { parseZone } from './zone.js';

/**
 * The next instants of a schedule given as text.
 *
 * @param options.tz - IANA name, default `UTC`.
 * @param options.after - The instants are strictly later. It stands for the scheduler's start, too: what happens at
 * once on start (`once`, `every 10s from start`) begins at this very instant. Default: the Unix epoch.
 * @param options.count - At most so many, default 5.
 * @throws {SupertaskError} `SCHEDULE_INVALID`, `DURATION_INVALID`, `ZONE_UNKNOWN`
 */
export function occurrences(
  when: string,
  options: { readonly tz?: string; readonly after?: Date; readonly count?: number } = {},
): Date[] {
  const startedAt = options.after ?? new Date(0);
  const schedule = parseSchedule(when);
  const bound = bindSchedule(schedule, { jobId: '', startedAt, tz: parseZone(options.tz ?? 'UTC') });
  const after = isStartRelative(schedule) ? new Date(startedAt.getTime() - 1) : startedAt;
  return nextInstants(bound, after, options.count ?? 5);
}
