/** What the bookkeeping keeps of tasks. */
import type { JobDefinition } from '../model/job.js';
import { scheduleForm } from '../model/schedule-form.js';
import { withoutUrlSecrets } from '../model/secret.js';
import { formatTarget } from '../model/target.js';
import type { Task } from '../model/task.js';
import { keptWords } from './definition-word.js';

/**
 * What the bookkeeping keeps of tasks. Each definition is made when it is asked for: a hundred thousand of them would
 * weigh as much as the tasks themselves.
 *
 * @param hide - For what may hold a secret.
 * @param more - What each has beside.
 */
export function definitionsOf(
  tasks: readonly Task[],
  tz: string,
  hide: (text: string) => string = withoutUrlSecrets,
  more: (task: Task) => Partial<JobDefinition> = () => ({}),
): Iterable<JobDefinition> {
  const year = new Date().getUTCFullYear();
  return {
    *[Symbol.iterator]() {
      for (const task of tasks) yield Object.assign(definitionOf(task, tz, hide, year), more(task));
    },
  };
}

/** @param year - Around which days of a calendar are kept. */
export function definitionOf(
  task: Task,
  tz: string,
  hide: (text: string) => string,
  year = new Date().getUTCFullYear(),
): JobDefinition {
  const { deadlineMs, keep } = task.policy;
  const forms = task.schedules.map((schedule) => scheduleForm(schedule, year));
  return {
    id: task.id,
    ...(task.taskId === undefined ? {} : { task: task.taskId }),
    name: task.name && hide(task.name),
    description: task.description && hide(task.description),
    ...keptWords(task, hide),
    target: hide(task.steps.map((step) => formatTarget(step.target)).join('; ')),
    schedules: task.schedules.map((schedule) => schedule.text),
    ...(forms.every((form) => typeof form === 'string') ? {} : { scheduleForms: forms }),
    tz: zoneOf(task) ?? tz,
    enabled: task.enabled,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(keep === undefined ? {} : { keep }),
    ...(task.origin === undefined ? {} : { origin: task.origin }),
  };
}

/** The zone that all its schedules name; undefined where they name several, or none. */
function zoneOf({ schedules, tz }: Task): string | undefined {
  const zones = new Set(schedules.map((schedule) => schedule.tz ?? tz));
  return zones.size === 1 ? [...zones][0] : undefined;
}
