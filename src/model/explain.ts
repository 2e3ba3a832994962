/** Schedules in plain English. */
import { DAY_MS, formatDay, formatTime } from './calendar-day.js';
import { parseCron } from './cron.js';
import { cronWords, dayWords } from './explain-cron.js';
import { counted, durationWords, everyWords, listWords } from './explain-word.js';
import type { Boundary, Schedule, ScheduleRule } from './schedule.js';

/**
 * Say what a schedule means: `every 5 minutes`, `at 02:30 every day (Europe/Berlin)`.
 *
 * @param tz - The zone of schedules that have none; it is named where the wall clock matters.
 * @param jobId - What `H` stands for depends on it; without it an example is told.
 */
export function explainSchedule(schedule: Schedule, tz: string, jobId?: string): string {
  const zone = schedule.tz ?? tz;
  const zoned = isZoned(schedule) ? ` (${zone})` : '';
  return [ruleWords(schedule.rule, jobId) + zoned, ...optionWords(schedule)].join(', ');
}

function isZoned(schedule: Schedule): boolean {
  const { rule } = schedule;
  if (schedule.calendar !== undefined || schedule.from?.local || schedule.until?.local) return true;
  if (rule.kind === 'at') return rule.at.local;
  if (rule.kind === 'every') return rule.anchor?.local === true;
  return rule.kind === 'cron' || rule.kind === 'daily' || rule.kind === 'between';
}

function ruleWords(rule: ScheduleRule, jobId: string | undefined): string {
  switch (rule.kind) {
    case 'once':
      return 'once, at once';
    case 'reboot':
      return 'once each time the scheduler starts';
    case 'in':
      return `once, ${durationWords(rule.delayMs)} after the start`;
    case 'at':
      return `once, at ${boundaryWords(rule.at)}`;
    case 'cron':
      if (!rule.hashed) return cronWords(rule);
      if (jobId !== undefined) return cronWords(parseCron(rule.expression, jobId));
      return `for example ${cronWords(rule)}, as H differs from job to job`;
    case 'daily':
      return `at ${listWords(rule.seconds.map((second) => formatTime(second * 1000)))} ${dayWords(rule)}`;
    case 'every':
      if (rule.anchor !== undefined)
        return `${everyWords(rule.periodMs)}, counted from ${boundaryWords(rule.anchor)}`;
      if (rule.phaseMs === 0) return everyWords(rule.periodMs);
      return `${everyWords(rule.periodMs)}, ${durationWords(rule.phaseMs)} later than the full grid`;
    case 'between': {
      const to =
        rule.toMs > DAY_MS ? `${formatTime(rule.toMs - DAY_MS)} on the next day` : formatTime(rule.toMs);
      return `${everyWords(rule.periodMs)} from ${formatTime(rule.fromMs)} to before ${to} ${dayWords(rule.days)}`;
    }
    case 'from-start':
      if (rule.delayMs === undefined)
        return `${everyWords(rule.periodMs)}, counted from the start, beginning at once`;
      return `${everyWords(rule.periodMs)}, counted from the start, first after ${durationWords(rule.delayMs)}`;
    case 'after-finish':
      return `at once, then ${durationWords(rule.delayMs)} after each run has ended`;
  }
}

function optionWords(schedule: Schedule): string[] {
  const words: string[] = [];
  const { calendar, clockChange, shift, jitterMs = 0, from, until, stop } = schedule;
  if (calendar !== undefined) {
    words.push(`only on days of the calendar ${typeof calendar === 'string' ? calendar : calendar.name}`);
  }
  if (shift?.calendarDays) words.push(shiftWords(shift.calendarDays, 'calendar day'));
  if (shift?.days) words.push(shiftWords(shift.days, 'day'));
  if (clockChange === 'follow') words.push('as the clock shows it when it changes');
  if (jitterMs > 0) words.push(`up to ${durationWords(jitterMs)} later`);
  if (from) words.push(`not before ${boundaryWords(from)}`);
  if (until) words.push(`only before ${boundaryWords(until)}`);
  if (stop?.kind === 'after') words.push(`stopped ${durationWords(stop.afterMs)} after it was due`);
  if (stop?.kind === 'at') words.push(`stopped at ${formatTime(stop.timeMs)}`);
  if (!schedule.enabled) words.push('but not enabled');
  return words;
}

function shiftWords(days: number, unit: string): string {
  return `${counted(Math.abs(days), unit)} ${days < 0 ? 'earlier' : 'later'}`;
}

function boundaryWords(boundary: Boundary): string {
  if (!boundary.local) return new Date(boundary.ms).toISOString();
  const day = Math.floor(boundary.ms / DAY_MS);
  return `${formatDay(day)} ${formatTime(boundary.ms - day * DAY_MS)}`;
}
