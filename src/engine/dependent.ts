/** Tasks without a schedule of their own, which run whenever what they come after has ended. */
import { isMeant } from '../model/gate.js';
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';

/** What is due because a run has ended. */
export function dependentsOf(
  run: Run,
  ended: ScheduledTask,
  followersOf: (taskId: string) => readonly ScheduledTask[],
  dueAt: Date,
): readonly Planned[] {
  const other = { task: ended.task.taskId ?? ended.task.id, args: ended.task.args ?? {} };
  const isNext = ({ task: { gate, args = {} } }: ScheduledTask): boolean =>
    gate?.after.some(
      (dependency) =>
        isMeant(dependency, args, other) && (dependency.outcomes as readonly string[]).includes(run.status),
    ) ?? false;
  const detail = { cause: { run: run.id, kind: 'dependency' as const } };
  return followersOf(other.task)
    .filter(isNext)
    .map((job) => ({ job, dueAt, trigger: 'dependency', attempt: 1, isCatchUp: false, detail }));
}
