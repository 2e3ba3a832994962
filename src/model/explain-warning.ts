/** What in a schedule may be read in more than one way, or may surprise. */
import { formatTime, monthLength } from './calendar-day.js';
import type { CronRule } from './cron.js';
import { valuesOf } from './cron-value.js';
import { explainClockChange } from './explain-clock-change.js';
import { cronWords, dayWords } from './explain-cron.js';
import { listWords, monthName } from './explain-word.js';
import type { BoundSchedule, Schedule, ScheduleContext } from './schedule.js';
import { isStartRelative, namesTimes } from './schedule-class.js';

const DAY = 86_400_000;

/**
 * Sentences that say how ambiguous or surprising parts were read; empty for most schedules.
 *
 * @param when - With it, a fixed time that a clock change of the coming year moves or repeats is told, too.
 */
export function scheduleWarnings(
  schedule: Schedule,
  when?: { readonly context: ScheduleContext; readonly after: Date },
): string[] {
  const warnings = ruleWarnings(schedule);
  if (when === undefined || !namesTimes(schedule)) return warnings;
  const change = explainClockChange(schedule, when.context, when.after);
  const isNear = change !== undefined && change.at.getTime() - when.after.getTime() < 366 * DAY;
  return isNear ? [...warnings, `"${schedule.text}": ${change.text}.`] : warnings;
}

/** Says that nothing is to come of a schedule from `from` on, and why; undefined where something is. */
export function overWarning(bound: BoundSchedule, from: Date): string | undefined {
  const { schedule } = bound;
  if (isStartRelative(schedule) || bound.next(new Date(from.getTime() - 1)) !== undefined) return undefined;
  const last = bound.previous(from);
  if (last === undefined) return `"${schedule.text}" is never due: no day fits all of its parts.`;
  return `"${schedule.text}" is over: it was due last at ${last.toISOString()}.`;
}

function ruleWarnings(schedule: Schedule): string[] {
  const { rule } = schedule;
  if (rule.kind === 'cron') return cronWarnings(rule.expression, rule);
  if (rule.kind === 'every' && rule.anchor === undefined && rule.periodMs % DAY === 0) {
    const at = formatTime(rule.phaseMs % DAY);
    return [
      `"${schedule.text}" counts from the Unix epoch, so it runs at ${at} UTC; for a local time write: daily at ${at}.`,
    ];
  }
  return [];
}

function cronWarnings(expression: string, rule: CronRule): string[] {
  const warnings: string[] = [];
  if (expression.split(' ').length === 6) {
    warnings.push(
      `"${expression}" has six fields: the first is seconds here (some tools have the year last).`,
    );
  }
  if (!rule.day.lone && !rule.weekday.lone && !rule.both) {
    warnings.push(
      `"${expression}" restricts day and weekday: it runs when either fits (${dayWords(rule)}); put + before the weekday if both must.`,
    );
  }
  return [
    ...warnings,
    ...monthWarnings(expression, rule),
    ...stepWarnings(expression, rule),
    ...onceAnHour(expression, rule),
  ];
}

/** Months that are too short for a rule's days. */
function monthWarnings(expression: string, rule: CronRule): string[] {
  if (rule.day.lone || !rule.weekday.lone || rule.day.special.length > 0) return [];
  const first = Math.min(...valuesOf(rule.day));
  const all = valuesOf(rule.month);
  const months = all.filter((month) => monthLength(2001, month) < first);
  if (months.length === 0) return [];
  const last = 'L is the last day of any month.';
  if (months.length === all.length) return [`"${expression}" has a run in leap years only; ${last}`];
  const leap = first === 29 ? ' except in leap years' : '';
  return [`"${expression}" has no run in ${listWords(months.map(monthName))}${leap}; ${last}`];
}

/** Steps start again with the next hour or day, so the last one is shorter when they do not fit. */
function stepWarnings(expression: string, rule: CronRule): string[] {
  const fields = [
    [rule.second, 60, 's', 'minute'],
    [rule.minute, 60, 'm', 'hour'],
    [rule.hour, 24, 'h', 'day'],
  ] as const;
  return fields.flatMap(([field, size, unit, parent]) => {
    const step = Number(/^(?:[*?]|0)\/(\d+)$/.exec(field.text)?.[1] ?? 1);
    if (size % step === 0) return [];
    const last = Math.floor((size - 1) / step) * step;
    return [
      `"${expression}": ${field.text} starts again with each ${parent}, so the step after ${last} is ${size - last}${unit} long; for a steady pace write: every ${step}${unit}.`,
    ];
  });
}

/** `* 5 * * *` is most often meant as `0 5 * * *`. */
function onceAnHour(expression: string, rule: CronRule): string[] {
  const isBurst = rule.minute.lone && !rule.hour.lone && valuesOf(rule.hour).length === 1;
  if (!isBurst) return [];
  return [
    `"${expression}" runs every minute of that hour (${cronWords(rule)}); write 0 for the minute to run once.`,
  ];
}
