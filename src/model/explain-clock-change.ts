/** What the next clock change does to a schedule, in plain English. */
import { DAY_MS, formatDay, formatTime } from './calendar-day.js';
import { counted, listWords } from './explain-word.js';
import type { Schedule, ScheduleContext } from './schedule.js';
import { resolveSeries } from './schedule-bind.js';
import type { Series } from './schedule-series.js';
import { countWallTimes, fixedInstant, nextWallTime, type WallRule } from './schedule-wall.js';
import { stepsInDay, type WindowRule } from './schedule-window.js';
import { type ClockChange, nextClockChange, placeWall } from './zone.js';

/** A change of a zone's clock that a schedule notices: when, and a sentence about it. */
export type TouchingChange = { readonly at: Date; readonly text: string };

/** The wall clock jumps, at the instant `atMs`, from one wall time to another. */
type Jump = {
  readonly atMs: number;
  readonly fromWallMs: number;
  readonly toWallMs: number;
  readonly tz: string;
};

const MOST_CHANGES = 24;

/**
 * Find the next clock change after `after` that makes a difference to a schedule.
 *
 * @returns `undefined` for schedules that do not follow the wall clock, zones without changes, and when none of the
 * changes of the next years touches it.
 */
export function explainClockChange(
  schedule: Schedule,
  context: ScheduleContext,
  after: Date,
): TouchingChange | undefined {
  const tz = schedule.tz ?? context.tz;
  const { rule } = schedule;
  if (rule.kind === 'at' && rule.at.local && schedule.enabled) return onceChange(rule.at.ms, tz, after);
  const whole = resolveSeries(schedule, context, tz);
  const series = innermost(whole);
  if (series.kind !== 'wall' && series.kind !== 'windows') return undefined;
  const { fromMs, untilMs } = limitsOf(whole);
  let from = new Date(Math.max(after.getTime(), fromMs - 1));
  for (let tries = 0; tries < MOST_CHANGES; tries++) {
    const change = nextClockChange(tz, from);
    if (change === undefined || change.at.getTime() >= untilMs) return undefined;
    const jump = jumpOf(change, tz);
    const effect = series.kind === 'wall' ? wallEffect(series, jump) : windowEffect(series, jump);
    if (effect !== undefined) return { at: change.at, text: `${jumpWords(jump)}: ${effect}` };
    from = change.at;
  }
  return undefined;
}

/** What becomes of a single wall time that a change leaves out or repeats. */
function onceChange(wallMs: number, tz: string, after: Date): TouchingChange | undefined {
  const place = placeWall(tz, wallMs);
  if (place.kind === 'exact' && !place.repeated) return undefined;
  const change = nextClockChange(tz, new Date(place.kind === 'gap' ? place.atMs - 1 : place.atMs));
  if (change === undefined || change.at <= after) return undefined;
  const jump = jumpOf(change, tz);
  const time = timeWords(wallMs);
  const effect =
    place.kind === 'exact'
      ? `${time} comes twice and it runs only the first time`
      : fixedInstant(tz, wallMs) === undefined
        ? `${dayWords(wallMs)} does not exist and has no run`
        : `${time} does not exist and it runs once at ${timeWords(jump.toWallMs)} instead`;
  return { at: change.at, text: `${jumpWords(jump)}: ${effect}` };
}

function jumpOf({ at, beforeMs, afterMs }: ClockChange, tz: string): Jump {
  const atMs = at.getTime();
  return { atMs, fromWallMs: atMs + beforeMs, toWallMs: atMs + afterMs, tz };
}

/** Between which instants there are any. */
function limitsOf(series: Series): { readonly fromMs: number; readonly untilMs: number } {
  if (series.kind === 'jittered') return limitsOf(series.of);
  return series.kind === 'limited' ? series : { fromMs: -Infinity, untilMs: Infinity };
}

function innermost(series: Series): Series {
  return series.kind === 'limited' || series.kind === 'jittered' ? innermost(series.of) : series;
}

