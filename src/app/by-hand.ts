/** Jobs that somebody asks for, with arguments of their own. */
import type { RunDetail } from '../engine/claim.js';
import { jobByHand } from '../model/expand.js';
import type { Args } from '../model/param.js';
import type { Task } from '../model/task.js';
import { reachedFrom } from './expand.js';

/**
 * The job that somebody asks for: a task with the arguments given, or one that schedules make of it; and the tasks
 * that its actions trigger.
 *
 * @throws {SupertaskError} `ARGS_INVALID`
 */
export function tasksByHand(
  tasks: readonly Task[],
  { task, detail }: { readonly task: string; readonly detail: RunDetail },
): readonly Task[] {
  const found = jobByHand(tasks, task, argTexts(detail.args));
  if (found === undefined) return [];
  const [, ...others] = reachedFrom(found.taskId ?? found.id, tasks);
  return [found, ...others];
}

/** Arguments as texts; others than texts come from programs. */
export function argTexts(args: RunDetail['args'] = {}): Args {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
