/** What is asked of an instant. */
import type { BoundSchedule } from '../model/schedule.js';

/** Whether a schedule has it. */
export function isInstantOf(bound: BoundSchedule, dueAt: Date): boolean {
  return bound.next(new Date(dueAt.getTime() - 1))?.getTime() === dueAt.getTime();
}
