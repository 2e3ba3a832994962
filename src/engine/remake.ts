/** Jobs of runs that somebody asked for with arguments of their own: no schedule brings them after a restart. */
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';

/** The jobs, and those of runs that are none of them, made again of what the records of the runs say. */
export async function withJobsOf(
  runs: readonly Run[],
  jobs: readonly ScheduledTask[],
): Promise<readonly ScheduledTask[]> {
  // A task that waits for arguments is no job yet, though its id may be that of one with secret arguments.
  const whole = jobs.filter(({ task }) => task.params === undefined || task.args !== undefined);
  const known = new Set(whole.map(({ task }) => task.id));
  const others = runs.filter(({ job }) => !known.has(job));
  if (others.length === 0) return whole;
  const { remakeJob } = await import('../model/expand.js');
  const tasks = jobs.map(({ task }) => task);
  const made = others.flatMap((run) => remakeJob(tasks, run) ?? []);
  return [...whole, ...made.map((task) => ({ task, bounds: [] }))];
}
