/** Jobs, a page at a time, with what became of their last runs. */
import { SupertaskError } from '../errors.js';
import { formatCursor, parseCursor } from '../model/cursor.js';
import { type Job, nextRunAt } from '../model/job.js';
import type { Json } from '../model/json.js';
import type { Run } from '../model/run.js';
import type { SchedulerInfo } from '../store/store.js';
import { createBreath } from './breath.js';
import type { JobOutlook } from './occurrence.js';
import { nextDueOf, startsOf } from './read.js';
import { liveRunsOf, noCursor, type Page } from './run-page.js';
import type { Service } from './service.js';

export const JOB_SORTS = ['id', 'due', 'last-run', 'failures'] as const;
export type JobSort = (typeof JOB_SORTS)[number];

export type JobFilter = {
  readonly namespace?: string | undefined;
  /** Of the last run; `never`: there was none. */
  readonly status?: readonly string[] | undefined;
  /** `NAME`, or `NAME=VALUE`: it has all of these labels. */
  readonly label?: readonly string[] | undefined;
  /** The same of arguments. */
  readonly arg?: readonly string[] | undefined;
  /** In the id, the name, the target or a label, whatever the case of its letters. */
  readonly text?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly paused?: boolean | undefined;
};

/** `recent`: newest last. */
export type ListedJob = { readonly job: Job; readonly recent: readonly Run[] };

export type JobPage = Page<ListedJob> & { readonly total: number };

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
  const namespaces = await namespaceIds(service, filter.namespace);
  const books = new Map<string, JobBook>();
  const breath = createBreath();
  for (const id of namespaces) {
    books.set(id, await openBook(service, id));
    await breath();
  }
  const found: { readonly job: Job; readonly dueOf: JobBook['dueOf']; readonly key: Key }[] = [];
  for (const { jobs, dueOf } of books.values()) {
    for (const job of jobs) {
      if (!fits(job, filter)) continue;
      found.push({ job, dueOf, key: keyOf(sort, job, sort === 'due' ? nextOf(job, dueOf) : undefined) });
      await breath();
    }
  }
  found.sort((a, b) => compareKeys(a.key, b.key));
  const rest = after === undefined ? found : found.filter(({ key }) => compareKeys(key, after) > 0);
  const shown = rest.slice(0, limit);
  const last = rest.length > limit ? shown.at(-1) : undefined;
  const jobs = shown.map(({ job, dueOf }) => ({ ...job, nextDueAt: dueOf(job) }));
  return {
    items: await withRecent(jobs, books),
    next: last === undefined ? null : formatCursor(`jobs by ${sort}`, last.key),
    total: found.length,
  };
}

/** One job as it is listed. @throws {SupertaskError} `ID_UNKNOWN` */
export async function findListedJob(service: Service, namespace: string, id: string): Promise<ListedJob> {
  const { job, book } = await findBookedJob(service, namespace, id);
  const [listed] = await withRecent([{ ...job, nextDueAt: book.dueOf(job) }], new Map([[namespace, book]]));
  return listed ?? { job, recent: [] };
}

/** One job, and the book that it is in. @throws {SupertaskError} `ID_UNKNOWN` */
export async function findBookedJob(
  service: Service,
  namespace: string,
  id: string,
): Promise<{ readonly job: Job; readonly book: JobBook }> {
  const book = await openBook(service, namespace);
  const job = book.jobs.find((each) => each.id === id);
  if (job !== undefined) return { job, book };
  throw new SupertaskError('ID_UNKNOWN', `there is no job ${JSON.stringify(id)} in ${namespace}`);
}

/** Of all namespaces that there are, or the only one that is spoken of. */
export async function namespaceIds(
  { store, namespace }: Service,
  asked: string | undefined,
): Promise<readonly string[]> {
  const only = namespace ?? asked;
  if (only !== undefined) return [only];
  const ids: string[] = [];
  await store.namespaces(({ id }) => {
    ids.push(id);
    return false;
  });
  return ids;
}

export type JobBook = {
  readonly jobs: readonly Job[];
  readonly schedulers: readonly SchedulerInfo[];
  readonly dueOf: (job: Job) => Date | undefined;
  readonly outlookOf: (job: Job) => JobOutlook;
  /** Of each job the last runs, newest last. */
  readonly recent: (jobs: ReadonlySet<string>) => Promise<ReadonlyMap<string, readonly Run[]>>;
};

