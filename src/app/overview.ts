/** The state of the jobs of a namespace, or of all that are scheduled now, at one moment. */
import type { Job } from '../model/job.js';
import { isEnded, isPlanned, type Run } from '../model/run.js';
import { usualDuration } from '../model/sparkline.js';
import type { FileStore } from '../store/file/store.js';
import type { SchedulerInfo, Store } from '../store/store.js';
import { listJobs } from './read.js';

export type JobOverview = {
  readonly job: Job;
  /** Oldest first; runs that live are among them, but none that is planned. */
  readonly recent: readonly Run[];
  /** Runs that wait, are planned, are going or are stopping, oldest first. */
  readonly live: readonly Run[];
  /** How long its runs take, in ms; undefined where none has succeeded lately. */
  readonly usualMs: number | undefined;
};

export type Overview = {
  readonly at: Date;
  /** Undefined: all that are scheduled. */
  readonly namespace: string | undefined;
  readonly schedulers: readonly (SchedulerInfo & { readonly namespace: string })[];
  /** Those with live runs first, then by what is due next. */
  readonly jobs: readonly JobOverview[];
};

/** So many runs are looked at for all jobs of a namespace together. */
const LOOKED_AT = 500;
const RECENT = 12;

/** @param namespace - Undefined: every namespace that a scheduler lives in. */
export async function readOverview(
  store: Store,
  namespace: string | undefined,
  now: Date,
): Promise<Overview> {
  const ids = namespace === undefined ? (await store.namespaces()).map(({ id }) => id) : [namespace];
  const schedulers = await Promise.all(
    ids.map(async (id) => (await store.schedulers(id)).map((each) => ({ ...each, namespace: id }))),
  );
  const shown = namespace === undefined ? ids.filter((_, index) => schedulers[index]?.length !== 0) : ids;
  const jobs = await Promise.all(shown.map((id) => overviewOf(store, id, now)));
  return { at: now, namespace, schedulers: schedulers.flat(), jobs: jobs.flat().sort(byUrgency) };
}

async function overviewOf(store: Store, namespace: string, now: Date): Promise<readonly JobOverview[]> {
  const [jobs, runs] = await Promise.all([
    listJobs(store, namespace, now),
    store.runs({ namespace, limit: LOOKED_AT }),
  ]);
  const byJob = groupByJob(runs);
  return jobs.map((job): JobOverview => {
    const newest = byJob.get(job.id) ?? (job.lastRun === undefined ? [] : [job.lastRun]);
    const recent = newest
      .filter((run) => !isPlanned(run))
      .slice(0, RECENT)
      .reverse();
    return {
      job,
      recent,
      live: newest.filter(({ status }) => !isEnded(status)).reverse(),
      usualMs: usualDuration(newest),
    };
  });
}

function groupByJob(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const group = groups.get(run.job);
    if (group === undefined) groups.set(run.job, [run]);
    else group.push(run);
  }
  return groups;
}

function byUrgency(a: JobOverview, b: JobOverview): number {
  const live = Math.sign(b.live.length) - Math.sign(a.live.length);
  if (live !== 0) return live;
  const due = (a.job.nextDueAt?.getTime() ?? Infinity) - (b.job.nextDueAt?.getTime() ?? Infinity);
  return Number.isNaN(due) || due === 0 ? a.job.id.localeCompare(b.job.id) : due;
}

/** The end of what a run has printed so far, both streams as they were read. */
export async function readTail(store: FileStore, run: Run, bytes: number): Promise<Buffer> {
  const { outputBytes } = await import('./output.js');
  const output = await outputBytes(store, run, 'both');
  if (output === undefined) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  for await (const part of output.open(Math.max(0, output.size - bytes), bytes)) parts.push(part);
  return Buffer.concat(parts);
}
