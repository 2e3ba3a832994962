/** Schedule + job, zone and start → calculator. */
import { SupertaskError } from '../errors.js';
import type { Calendar } from './calendar.js';
import { DAY_MS, formatDay } from './calendar-day.js';
import { type DayRule, parseCron, type TimeRule } from './cron.js';
import type { Boundary, BoundSchedule, Schedule, ScheduleContext } from './schedule.js';
import { isFixedTime } from './schedule-class.js';
import { type Days, nominalDay } from './schedule-day.js';
import { countIn, nextIn, nominalInstant, previousIn, type Series } from './schedule-series.js';
import { parseDays } from './schedule-text.js';
import { fixedInstant } from './schedule-wall.js';
import { suggest } from './suggest.js';
import { offsetAt, placeWall } from './zone.js';

/** The last instant of the year 9999. */
const LAST_MS = 253_402_300_799_999;

/**
 * Give a schedule everything it needs.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` when its calendar is not in the context.
 */
export function bindSchedule(schedule: Schedule, context: ScheduleContext): BoundSchedule {
  const tz = schedule.tz ?? context.tz;
  return new Calculator(schedule, tz, resolveSeries(schedule, context, tz));
}

/** A class, so that 100,000 of them share four methods: as closures they would weigh half as much again. */
class Calculator implements BoundSchedule {
  readonly schedule: Schedule;
  readonly tz: string;
  private readonly series: Series;

  constructor(schedule: Schedule, tz: string, series: Series) {
    this.schedule = schedule;
    this.tz = tz;
    this.series = series;
  }

  get delayMs(): number | undefined {
    return this.schedule.rule.kind === 'after-finish' ? this.schedule.rule.delayMs : undefined;
  }

  next(after: Date): Date | undefined {
    if (after.getTime() > LAST_MS) return undefined;
    const atMs = nextIn(this.series, Math.max(after.getTime(), -1));
    return atMs === undefined || atMs > LAST_MS ? undefined : new Date(atMs);
  }

  previous(before: Date): Date | undefined {
    if (before.getTime() <= 0) return undefined;
    const atMs = previousIn(this.series, Math.min(before.getTime(), LAST_MS + 1));
    return atMs === undefined || atMs < 0 ? undefined : new Date(atMs);
  }

  stopAt(dueAt: Date): Date | undefined {
    return stopInstant(this.schedule, this.tz, dueAt);
  }

  count(after: Date, until: Date): number {
    return countIn(this.series, Math.max(after.getTime(), -1), Math.min(until.getTime(), LAST_MS));
  }
}

/**
 * The day that a due instant stands for, in the schedule's zone: before shift and jitter.
 *
 * @returns `YYYY-MM-DD`
 */
export function nominalDate(schedule: Schedule, context: ScheduleContext, dueAt: Date): string {
  const tz = schedule.tz ?? context.tz;
  const atMs = nominalInstant(resolveSeries(schedule, context, tz), dueAt.getTime());
  const day = Math.floor((atMs + offsetAt(tz, atMs)) / DAY_MS);
  return formatDay(nominalDay(daysOf(schedule, parseDays('daily'), context), day));
}

/** When a run that was due at `dueAt` is to be stopped; a stop time is the first one after that. */
export function stopInstant(schedule: Schedule, tz: string, dueAt: Date): Date | undefined {
  const { stop } = schedule;
  if (stop === undefined) return undefined;
  if (stop.kind === 'after') return new Date(dueAt.getTime() + stop.afterMs);
  const zone = schedule.tz ?? tz;
  const today = Math.floor((dueAt.getTime() + offsetAt(zone, dueAt.getTime())) / DAY_MS);
  for (const day of [today, today + 1, today + 2]) {
    const atMs = fixedInstant(zone, day * DAY_MS + stop.timeMs);
    if (atMs !== undefined && atMs > dueAt.getTime()) return new Date(atMs);
  }
  return undefined;
}

