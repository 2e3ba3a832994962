/** Steps of real time within a part of each day: `every 30m from 12:00 to 17:00`, or `every 10m` on some days. */
import { DAY_MS } from './calendar-day.js';
import { type Days, dayAtOrAfter, dayAtOrBefore, includesDay } from './schedule-day.js';
import { fixedInstant } from './schedule-wall.js';
import { offsetAt, placeWall } from './zone.js';

export type WindowRule = Days & {
  readonly tz: string;
  /** The part of the day, [fromMs, toMs) since its midnight; `toMs` may lie on the next day. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
  /** Where the steps are counted from; undefined: from each day's beginning of the part. */
  readonly anchorMs: number | undefined;
};

/** The steps of one day: the first, and how many. */
export type Steps = { readonly firstMs: number; readonly count: number };

const NONE: Steps = { firstMs: 0, count: 0 };

export function nextInWindows(rule: WindowRule, afterMs: number): number | undefined {
  let day = dayAtOrAfter(rule, dayOf(rule, afterMs) - 2);
  while (day !== undefined) {
    const { firstMs, count } = stepsOf(rule, day);
    const index = Math.max(0, Math.floor((afterMs - firstMs) / rule.periodMs) + 1);
    if (index < count) return firstMs + index * rule.periodMs;
    day = dayAtOrAfter(rule, day + 1);
  }
  return undefined;
}

export function previousInWindows(rule: WindowRule, beforeMs: number): number | undefined {
  let day = dayAtOrBefore(rule, dayOf(rule, beforeMs) + 1);
  while (day !== undefined) {
    const { firstMs, count } = stepsOf(rule, day);
    const index = Math.min(count - 1, Math.ceil((beforeMs - firstMs) / rule.periodMs) - 1);
    if (index >= 0) return firstMs + index * rule.periodMs;
    day = dayAtOrBefore(rule, day - 1);
  }
  return undefined;
}

/** How many steps there are in (afterMs, untilMs]; the cost grows with the days between. */
export function countInWindows(rule: WindowRule, afterMs: number, untilMs: number): number {
  if (untilMs <= afterMs) return 0;
  let total = 0;
  const last = dayOf(rule, untilMs) + 1;
  let day = dayAtOrAfter(rule, dayOf(rule, afterMs) - 2);
  while (day !== undefined && day <= last) {
    const { firstMs, count } = stepsOf(rule, day);
    const until = Math.min(count, Math.floor((untilMs - firstMs) / rule.periodMs) + 1);
    const from = Math.max(0, Math.floor((afterMs - firstMs) / rule.periodMs) + 1);
    total += Math.max(0, until - from);
    day = dayAtOrAfter(rule, day + 1);
  }
  return total;
}

/** The steps of one day; undefined for a day that is not in the rule. */
export function stepsInDay(rule: WindowRule, day: number): Steps | undefined {
  return includesDay(rule, day) ? stepsOf(rule, day) : undefined;
}

/** A beginning or end that does not exist is at the end of the gap, so a part that lies in the gap has no steps. */
function stepsOf(rule: WindowRule, day: number): Steps {
  const startMs = fixedInstant(rule.tz, day * DAY_MS + rule.fromMs);
  // The night that begins on a day that does not exist has none either, though it ends on one that does.
  if (startMs === undefined) return NONE;
  const endMs = placeWall(rule.tz, day * DAY_MS + rule.toMs).atMs;
  const { anchorMs, periodMs } = rule;
  const firstMs =
    anchorMs === undefined ? startMs : anchorMs + Math.ceil((startMs - anchorMs) / periodMs) * periodMs;
  return { firstMs, count: Math.max(0, Math.ceil((endMs - firstMs) / periodMs)) };
}

function dayOf(rule: WindowRule, instantMs: number): number {
  return Math.floor((instantMs + offsetAt(rule.tz, instantMs)) / DAY_MS);
}
