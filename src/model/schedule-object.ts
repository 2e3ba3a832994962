/** The object form of a schedule, as in files. */
import { SupertaskError } from '../errors.js';
import type { Schedule } from './schedule.js';
import { parseSchedule } from './schedule-text.js';

/** Read a schedule from a file's value: text, or an object. */
export function parseScheduleObject(value: unknown): Schedule {
  if (typeof value === 'string') return parseSchedule(value);
  throw new SupertaskError('SCHEDULE_INVALID', 'a schedule must be text or an object');
}
