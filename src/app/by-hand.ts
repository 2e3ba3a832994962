/** Jobs that somebody asks for, with arguments of their own. */
import type { RunDetail } from '../engine/claim.js';
import { expandTasks, jobByHand } from '../model/expand.js';
import type { Run } from '../model/run.js';
import type { Task } from '../model/task.js';
import { argTexts } from './arg-text.js';
import { triggeredBy } from './expand.js';
import { jobAgain } from './rerun.js';

export type ByHand = {
  readonly task: string;
  readonly detail: RunDetail;
  /** What is run again, its arguments apart where others are given. */
  readonly again?: Run | undefined;
};

/**
 * The job that somebody asks for: a task with the arguments given, or one that schedules make of it; and the tasks
 * that its actions trigger.
 *
 * @throws {SupertaskError} `ARGS_INVALID`
 */
export function tasksByHand(tasks: readonly Task[], { task, detail, again }: ByHand): readonly Task[] {
  const found =
    again === undefined
      ? jobByHand(tasks, task, argTexts(detail.args))
      : jobAgain([...expandTasks(tasks), ...tasks], again, { args: detail.args });
  if (found === undefined) return [];
  const [, ...others] = reachedFrom(found.taskId ?? found.id, tasks);
  return [found, ...others];
}

/** The task with this id first, then those that are triggered when it has run. */
function reachedFrom(id: string, tasks: readonly Task[]): readonly Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const reached = new Set([id]);
  for (const each of reached) for (const next of triggeredBy(byId.get(each))) reached.add(next);
  return [...reached].flatMap((each) => byId.get(each) ?? []);
}
