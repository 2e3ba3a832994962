/** Jobs and schedulers of a namespace, as its journals and what was summed up of older ones tell. */
import type { Job } from '../../model/job.js';
import { type Overrides, overridesOf } from '../../model/override.js';
import type { ProcessId } from '../../model/run.js';
import { listJobs } from '../job-facts.js';
import type { SchedulerInfo } from '../store.js';
import type { loadDefinitions } from './definition-reader.js';
import { jobsOf, readFacts } from './facts.js';
import { isAlive } from './identity.js';
import { isWriterAlive, type Journals } from './journals.js';
import type { Place } from './layout.js';

/** @param load - Gives the definitions of a set; they never change. */
export function jobsListed(
  place: Place,
  journals: Journals,
  namespace: string,
  now: Date,
  load?: typeof loadDefinitions,
): Job[] {
  const alive = [...journals.writers.values()].filter((writer) => isWriterAlive(writer, now));
  const jobs = jobsOf(place, journals, new Set(alive.map((writer) => writer.name)), load);
  return listJobs(
    readFacts(place, journals, now, undefined, load),
    namespace,
    new Set([...jobs.values()].flat()),
  );
}

export function withOverrides(jobs: readonly Job[], overrides: Overrides, now: Date): readonly Job[] {
  if (overrides.pauses.length + overrides.skips.length === 0) return jobs;
  return jobs.map((job) => {
    const own = overridesOf(overrides, job.id, now);
    return own === undefined ? job : { ...job, ...own };
  });
}

export function schedulersAlive(
  place: Place,
  journals: Journals,
  now: Date,
  load?: typeof loadDefinitions,
): SchedulerInfo[] {
  const alive = [...journals.writers.values()].filter(
    (writer) => writer.mode === 'schedule' && isWriterAlive(writer, now),
  );
  const jobs = jobsOf(place, journals, new Set(alive.map((writer) => writer.name)), load);
  return alive.flatMap(({ name, identity, startedAt }) => {
    if (identity === undefined) return [];
    const { pid, start, boot } = identity;
    return [{ process: { pid, start, boot }, startedAt: new Date(startedAt), jobs: jobs.get(name) ?? [] }];
  });
}

/** Who has a run, where that can be seen from here to live. */
export function watcherIn(journals: Journals, runId: string): ProcessId | undefined {
  const kept = journals.runs.get(runId);
  const writer = kept && journals.writers.get(kept.writer);
  if (writer?.identity === undefined || writer.stoppedAt !== undefined) return undefined;
  const { pid, start, boot } = writer.identity;
  return isAlive(writer.identity) === true ? { pid, start, boot } : undefined;
}
