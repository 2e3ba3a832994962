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
    case 'daily':
      return 'fixed-time';
    case 'every':
    case 'between':
      return 'interval';
    case 'cron':
      return isFixedTime(schedule.rule) ? 'fixed-time' : 'interval';
  }
}

/** No `*`, `?` or step in second, minute and hour: runs exactly once per matching time, whatever the clocks do. */
export function isFixedTime(rule: TimeRule): boolean {
  return rule.kind === 'daily' || !(rule.second.stepped || rule.minute.stepped || rule.hour.stepped);
}
