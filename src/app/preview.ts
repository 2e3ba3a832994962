/** What is told about jobs on start: plain English and the next instants. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { JobPreview } from '../model/event.js';
import { explainSchedule } from '../model/explain.js';
import { scheduleWarnings } from '../model/explain-warning.js';
import { type BoundSchedule, nextInstants } from '../model/schedule.js';
import { withoutUrlSecrets } from '../model/secret.js';
import { formatTarget } from '../model/target.js';

const INSTANTS = 3;
/** Nobody reads more, and those of 100,000 jobs would take longer than all else at the start. */
const MOST = 1_000;

/**
 * The first jobs in words.
 *
 * @param hide - For what may hold a secret.
 */
export function previewJobs(
  jobs: readonly ScheduledTask[],
  startedAt: Date,
  tz: string,
  hide: (text: string) => string = withoutUrlSecrets,
): readonly JobPreview[] {
  return jobs.slice(0, MOST).map(({ task, bounds }) => ({
    id: task.id,
    name: task.name && hide(task.name),
    target: hide(task.steps.map((step) => formatTarget(step.target)).join('; ')),
    schedules: bounds.map((bound) => ({
      text: bound.schedule.text,
      meaning: explainSchedule(bound.schedule, tz),
      tz: bound.schedule.tz ?? tz,
      next: nextInstants(bound, new Date(startedAt.getTime() - 1), INSTANTS),
      warnings: [...scheduleWarnings(bound.schedule), ...passedWarning(bound, startedAt)],
    })),
  }));
}

/** Nobody should wait for what will not come. */
function passedWarning(bound: BoundSchedule, startedAt: Date): readonly string[] {
  const isOver =
    bound.schedule.enabled &&
    bound.schedule.rule.kind === 'at' &&
    nextInstants(bound, new Date(startedAt.getTime() - 1), 1).length === 0;
  return isOver ? ['this moment has passed, so it is not run'] : [];
}
