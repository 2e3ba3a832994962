/** `jobs.json` of a namespace: jobs that were made through the API, replaced as a whole by whoever holds the lock. */
import { SupertaskError } from '../../errors.js';
import {
  isObject,
  type KeptChange,
  type KeptJob,
  type KeptJobs,
  NO_KEPT_JOBS,
} from '../../model/kept-job.js';
import { guarded, readObject, replaceFile } from './disk.js';
import type { Place } from './layout.js';
import { withFileLock } from './locked.js';
import { stampOf } from './replaced-file.js';

/** What this version writes; it reads all versions up to it. */
const FORMAT = 1;

/** Read what is kept; `'corrupt'` where it cannot be understood, `'newer'` where only a later version can. */
export function readKeptJobs(place: Place): KeptJobs | 'corrupt' | 'newer' {
  const found = readObject(place.jobs);
  if (found === undefined) return NO_KEPT_JOBS;
  if (found === 'corrupt') return found;
  const { format, jobs } = found;
  if (typeof format === 'number' && format > FORMAT) return 'newer';
  if (typeof jobs !== 'object' || jobs === null || Array.isArray(jobs)) return 'corrupt';
  const parsed = Object.entries(jobs).map(([id, value]) => [id, parse(value)] as const);
  const known = parsed.flatMap(([id, job]) => (job === undefined ? [] : [[id, job] as const]));
  return known.length < parsed.length ? 'corrupt' : new Map(known);
}

/** The same for those who need all of it. @throws {SupertaskError} `STATE_UNAVAILABLE`, `STATE_NEWER` */
export function knownKeptJobs(place: Place): KeptJobs {
  const found = readKeptJobs(place);
  if (found === 'newer')
    throw new SupertaskError('STATE_NEWER', `${place.jobs} was written by a newer supertask`, {
      hint: 'Update supertask.',
    });
  if (found !== 'corrupt') return found;
  throw new SupertaskError('STATE_UNAVAILABLE', `${place.jobs} is unreadable`, {
    hint: 'Mend it by hand, or put it aside with supertask fsck --repair: its jobs are gone then.',
  });
}

/**
 * Change what is kept, as the only one.
 *
 * @param change - Gets what is kept; what it returns is durable before this settles. The same set: nothing is written.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`, `STATE_NEWER`
 */
export function changeKeptJobs<Result>(
  place: Place,
  now: () => Date,
  change: KeptChange<Result>,
): Promise<Result> {
  return withFileLock(place.jobs, async (check) => {
    const found = knownKeptJobs(place);
    const { jobs, result } = await change(found, now());
    if (jobs === found) return result;
    check();
    const text = `${JSON.stringify(keptRecord(jobs), undefined, 2)}\n`;
    guarded('write', place.jobs, () => replaceFile(place.jobs, text));
    return result;
  });
}

/** What they look like from outside: another one after each change. One look costs one `stat`. */
export function keptJobsStamp(place: Place): string {
  return stampOf(place.jobs);
}

function keptRecord(jobs: KeptJobs): object {
  const entries = [...jobs].map(([id, { task, createdAt, changedAt, by }]) => [
    id,
    { createdAt: createdAt.toISOString(), changedAt: changedAt.toISOString(), by, task },
  ]);
  return { format: FORMAT, jobs: Object.fromEntries(entries) };
}

function parse(value: unknown): KeptJob | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { task, createdAt, changedAt, by } = { ...value } as Record<string, unknown>;
  const [created, changed] = [dateOf(createdAt), dateOf(changedAt)];
  if (!isObject(task as KeptJob['task']) || created === undefined) return undefined;
  return {
    task: task as KeptJob['task'],
    createdAt: created,
    changedAt: changed ?? created,
    by: typeof by === 'string' ? by : '?',
  };
}

function dateOf(value: unknown): Date | undefined {
  const at = typeof value === 'string' ? new Date(value) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}