const NO_BOOK: JobBook = {
  jobs: [],
  schedulers: [],
  dueOf: () => undefined,
  outlookOf: (job) => ({ job, startedAt: undefined, nextDueAt: () => undefined, expectedMs: undefined }),
  recent: async () => new Map(),
};

/** Calculating what is due next costs more than all else, so it is done only of those that are asked for. */
export async function openBook(service: Service, namespace: string): Promise<JobBook> {
  const book = await service.store.book(namespace);
  if (book === undefined) return NO_BOOK;
  const starts = startsOf(book.schedulers);
  const known = new Map(
    service
      .own(namespace)
      ?.jobs()
      .map(({ id, nextDueAt }) => [id, nextDueAt]),
  );
  const live = liveRunsOf(service);
  const now = service.now();
  const dueOf = (job: Job): Date | undefined => {
    if (known.has(job.id) && job.overrides === undefined) return known.get(job.id);
    const start = starts.get(job.id);
    return start === undefined ? undefined : nextDueOf(job, start, now);
  };
  return {
    jobs: book.jobs.map((job) => {
      const lastRun = job.lastRun && live.get(job.lastRun.id);
      return lastRun === undefined ? job : { ...job, lastRun };
    }),
    schedulers: book.schedulers,
    dueOf,
    outlookOf: (job) => ({
      job,
      startedAt: starts.get(job.id),
      nextDueAt: () => dueOf(job),
      expectedMs: book.usualMs(job),
    }),
    async recent(jobs) {
      const found = await book.recent(jobs);
      return new Map(
        [...found].map(([job, runs]) => [job, runs.map((run) => live.get(run.id) ?? run).reverse()]),
      );
    },
  };
}

/** When it runs next, by its schedule or because that was planned. */
function nextOf(job: Job, dueOf: JobBook['dueOf']): Date | undefined {
  const [nextDueAt, { planned }] = [dueOf(job), job];
  return nextRunAt(planned === undefined ? { nextDueAt } : { nextDueAt, planned });
}

function fits(job: Job, { status, text, enabled, paused, label = [], arg = [] }: JobFilter): boolean {
  if (status !== undefined && !status.includes(job.lastRun?.status ?? 'never')) return false;
  if (enabled !== undefined && job.enabled !== enabled) return false;
  if (paused !== undefined && job.paused !== paused) return false;
  if (!label.every((asked) => has(job.labels, asked)) || !arg.every((asked) => has(job.args, asked)))
    return false;
  const needle = text?.toLowerCase();
  if (needle === undefined) return true;
  const labels = Object.entries(job.labels ?? {}).map((pair) => pair.join('='));
  return [job.id, job.name, job.target, ...labels].some((each) => each?.toLowerCase().includes(needle));
}

/** Whether there is a value of this name, and where one is named, this one. */
function has(values: Readonly<Record<string, Json>> = {}, asked: string): boolean {
  const end = asked.indexOf('=');
  const name = end < 0 ? asked : asked.slice(0, end);
  if (!Object.hasOwn(values, name)) return false;
  const value = values[name];
  return end < 0 || (typeof value === 'string' ? value : JSON.stringify(value)) === asked.slice(end + 1);
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

async function withRecent(
  jobs: readonly Job[],
  books: ReadonlyMap<string, JobBook>,
): Promise<readonly ListedJob[]> {
  const recent = new Map<string, ReadonlyMap<string, readonly Run[]>>();
  for (const namespace of new Set(jobs.map((job) => job.namespace))) {
    const own = jobs.filter((job) => job.namespace === namespace).map(({ id }) => id);
    const runs = await books.get(namespace)?.recent(new Set(own));
    if (runs !== undefined) recent.set(namespace, runs);
  }
  return jobs.map((job) => {
    const runs = recent.get(job.namespace)?.get(job.id) ?? [];
    // The record may be gone where the job's last run is still known.
    return { job, recent: runs.length === 0 && job.lastRun !== undefined ? [job.lastRun] : runs };
  });
}
