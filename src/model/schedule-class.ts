/** How a schedule stands to the wall clock, for what is done when that clock jumps. */
import type { TimeRule } from './cron.js';
import type { Schedule } from './schedule.js';

/**
 * How the wall clock rules a schedule: `fixed-time` ones name times of day and run once for each, `interval` ones
 * go on at their pace, `start` ones count from the scheduler's start.
 */
export type ScheduleClass = 'fixed-time' | 'interval' | 'start';

/** Whether a schedule counts from the scheduler's start: it has no past that could be caught up. */
export function isStartRelative(schedule: Schedule): boolean {
  return scheduleClass(schedule) === 'start';
}

export function scheduleClass(schedule: Schedule): ScheduleClass {
  switch (schedule.rule.kind) {
    case 'once':
    case 'reboot':
    case 'in':
    case 'from-start':
    case 'after-finish':
      return 'start';
    case 'at':
      return 'fixed-time';
    case 'daily':
      return follows(schedule) ? 'interval' : 'fixed-time';
    case 'every':
    case 'between':
      return 'interval';
    case 'cron':
      return isFixedTime(schedule.rule) && !follows(schedule) ? 'fixed-time' : 'interval';
  }
}

/** Whether a schedule names times of day, so that somebody may wait for one that a clock change leaves out. */
export function namesTimes(schedule: Schedule): boolean {
  const { rule } = schedule;
  if (!follows(schedule)) return scheduleClass(schedule) === 'fixed-time';
  return (rule.kind === 'cron' || rule.kind === 'daily') && isFixedTime(rule);
}

/** No `*`, `?` or step in second, minute and hour: runs exactly once per matching time, whatever the clocks do. */
export function isFixedTime(rule: TimeRule): boolean {
  return rule.kind === 'daily' || !(rule.second.stepped || rule.minute.stepped || rule.hour.stepped);
}

function follows({ clockChange }: Schedule): boolean {
  return clockChange === 'follow';
}
