/** What in a schedule may be read in more than one way, or may surprise. */
import { formatTime, MONTHS, monthLength } from './calendar-day.js';
import type { CronRule } from './cron.js';
import { valuesOf } from './cron-field.js';
import { cronWords, dayWords } from './explain-cron.js';
import { listWords } from './explain-word.js';
import type { Schedule } from './schedule.js';

const DAY = 86_400_000;

/** Sentences that say how ambiguous or surprising parts were read; empty for most schedules. */
export function scheduleWarnings(schedule: Schedule): string[] {
  const { rule } = schedule;
  if (rule.kind === 'cron') return cronWarnings(rule.expression, rule);
  if (rule.kind === 'every' && rule.periodMs % DAY === 0) {
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
  const skipped = skippedMonths(rule);
  if (skipped !== undefined)
    warnings.push(`"${expression}" has no run ${skipped}; L is the last day of any month.`);
  return [...warnings, ...stepWarnings(expression, rule), ...onceAnHour(expression, rule)];
}

/** Which of its months a rule skips because they are too short. */
function skippedMonths(rule: CronRule): string | undefined {
  if (rule.day.lone || !rule.weekday.lone || rule.day.special.length > 0) return undefined;
  const first = Math.min(...valuesOf(rule.day));
  const months = valuesOf(rule.month).filter((month) => monthLength(2001, month) < first);
  if (months.length === 0) return undefined;
  const names = months.map((month) => {
    const name = MONTHS[month - 1] ?? '';
    const leap = month === 2 && first === 29 ? ' (but in leap years)' : '';
    return name.charAt(0).toUpperCase() + name.slice(1) + leap;
  });
  return `in ${listWords(names)}`;
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
