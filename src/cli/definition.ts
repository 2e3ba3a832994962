/** The present definition of a job, read from where it comes from. */

import { loadSource } from '../app/file-source.js';
import { namespaceOf } from '../app/identity.js';
import { findJob, findNamespace, listJobs } from '../app/read.js';
import type { Source } from '../app/source.js';
import { SupertaskError } from '../errors.js';
import { jobByHand } from '../model/expand.js';
import type { Job } from '../model/job.js';
import type { Args } from '../model/param.js';
import type { Task } from '../model/task.js';
import type { Settings } from '../settings/table.js';
import type { FileStore } from '../store/file/store.js';
import { taskOf } from './commands/by-hand.js';
import { findHere } from './here.js';
import { readInput } from './input.js';

export type Definition = {
  readonly source: Source;
  readonly task: Task;
  readonly namespace: string;
};

export type DefinitionQuery = {
  /** A job by id or name, or the beginning of its id. */
  readonly job: string;
  /** A path, a URL or `-`; undefined: the timetable here if it has the job, else what the bookkeeping says. */
  readonly file: string | undefined;
  /** Arguments of the job. */
  readonly args?: Args;
  readonly settings: Settings;
};

/**
 * Find a task in the file that it is defined in.
 *
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`, the errors of the file, and `CONFLICT` for a job of which no
 *   definition is kept.
 */
export async function findDefinition(store: FileStore, query: DefinitionQuery): Promise<Definition> {
  const { job, file, settings, args } = query;
  const cwd = process.cwd();
  if (file !== undefined) return definitionIn(await loadSource(file, cwd, readInput), job, settings, args);
  const { ns, hostId } = settings;
  const here = ns === undefined ? await findHere(store, cwd, hostId) : undefined;
  if (here !== undefined) {
    const source = await loadSource(here.file, cwd, readInput);
    const isHere = source.timetable.tasks.some(
      ({ id, name }) => job.startsWith(`${id}@`) || id.startsWith(job) || name === job,
    );
    if (isHere) return definitionIn(source, job, settings, args);
  }
  const wanted = ns === undefined ? here?.namespace : (await findNamespace(store, ns)).id;
  const found = await findJob(store, job, wanted).catch((error: unknown) => {
    if (here === undefined) throw error;
    return findElsewhere(store, job, error);
  });
  return definitionOfKept(store, found, query);
}

/** Of another namespace than that of the timetable here, a job is meant by its whole id or name only. */
async function findElsewhere(store: FileStore, text: string, missing: unknown): Promise<Job> {
  const jobs = await listJobs(store, undefined, new Date());
  if (!jobs.some(({ id, name }) => id === text || name === text)) throw missing;
  return findJob(store, text, undefined);
}

async function definitionOfKept(
  store: FileStore,
  found: Job,
  { settings, args }: DefinitionQuery,
): Promise<Definition> {
  const { kind, source: from } = await findNamespace(store, found.namespace);
  if (kind !== 'file' && kind !== 'url') {
    if (found.command === undefined || 'lacks' in found.command)
      throw new SupertaskError('CONFLICT', `the definition of ${found.id} is not kept`, {
        hint: 'It comes from a command line with a secret or variables, or from standard input; put it into a timetable, or name its file with --file.',
      });
    const source = await (await import('./command-source.js')).commandSource(found);
    return { ...definitionIn(source, found.id, settings, args), namespace: found.namespace };
  }
  const source = await loadSource(from, process.cwd(), readInput);
  return { ...definitionIn(source, found.id, settings, args), namespace: found.namespace };
}

function definitionIn(source: Source, job: string, { ns, hostId }: Settings, args: Args = {}): Definition {
  const id = taskOf(source, job);
  const task = jobByHand(source.timetable.tasks, id, args);
  if (task === undefined) throw new SupertaskError('ID_UNKNOWN', `${source.source} has no task "${id}"`);
  const namespace = ns ?? source.timetable.namespace ?? namespaceOf(source.source, source.kind, hostId);
  return { source, task, namespace };
}
