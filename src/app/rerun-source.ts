/** What would run again from a source that no scheduler has. */
import type { JobDefinition } from '../model/job.js';
import type { Run } from '../model/run.js';
import { definitionOf } from './define.js';
import { digestsOf } from './definition-digest.js';
import { expandSchedules } from './expand.js';
import { jobAgain, type RerunOptions } from './rerun.js';
import type { RunOptions } from './run-option.js';
import { findHiding } from './secret.js';
import type { Source } from './source.js';

/**
 * The definition that a run would have again from a source without a scheduler, as the bookkeeping would keep it.
 *
 * @throws {SupertaskError} Where it cannot be made again.
 */
export async function definitionAgain(
  source: Source,
  run: Run,
  options: RerunOptions,
  { env, mask, tz }: Pick<RunOptions, 'env' | 'mask' | 'tz'>,
): Promise<JobDefinition> {
  const jobs = await expandSchedules(source.timetable.tasks);
  const task = jobAgain(jobs, run, options);
  const { text } = await findHiding(jobs, env, mask);
  const { command } = source;
  const definition = definitionOf(task, tz, text);
  return command === undefined
    ? { ...definition, ...digestsOf(source, text)(task) }
    : { ...definition, command };
}
