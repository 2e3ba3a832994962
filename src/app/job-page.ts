/** Jobs, a page at a time, with what became of their last runs. */
import { SupertaskError } from '../errors.js';
import { formatCursor, parseCursor } from '../model/cursor.js';
import type { Job } from '../model/job.js';
import type { Json } from '../model/json.js';
import type { Run } from '../model/run.js';
import { nextDueOf, startsOf } from './read.js';
import { liveRunsOf, noCursor, type Page } from './run-page.js';
import type { Service } from './service.js';

export const JOB_SORTS = ['id', 'due', 'last-run', 'failures'] as const;
export type JobSort = (typeof JOB_SORTS)[number];

export type JobFilter = {
  readonly namespace?: string | undefined;
  /** Of the last run; `never`: there was none. */
  readonly status?: readonly string[] | undefined;
  /** In the id, the name or the target, whatever the case of its letters. */
  readonly text?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly paused?: boolean | undefined;
};

/** `recent`: newest last. */
export type ListedJob = { readonly job: Job; readonly recent: readonly Run[] };

export type JobPage = Page<ListedJob> & { readonly total: number };

const MOST_RECENT = 20;
/** So many of the newest runs are looked at for those of all jobs of a page. */
const LOOKED_AT = 5_000;

/** @throws {SupertaskError} `USAGE` for a cursor that is none. */
export async function pageOfJobs(
  service: Service,
  filter: JobFilter,
  {
    sort = 'id',
    limit,
    cursor,
  }: { readonly sort?: JobSort | undefined; readonly limit: number; readonly cursor?: string | undefined },
): Promise<JobPage> {
  const after = cursor === undefined ? undefined : positionOf(sort, cursor);
  const only = service.namespace ?? filter.namespace;
  const namespaces = only === undefined ? await namespaceIds(service) : [only];
  const books = await Promise.all(namespaces.map((id) => openBook(service, id)));
  const found = books
    .flatMap(({ jobs, dueOf }) => jobs.map((job) => ({ job, dueOf })))
    .filter(({ job }) => fits(job, filter))
    .map((each) => ({
      ...each,
      key: keyOf(sort, each.job, sort === 'due' ? each.dueOf(each.job) : undefined),
    }))
    .sort((a, b) => compareKeys(a.key, b.key));
  const rest = after === undefined ? found : found.filter(({ key }) => compareKeys(key, after) > 0);
  const shown = rest.slice(0, limit);
  const last = rest.length > limit ? shown.at(-1) : undefined;
  const jobs = shown.map(({ job, dueOf }) => ({ ...job, nextDueAt: dueOf(job) }));
  return {
    items: await withRecent(service, jobs),
    next: last === undefined ? null : formatCursor(`jobs by ${sort}`, last.key),
    total: found.length,
  };
}

/** One job as it is listed. @throws {SupertaskError} `ID_UNKNOWN` */
export async function findListedJob(service: Service, namespace: string, id: string): Promise<ListedJob> {
  const { jobs, dueOf } = await openBook(service, namespace);
  const job = jobs.find((each) => each.id === id);
  const [listed] = job === undefined ? [] : await withRecent(service, [{ ...job, nextDueAt: dueOf(job) }]);
  if (listed !== undefined) return listed;
  throw new SupertaskError('ID_UNKNOWN', `there is no job ${JSON.stringify(id)} in ${namespace}`);
}

/** Of all namespaces that there are. */
async function namespaceIds({ store }: Service): Promise<readonly string[]> {
  const ids: string[] = [];
  await store.namespaces(({ id }) => {
    ids.push(id);
    return false;
  });
  return ids;
}

type Book = { readonly jobs: readonly Job[]; readonly dueOf: (job: Job) => Date | undefined };

/** Calculating what is due next costs more than all else, so it is done only of those that are asked for. */
async function openBook(service: Service, namespace: string): Promise<Book> {
  const { store } = service;
  const [jobs, schedulers] = await Promise.all([store.jobs(namespace), store.schedulers(namespace)]);
  const starts = startsOf(schedulers);
  const known = new Map(
    service
      .own(namespace)
      ?.jobs()
      .map(({ id, nextDueAt }) => [id, nextDueAt]),
  );
  const live = liveRunsOf(service);
  const now = service.now();
  return {
    jobs: jobs.map((job) => {
      const lastRun = job.lastRun && live.get(job.lastRun.id);
      return lastRun === undefined ? job : { ...job, lastRun };
    }),
    dueOf(job) {
      if (known.has(job.id) && job.overrides === undefined) return known.get(job.id);
      const start = starts.get(job.id);
      return start === undefined ? undefined : nextDueOf(job, start, now);
    },
  };
}

function fits(job: Job, { status, text, enabled, paused }: JobFilter): boolean {
  if (status !== undefined && !status.includes(job.lastRun?.status ?? 'never')) return false;
  if (enabled !== undefined && job.enabled !== enabled) return false;
  if (paused !== undefined && job.paused !== paused) return false;
  const needle = text?.toLowerCase();
  return (
    needle === undefined ||
    [job.id, job.name, job.target].some((each) => each?.toLowerCase().includes(needle))
  );
}

type Key = readonly (string | number)[];

/** Keys stand in the order of the list, and no two are the same. */
function keyOf(sort: JobSort, { id, namespace, lastRun }: Job, dueAt: Date | undefined): Key {
  const ranAt = lastRun === undefined ? Number.MAX_SAFE_INTEGER : -lastRun.scheduledAt.getTime();
  switch (sort) {
    case 'due':
      return [dueAt?.getTime() ?? Number.MAX_SAFE_INTEGER, id, namespace];
    case 'last-run':
      return [ranAt, id, namespace];
    case 'failures':
      return [lastRun?.status === 'failed' || lastRun?.status === 'errored' ? 0 : 1, ranAt, id, namespace];
    case 'id':
      return [id, namespace];
  }
}

function compareKeys(left: Key, right: Key): number {
  for (const [index, a] of left.entries()) {
    const b = right[index];
    if (b === undefined || a === b) continue;
    return a < b ? -1 : 1;
  }
  return 0;
}

function positionOf(sort: JobSort, cursor: string): Key {
  const key = parseCursor(`jobs by ${sort}`, cursor);
  const shape = keyOf(sort, { id: '', namespace: '' } as Job, undefined);
  if (key?.length === shape.length && shape.every((part, index) => typeof part === typeof key[index]))
    return key as Key;
  throw noCursor(cursor);
}

async function withRecent(service: Service, jobs: readonly Job[]): Promise<readonly ListedJob[]> {
  const recent = new Map<string, Run[]>();
  const live = liveRunsOf(service);
  for (const namespace of new Set(jobs.map((job) => job.namespace))) {
    for (const run of await service.store.runs({ namespace, limit: LOOKED_AT })) {
      const key = keyOfJob(run.namespace, run.job);
      const runs = recent.get(key) ?? [];
      if (runs.length < MOST_RECENT) recent.set(key, [live.get(run.id) ?? run, ...runs]);
    }
  }
  return jobs.map((job) => ({
    job,
    recent: recent.get(keyOfJob(job.namespace, job.id)) ?? (job.lastRun === undefined ? [] : [job.lastRun]),
  }));
}

function keyOfJob(...parts: readonly Json[]): string {
  return JSON.stringify(parts);
}
