/** A job made through the API where no scheduler has it: what its namespace has of such jobs, to run one by hand. */
import { SupertaskError } from '../../errors.js';
import type { Job } from '../../model/job.js';
import type { FileStore } from '../../store/file/store.js';
import type { Source } from '../source.js';
import { NO_ALLOWANCE } from './allowance.js';
import { invalidTasks } from './change.js';
import { directoryOf, summaryOf } from './place.js';
import { inspectForms, readKeptTasks } from './task.js';

/**
 * Where it would run, with no more than such jobs may say without anybody's leave.
 *
 * @throws {SupertaskError} `NOT_RUNNING` where nobody knows its directory; `ID_UNKNOWN` when it is gone;
 *   `TIMETABLE_INVALID`, `NOT_ALLOWED` where it cannot be run
 */
export async function keptSource(
  store: Pick<FileStore, 'namespaces' | 'keptJobs'>,
  { namespace, id, task = id }: Job,
): Promise<Source> {
  const summary = await summaryOf(store, namespace);
  const directory = directoryOf(summary);
  if (directory === undefined)
    throw new SupertaskError('NOT_RUNNING', `no scheduler that has ${id} is running`, {
      hint: `It was made through the API, and only its scheduler knows where it runs: start that, or, where it is to run, supertask run --ns=${namespace} --api-jobs.`,
    });
  const jobs = (await store.keptJobs?.(namespace))?.jobs ?? new Map();
  const kept = jobs.get(task);
  if (kept === undefined)
    throw new SupertaskError('ID_UNKNOWN', `no job "${task}" is kept that was made through the API`, {
      hint: 'It was removed.',
    });
  const surroundings = { directory, allowance: NO_ALLOWANCE };
  const { written } = await readKeptTasks(jobs, surroundings);
  if (written.every((each) => each.id !== task)) {
    const { problems } = await inspectForms(new Map([[task, kept.task]]), surroundings);
    throw invalidTasks(problems, `the job ${task}`);
  }
  const { kind, source, author } = summary;
  const timetable = { namespace, author, tasks: written, warnings: [] };
  return { kind, source, timetable, directory };
}
