/**
 * Instants at which the wall clock of a zone shows a time of a rule.
 *
 * Clock changes follow the real cron daemon. A fixed-time rule runs exactly once for each of its times: at the first
 * instant after the gap when the time does not exist (unless its whole day does not), in the first pass when it
 * comes twice. An interval rule follows the wall clock that exists, in both passes.
 */
import { DAY_MS } from './calendar-day.js';
import { countTimes, type DayRule, nextTime, previousTime, type TimeRule } from './cron.js';
import { countDaysIn, type Days, dayAtOrAfter, dayAtOrBefore, includesDay } from './schedule-day.js';
import { placeWall, stretchAt, stretchesFrom, type WallPlace } from './zone.js';

export type WallRule = Days & {
  readonly rule: DayRule & TimeRule;
  readonly fixed: boolean;
  readonly tz: string;
};

const NEAR = 2 * DAY_MS;

/** The first instant after `afterMs`. */
export function nextOnWall(rule: WallRule, afterMs: number): number | undefined {
  return rule.fixed ? nextFixed(rule, afterMs) : nextFollowing(rule, afterMs);
}

/** The last instant before `beforeMs`. */
export function previousOnWall(rule: WallRule, beforeMs: number): number | undefined {
  return rule.fixed ? previousFixed(rule, beforeMs) : previousFollowing(rule, beforeMs);
}

/** How many instants there are in (afterMs, untilMs]. */
export function countOnWall(rule: WallRule, afterMs: number, untilMs: number): number {
  if (untilMs <= afterMs) return 0;
  return rule.fixed ? countFixed(rule, afterMs, untilMs) : countFollowing(rule, afterMs, untilMs);
}

/** How many matching wall times there are in [fromWallMs, toWallMs), existing or not. */
export function countWallTimes(rule: WallRule, fromWallMs: number, toWallMs: number): number {
  if (toWallMs <= fromWallMs) return 0;
  const fromDay = Math.floor(fromWallMs / DAY_MS);
  const toDay = Math.floor(toWallMs / DAY_MS);
  const before = includesDay(rule, fromDay) ? countTimes(rule.rule, secondOf(fromWallMs, fromDay)) : 0;
  const after = includesDay(rule, toDay) ? countTimes(rule.rule, secondOf(toWallMs, toDay)) : 0;
  return countDaysIn(rule, fromDay, toDay) * countTimes(rule.rule, 86_400) - before + after;
}

/** The first matching wall time that is not before `wallMs`. */
export function nextWallTime(rule: WallRule, wallMs: number): number | undefined {
  const today = Math.floor(wallMs / DAY_MS);
  const day = dayAtOrAfter(rule, today);
  if (day === undefined) return undefined;
  if (day === today) {
    const second = nextTime(rule.rule, secondOf(wallMs, today));
    if (second >= 0) return day * DAY_MS + second * 1000;
    return nextWallTime(rule, (today + 1) * DAY_MS);
  }
  return day * DAY_MS + nextTime(rule.rule, 0) * 1000;
}

/** The last matching wall time that is not after `wallMs`. */
function previousWallTime(rule: WallRule, wallMs: number): number | undefined {
  const today = Math.floor(wallMs / DAY_MS);
  const day = dayAtOrBefore(rule, today);
  if (day === undefined) return undefined;
  if (day === today) {
    const second = previousTime(rule.rule, Math.floor((wallMs - today * DAY_MS) / 1000));
    if (second >= 0) return day * DAY_MS + second * 1000;
    return previousWallTime(rule, today * DAY_MS - 1);
  }
  return day * DAY_MS + previousTime(rule.rule, 86_399) * 1000;
}

/** The instant of a wall time under the fixed-time rule; undefined when its whole day does not exist. */
export function fixedInstant(tz: string, wallMs: number): number | undefined {
  const place = placeWall(tz, wallMs);
  return isDayMissing(place, wallMs) ? undefined : place.atMs;
}

function nextFixed(rule: WallRule, afterMs: number): number | undefined {
  let wallMs: number | undefined = nextWallTime(rule, wallAfter(rule.tz, afterMs));
  while (wallMs !== undefined) {
    const atMs = fixedInstant(rule.tz, wallMs);
    if (atMs !== undefined) return atMs;
    wallMs = nextWallTime(rule, startOfDay(wallMs) + DAY_MS);
  }
  return undefined;
}

