/** Who lives now: schedulers with their sockets, and the runs that are going, all from the bookkeeping. */
import { readlinkSync } from 'node:fs';
import type { Job } from '../../model/job.js';
import type { ProcessId, Run, RunStatus } from '../../model/run.js';
import type { FileStore } from '../../store/file/store.js';
import type { NamespaceSummary } from '../../store/store.js';
import { listJobs } from '../read.js';

/** A scheduler that lives; without a socket it can be seen and signalled, but not asked. */
export type LiveScheduler = {
  readonly namespace: string;
  readonly process: ProcessId;
  readonly startedAt: Date;
  readonly jobs: readonly string[];
  readonly socket: string | undefined;
};

/** The same for people: what it does, and where. */
export type SchedulerView = LiveScheduler & {
  readonly source: string;
  readonly kind: string;
  readonly nextDueAt: Date | undefined;
  readonly running: number;
  /** How many of its jobs are paused. */
  readonly paused: number;
  /** Such as `/dev/pts/3`; undefined where it has none. */
  readonly terminal: string | undefined;
  readonly directory: string | undefined;
};

export type Overview = { readonly schedulers: readonly SchedulerView[]; readonly runs: readonly Run[] };

const LIVE: readonly RunStatus[] = ['waiting', 'starting', 'running', 'stopping'];
const MANY = 10_000;

export async function liveSchedulers(store: FileStore, namespace: string): Promise<readonly LiveScheduler[]> {
  const [schedulers, controls] = await Promise.all([
    store.schedulers(namespace),
    store.controls(namespace).catch(() => []),
  ]);
  return schedulers.map(({ process, startedAt, jobs }) => {
    const control = controls.find(
      (each) => each.process.pid === process.pid && each.process.start === process.start,
    );
    return { namespace, process, startedAt, jobs, socket: control?.path };
  });
}

/** Runs that are going or wait, oldest first. */
export async function liveRuns(
  store: FileStore,
  query: { readonly namespace?: string | undefined; readonly job?: string | undefined },
): Promise<readonly Run[]> {
  return [...(await store.runs({ ...query, status: LIVE, limit: MANY }))].reverse();
}

/** @param namespace - Only this one. */
export async function overview(
  store: FileStore,
  namespace: string | undefined,
  now: Date,
): Promise<Overview> {
  const all = (await store.namespaces()).filter(({ id }) => namespace === undefined || id === namespace);
  const views = await Promise.all(all.map((each) => viewsOf(store, each, now)));
  return {
    schedulers: views.flat().sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime()),
    runs: await liveRuns(store, { namespace }),
  };
}

async function viewsOf(
  store: FileStore,
  { id, source, kind }: NamespaceSummary,
  now: Date,
): Promise<SchedulerView[]> {
  const schedulers = await liveSchedulers(store, id);
  if (schedulers.length === 0) return [];
  const [jobs, runs] = await Promise.all([listJobs(store, id, now), liveRuns(store, { namespace: id })]);
  const running = runs.filter(({ status }) => status !== 'waiting').length;
  return schedulers.map((scheduler) => ({
    ...scheduler,
    source,
    kind,
    nextDueAt: soonest(jobs.filter((job) => scheduler.jobs.includes(job.id))),
    running,
    paused: jobs.filter((job) => job.paused && scheduler.jobs.includes(job.id)).length,
    terminal: linkOf(`/proc/${scheduler.process.pid}/fd/2`, /^\/dev\/(?!null)/),
    directory: linkOf(`/proc/${scheduler.process.pid}/cwd`, /^\//),
  }));
}

function soonest(jobs: readonly Job[]): Date | undefined {
  return jobs.reduce<Date | undefined>(
    (first, { nextDueAt: at }) => (at !== undefined && (first === undefined || at < first) ? at : first),
    undefined,
  );
}

/** Where a link of /proc leads; undefined where it may not be read, or leads elsewhere. */
export function linkOf(path: string, wanted: RegExp): string | undefined {
  try {
    const target = readlinkSync(path);
    return wanted.test(target) ? target : undefined;
  } catch {
    return undefined;
  }
}
