/** A task with its schedules ready to calculate. */
import type { ScheduledTask } from '../engine/agenda.js';
import { bindSchedule } from '../model/schedule.js';
import type { Task } from '../model/task.js';

export function bindTask(task: Task, startedAt: Date, tz: string): ScheduledTask {
  const bounds = task.schedules
    .filter((schedule) => schedule.enabled)
    .map((schedule) => bindSchedule(schedule, { jobId: task.id, startedAt, tz }));
  return { task, bounds };
}
