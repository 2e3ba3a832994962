/** Everything that can be said about one schedule before it runs. */

import { explainSchedule } from '../model/explain.js';
import { explainClockChange } from '../model/explain-clock-change.js';
import { scheduleWarnings } from '../model/explain-warning.js';
import type { JsonRecord } from '../model/record.js';
import { bindSchedule } from '../model/schedule-bind.js';
import { type ScheduleClass, scheduleClass } from '../model/schedule-class.js';
import { parseSchedule } from '../model/schedule-text.js';
import { nextInstantsOf } from './next.js';

export type Explanation = {
  readonly expr: string;
  readonly tz: string;
  /** In plain English. */
  readonly meaning: string;
  readonly class: ScheduleClass;
  /** What the class means, as a sentence. */
  readonly rule: string;
  readonly next: readonly Date[];
  /** The next clock change that makes a difference, and which one; undefined: none is near. */
  readonly clockChange: { readonly at: Date; readonly text: string } | undefined;
  readonly warnings: readonly string[];
};

const RULES: Readonly<Record<ScheduleClass, string>> = {
  'fixed-time':
    'each of its times is run once, in the first pass of a repeated hour, at the end of the gap when it does not exist',
  interval: 'it goes on at its pace, in both passes of a repeated hour, and not at times that do not exist',
  start: 'it counts from the start of the scheduler; the wall clock does not matter',
};

/**
 * Explain a schedule.
 *
 * @param options.from - The instants and the clock change are later; it stands for the start of the scheduler, too.
 * @throws {SupertaskError} `SCHEDULE_INVALID`, `DURATION_INVALID`, `ZONE_UNKNOWN`
 */
export function explain(
  expr: string,
  options: { readonly tz: string; readonly from: Date; readonly count: number },
): Explanation {
  const { tz, from, count } = options;
  const schedule = parseSchedule(expr);
  const context = { jobId: '', startedAt: from, tz };
  const bound = bindSchedule(schedule, context);
  const kind = scheduleClass(schedule);
  return {
    expr,
    tz: bound.tz,
    meaning: explainSchedule(schedule, tz),
    class: kind,
    rule: RULES[kind],
    next: nextInstantsOf([bound], from, count),
    clockChange: explainClockChange(schedule, context, from),
    warnings: scheduleWarnings(schedule),
  };
}

/** As JSON for programs; the names are a contract. */
export function explanationRecord(explanation: Explanation): JsonRecord {
  const { expr, tz, meaning, rule, next, clockChange, warnings } = explanation;
  return {
    expr,
    tz,
    meaning,
    class: explanation.class,
    rule,
    next: next.map((at) => at.toISOString()),
    clockChange:
      clockChange === undefined ? null : { at: clockChange.at.toISOString(), text: clockChange.text },
    warnings,
  };
}
