/** What is told about jobs on start: plain English and the next instants. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { JobPreview } from '../model/event.js';
import { explainSchedule } from '../model/explain.js';
import { overWarning, scheduleWarnings } from '../model/explain-warning.js';
import type { BoundSchedule } from '../model/schedule.js';
import { nextInstants } from '../model/schedule-bound.js';
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
    schedules: bounds.map((bound) => previewSchedule(bound, startedAt, tz)),
  }));
}

function previewSchedule(bound: BoundSchedule, startedAt: Date, tz: string): JobPreview['schedules'][number] {
  const { schedule } = bound;
  const next = nextInstants(bound, new Date(startedAt.getTime() - 1), INSTANTS);
  const over = next.length === 0 ? overWarning(bound, startedAt) : undefined;
  return {
    text: schedule.text,
    meaning: explainSchedule(schedule, tz),
    tz: schedule.tz ?? tz,
    next,
    warnings: [...scheduleWarnings(schedule), ...(over === undefined ? [] : [over])],
  };
}
