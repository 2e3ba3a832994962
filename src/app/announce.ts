/** Tells what a schedule will do, when it begins. */
import type { ScheduledTask } from '../engine/agenda.js';
import type { RunOptions } from './run-option.js';
import type { RunPlan } from './run-plan.js';

export async function announce(
  { namespace, source: { timetable }, hiding }: RunPlan,
  jobs: readonly ScheduledTask[],
  startedAt: Date,
  options: RunOptions,
): Promise<void> {
  const { previewJobs } = await import('./preview.js');
  options.reporter.report({
    type: 'scheduler-started',
    at: startedAt,
    namespace,
    jobCount: jobs.length,
    jobs: previewJobs(jobs, startedAt, options.tz, hiding.text),
    warnings: timetable.warnings.map(hiding.text),
  });
}