function previousFixed(rule: WallRule, beforeMs: number): number | undefined {
  let wallMs: number | undefined = previousWallTime(rule, wallAfter(rule.tz, beforeMs - 1) - 1);
  while (wallMs !== undefined) {
    const atMs = fixedInstant(rule.tz, wallMs);
    if (atMs !== undefined) return atMs;
    wallMs = previousWallTime(rule, startOfDay(wallMs) - 1);
  }
  return undefined;
}

/** The wall time from which on nothing has been run by `afterMs`: a second pass is over before it begins. */
function wallAfter(tz: string, afterMs: number): number {
  const { startMs, offsetMs, earlierOffsetMs } = stretchAt(tz, afterMs);
  return Math.max(afterMs + offsetMs + 1, startMs + earlierOffsetMs);
}

function countFixed(rule: WallRule, afterMs: number, untilMs: number): number {
  let count = countWallTimes(rule, wallAfter(rule.tz, afterMs), wallAfter(rule.tz, untilMs));
  if (rule.tz === 'UTC') return count;
  for (const { stretch, next } of stretchesFrom(rule.tz, afterMs)) {
    const atMs = stretch.endMs;
    if (atMs > untilMs) return count;
    if (next.offsetMs > stretch.offsetMs)
      count -= lostInGap(rule, atMs + stretch.offsetMs, atMs + next.offsetMs);
  }
  return count;
}

/** How many wall times of a gap give no instant of their own: all of missing days, all but one of the others. */
function lostInGap(rule: WallRule, fromWallMs: number, toWallMs: number): number {
  const missingFrom = Math.ceil(fromWallMs / DAY_MS) * DAY_MS;
  const missingTo = Math.max(missingFrom, startOfDay(toWallMs));
  const missing = countWallTimes(rule, missingFrom, missingTo);
  const inGap = countWallTimes(rule, fromWallMs, toWallMs) - missing;
  const atEnd = countWallTimes(rule, toWallMs, toWallMs + 1000);
  return missing + Math.max(0, inGap + atEnd - 1);
}

function nextFollowing(rule: WallRule, afterMs: number): number | undefined {
  let atMs = Math.floor(afterMs / 1000) * 1000 + 1000;
  for (;;) {
    const { endMs, offsetMs } = stretchAt(rule.tz, atMs);
    const wallMs = nextWallTime(rule, atMs + offsetMs);
    if (wallMs !== undefined && wallMs < endMs + offsetMs) return wallMs - offsetMs;
    // Just before a change the clock may go back to times that were passed already; elsewhere it is safe to jump.
    const isNear = endMs - atMs < NEAR;
    if (wallMs === undefined && !isNear) return undefined;
    atMs = wallMs === undefined || isNear ? endMs : Math.max(endMs, wallMs - offsetMs - NEAR);
  }
}

function previousFollowing(rule: WallRule, beforeMs: number): number | undefined {
  let atMs = Math.ceil(beforeMs / 1000) * 1000 - 1000;
  for (;;) {
    const { startMs, offsetMs } = stretchAt(rule.tz, atMs);
    const wallMs = previousWallTime(rule, atMs + offsetMs);
    if (wallMs !== undefined && wallMs >= startMs + offsetMs) return wallMs - offsetMs;
    const isNear = atMs - startMs < NEAR;
    if (wallMs === undefined && !isNear) return undefined;
    const beforeStretch = startMs - 1000;
    atMs = wallMs === undefined || isNear ? beforeStretch : Math.min(beforeStretch, wallMs - offsetMs + NEAR);
  }
}

function countFollowing(rule: WallRule, afterMs: number, untilMs: number): number {
  const fromMs = Math.floor(afterMs / 1000) * 1000 + 1000;
  const toMs = Math.floor(untilMs / 1000) * 1000 + 1000;
  if (rule.tz === 'UTC') return countWallTimes(rule, fromMs, toMs);
  let count = 0;
  let startMs = fromMs;
  for (const { stretch } of stretchesFrom(rule.tz, fromMs)) {
    const endMs = Math.min(stretch.endMs, toMs);
    count += countWallTimes(rule, startMs + stretch.offsetMs, endMs + stretch.offsetMs);
    if (stretch.endMs >= toMs) return count;
    startMs = stretch.endMs;
  }
  return count;
}

function isDayMissing(place: WallPlace, wallMs: number): boolean {
  if (place.kind === 'exact') return false;
  const day = startOfDay(wallMs);
  return place.fromWallMs <= day && day + DAY_MS <= place.toWallMs;
}

function startOfDay(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

/** Seconds since midnight, rounded up. */
function secondOf(wallMs: number, day: number): number {
  return Math.ceil((wallMs - day * DAY_MS) / 1000);
}
