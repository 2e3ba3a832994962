import { SupertaskError } from '../errors.js';
import { parseSchedule, type Schedule } from '../model/schedule.js';
export function parseScheduleObject(value: unknown): Schedule {
  if (typeof value === 'string') return parseSchedule(value);
  const { cron, every, tz } = value as { cron?: unknown; every?: unknown; tz?: string };
  if (typeof cron === 'string') return { ...parseSchedule(cron), tz };
  if (typeof every === 'string') return { ...parseSchedule(`every ${every}`), tz };
  throw new SupertaskError('SCHEDULE_INVALID', 'not a schedule object');
}
