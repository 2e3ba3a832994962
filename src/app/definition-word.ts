/** What the bookkeeping keeps of a task for those who look for its jobs. */
import { recordedArgs } from '../model/arg.js';
import type { JobDefinition } from '../model/job.js';
import type { Task } from '../model/task.js';

/** @param hide - For what may hold a secret. */
export function keptWords(
  task: Task,
  hide: (text: string) => string,
): Pick<JobDefinition, 'labels' | 'args'> {
  const { labels } = task;
  const { args } = recordedArgs(task);
  return {
    ...(labels === undefined ? {} : { labels: hidden(labels, hide) }),
    ...(args === undefined ? {} : { args: hidden(args, hide) }),
  };
}

function hidden<Value>(
  values: Readonly<Record<string, Value>>,
  hide: (text: string) => string,
): Readonly<Record<string, Value>> {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? hide(value) : value,
  ]);
  return Object.fromEntries(shown);
}