function jumpWords(jump: Jump): string {
  const { fromWallMs, toWallMs, tz } = jump;
  const to = sameDay(fromWallMs, toWallMs) ? timeWords(toWallMs) : wallWords(toWallMs);
  const way = toWallMs > fromWallMs ? 'goes forward' : 'goes back';
  return `on ${dayWords(fromWallMs)} the clock ${way} from ${timeWords(fromWallMs)} to ${to} (${tz})`;
}

function wallEffect(rule: WallRule, jump: Jump): string | undefined {
  const [low, high] = [Math.min(jump.fromWallMs, jump.toWallMs), Math.max(jump.fromWallMs, jump.toWallMs)];
  const count = countWallTimes(rule, low, high);
  if (count === 0) return undefined;
  const times = timesWords(rule, low, high, count);
  if (jump.toWallMs > jump.fromWallMs)
    return rule.fixed ? fixedGap(rule, jump, times, count) : followingGap(times, count);
  if (rule.fixed) return `${times} ${count === 1 ? 'comes' : 'come'} twice and it runs only the first time`;
  return `${times} ${count === 1 ? 'comes' : 'come'} twice and it runs both times`;
}

function fixedGap(rule: WallRule, jump: Jump, times: string, count: number): string {
  const first = nextWallTime(rule, jump.fromWallMs) ?? jump.fromWallMs;
  if (fixedInstant(rule.tz, first) === undefined) return `${dayWords(first)} does not exist and has no run`;
  const them = count === 1 ? 'does not exist' : 'do not exist';
  return `${times} ${them} and it runs once at ${timeWords(jump.toWallMs)} instead`;
}

function followingGap(times: string, count: number): string {
  return `${times} ${count === 1 ? 'does not exist and has no run' : 'do not exist and have no runs'}`;
}

/** Up to three times by name, else their number. */
function timesWords(rule: WallRule, fromWallMs: number, toWallMs: number, count: number): string {
  if (count > 3)
    return `${counted(count, 'time')} from ${timeWords(fromWallMs)} to before ${timeWords(toWallMs)}`;
  const words: string[] = [];
  let wallMs = nextWallTime(rule, fromWallMs);
  while (wallMs !== undefined && wallMs < toWallMs) {
    words.push(timeWords(wallMs));
    wallMs = nextWallTime(rule, wallMs + 1);
  }
  return listWords(words);
}

/** Compares the part of the day around the change with one of the usual length. */
function windowEffect(rule: WindowRule, jump: Jump): string | undefined {
  if (rule.anchorMs !== undefined) return undefined;
  const usual = Math.ceil((rule.toMs - rule.fromMs) / rule.periodMs);
  const day = Math.floor(jump.fromWallMs / DAY_MS);
  for (const candidate of [day - 1, day, day + 1]) {
    const steps = stepsInDay(rule, candidate);
    if (steps === undefined) continue;
    const { count } = steps;
    if (count !== usual)
      return `in its part of ${formatDay(candidate)} it runs ${counted(count, 'time')} instead of ${usual}`;
    if (placeWall(rule.tz, candidate * DAY_MS + rule.fromMs).kind === 'gap')
      return `its part of ${formatDay(candidate)} begins at ${timeWords(jump.toWallMs)} instead of ${timeWords(rule.fromMs)}`;
  }
  return undefined;
}

function sameDay(a: number, b: number): boolean {
  return Math.floor(a / DAY_MS) === Math.floor(b / DAY_MS);
}

function dayWords(wallMs: number): string {
  return formatDay(Math.floor(wallMs / DAY_MS));
}

function timeWords(wallMs: number): string {
  return formatTime(wallMs - Math.floor(wallMs / DAY_MS) * DAY_MS);
}

function wallWords(wallMs: number): string {
  return `${dayWords(wallMs)} ${timeWords(wallMs)}`;
}
