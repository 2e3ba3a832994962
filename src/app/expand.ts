/** Which schedules tasks run by, and which jobs they make. */
import type { Args } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import { ONCE } from '../model/schedule-bound.js';
import type { Task } from '../model/task.js';

/**
 * Where nothing is scheduled at all, everything runs once; else tasks without a schedule wait to be triggered, as do
 * those that an action triggers.
 */
export function withSchedules(tasks: readonly Task[], when: Schedule | undefined): readonly Task[] {
  if (when === undefined && tasks.some((task) => task.schedules.length > 0)) return tasks;
  return withSchedule(tasks, when ?? ONCE);
}

/** The same tasks with another schedule; each set of arguments that schedules bring gets it. */
export function withSchedule(tasks: readonly Task[], when: Schedule): readonly Task[] {
  const triggered = new Set(tasks.flatMap(triggeredBy));
  const waits = ({ id, schedules }: Task): boolean => triggered.has(id) && schedules.length === 0;
  return tasks.map((task) =>
    waits(task) ? task : Object.assign({}, task, { schedules: insteadOf(task.schedules, when) }),
  );
}

/** The ids of the tasks that its actions trigger. */
export function triggeredBy(task: Task | undefined): readonly string[] {
  return (task?.actions ?? []).flatMap(({ does }) => (does.kind === 'trigger' ? [does.task] : []));
}

function insteadOf(schedules: readonly Schedule[], when: Schedule): readonly Schedule[] {
  const sets = new Map(schedules.map(({ args }) => [JSON.stringify(args), args]));
  if (sets.size === 0) return [when];
  return [...sets.values()].map((args) => (args === undefined ? when : { ...when, args }));
}

/** Jobs from tasks; few timetables have parameters. @throws {SupertaskError} `ARGS_INVALID` */
export async function expandSchedules(tasks: readonly Task[], given: Args = {}): Promise<readonly Task[]> {
  const isPlain = tasks.every(
    ({ params, schedules }) => params === undefined && schedules.every(({ args }) => args === undefined),
  );
  if (isPlain && Object.keys(given).length === 0) return tasks;
  const { expandTasks } = await import('../model/expand.js');
  return expandTasks(tasks, given);
}