/** The instants of a schedule as data. */
export function resolveSeries(schedule: Schedule, context: ScheduleContext, tz: string): Series {
  if (!schedule.enabled) return { kind: 'never' };
  const limited = limit(baseSeries(schedule, context, tz), schedule, tz);
  if (schedule.jitterMs === undefined || schedule.jitterMs === 0) return limited;
  return { kind: 'jittered', of: limited, seed: context.jobId, jitterMs: schedule.jitterMs };
}

function baseSeries(schedule: Schedule, context: ScheduleContext, tz: string): Series {
  const { rule } = schedule;
  const startMs = context.startedAt.getTime();
  switch (rule.kind) {
    case 'once':
    case 'reboot':
    case 'after-finish':
      return { kind: 'single', atMs: startMs };
    case 'in':
      return { kind: 'single', atMs: startMs + rule.delayMs };
    case 'at': {
      const atMs = rule.at.local ? fixedInstant(tz, rule.at.ms) : rule.at.ms;
      return atMs === undefined ? { kind: 'never' } : { kind: 'single', atMs };
    }
    case 'from-start':
      return {
        kind: 'grid',
        anchorMs: startMs,
        periodMs: rule.periodMs,
        firstMs: startMs + (rule.delayMs ?? 0),
      };
    case 'every':
      return everySeries(schedule, rule, context, tz);
    case 'between': {
      const { fromMs, toMs, periodMs } = rule;
      const days = daysOf(schedule, rule.days, context);
      return { kind: 'windows', ...days, tz, fromMs, toMs, periodMs, anchorMs: undefined };
    }
    case 'daily':
      return wallSeries(schedule, rule, context, tz);
    case 'cron':
      return wallSeries(
        schedule,
        rule.hashed ? { ...rule, ...parseCron(rule.expression, context.jobId) } : rule,
        context,
        tz,
      );
  }
}

function wallSeries(
  schedule: Schedule,
  rule: DayRule & TimeRule,
  context: ScheduleContext,
  tz: string,
): Series {
  const { calendar, shift } = daysOf(schedule, rule, context);
  return {
    kind: 'wall',
    rule,
    calendar,
    shift,
    fixed: isFixedTime(rule) && schedule.clockChange !== 'follow',
    tz,
  };
}

function everySeries(
  schedule: Schedule,
  rule: Extract<Schedule['rule'], { readonly kind: 'every' }>,
  context: ScheduleContext,
  tz: string,
): Series {
  const { periodMs, anchor } = rule;
  const phaseMs = anchor === undefined ? rule.phaseMs : boundaryInstant(anchor, tz) % periodMs;
  if (schedule.calendar === undefined) return { kind: 'grid', anchorMs: phaseMs, periodMs, firstMs: phaseMs };
  const days = daysOf(schedule, parseDays('daily'), context);
  return { kind: 'windows', ...days, tz, fromMs: 0, toMs: DAY_MS, periodMs, anchorMs: phaseMs };
}

function limit(series: Series, schedule: Schedule, tz: string): Series {
  const { from, until } = schedule;
  if (from === undefined && until === undefined) return series;
  return {
    kind: 'limited',
    of: series,
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : boundaryInstant(from, tz),
    untilMs: until === undefined ? Number.POSITIVE_INFINITY : boundaryInstant(until, tz),
  };
}

function boundaryInstant(boundary: Boundary, tz: string): number {
  return boundary.local ? placeWall(tz, boundary.ms).atMs : boundary.ms;
}

function daysOf(schedule: Schedule, rule: DayRule, context: ScheduleContext): Days {
  const { calendar, shift } = schedule;
  return { rule, calendar: calendar === undefined ? undefined : resolveCalendar(calendar, context), shift };
}

function resolveCalendar(calendar: string | Calendar, context: ScheduleContext): Calendar {
  if (typeof calendar !== 'string') return calendar;
  const found = context.calendars?.get(calendar);
  if (found) return found;
  const known = [...(context.calendars?.keys() ?? [])];
  const near = suggest(calendar, known);
  const names =
    known.length === 0 ? 'None is defined: add it under calendars.' : `Known: ${known.join(', ')}.`;
  throw new SupertaskError('SCHEDULE_INVALID', `there is no calendar "${calendar}"`, {
    hint: near === undefined ? names : `Did you mean ${near}?`,
  });
}
