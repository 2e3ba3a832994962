/** Ids of jobs, runs, namespaces and tasks, for completion. */
import { liveRuns } from '../../app/control/live.js';
import { loadSource } from '../../app/file-source.js';
import type { Run } from '../../model/run.js';
import { findTimetable } from '../../settings/timetable.js';
import { formatInstant } from '../cells.js';
import { openReading, type Reading } from '../reading.js';
import type { Candidate } from './answer.js';

/** More than anybody looks through. */
const MOST_RUNS = 50;
/** Beginnings of ids are enough everywhere; this much differs also between runs of one instant. */
const RUN_DIGITS = 18;

type IdSubject = 'job' | 'live' | 'namespace' | 'run' | 'task';

/** @param flags - Those of the line: `--ns`, `--state-dir` and `--file` say where to look. */
export async function listIds(
  subject: IdSubject,
  flags: Readonly<Record<string, unknown>>,
  text: string,
): Promise<readonly Candidate[]> {
  if (subject === 'task') return tasksHere(flags);
  // What is being completed may be the namespace itself.
  const reading = await openReading(subject === 'namespace' ? { stateDir: flags['stateDir'] } : flags);
  switch (subject) {
    case 'namespace':
      return (await reading.store.namespaces()).map(({ id, source }) => ({ value: id, about: source }));
    case 'job':
      return listJobs(reading);
    case 'live':
      return listLive(reading, text);
    case 'run': {
      const { namespace } = reading;
      return (await reading.store.runs({ namespace, limit: MOST_RUNS })).map(candidateOf(text));
    }
  }
}

/** Runs that are going, with their jobs and namespaces. */
async function listLive({ store, namespace }: Reading, text: string): Promise<readonly Candidate[]> {
  const runs = await liveRuns(store, { namespace });
  return [
    ...runs.map((run) => ({ value: run.job, about: run.status })),
    ...runs.map(candidateOf(text)),
    ...runs.map((run) => ({ value: run.namespace, about: `namespace of ${run.job}` })),
  ];
}

/** When jobs are due next is not asked: it would take longer than all the rest. */
async function listJobs({ store, namespace }: Reading): Promise<readonly Candidate[]> {
  const ids = namespace === undefined ? (await store.namespaces()).map(({ id }) => id) : [namespace];
  const jobs = (await Promise.all(ids.map((id) => store.jobs(id)))).flat();
  return jobs.map(({ id, name, target }) => ({ value: id, about: name ?? target }));
}

/** Whoever has typed more than what is offered knows the rest. */
function candidateOf(text: string): (run: Run) => Candidate {
  const digits = Math.max(RUN_DIGITS, text.length);
  return ({ id, job, status, scheduledAt }) => ({
    value: id.slice(0, digits),
    about: `${job} ${status} ${formatInstant(scheduledAt)}`,
  });
}

async function tasksHere({ file }: Readonly<Record<string, unknown>>): Promise<readonly Candidate[]> {
  const cwd = process.cwd();
  const path = typeof file === 'string' ? file : await findTimetable(cwd);
  // Standard input is the terminal, and a network may be slow.
  if (path === undefined || path === '-' || /^https?:/i.test(path)) return [];
  const { timetable } = await loadSource(path, cwd, async () => '');
  return timetable.tasks.map(({ id, name, description }) => ({
    value: id,
    about: name ?? description ?? '',
  }));
}
