/** What is counted and measured of namespaces and jobs, for programs that watch it. */
import type { Job } from '../model/job.js';
import { plannedFor, type Run } from '../model/run.js';
import { sumOf, type Tally } from '../store/tally.js';
import { nextDueOf, startsOf } from './read.js';
import type { Service } from './service.js';

/** Of a job, or of all jobs of a namespace together. */
export type Counts = {
  readonly tally: Tally;
  readonly running: number;
  readonly waiting: number;
  /** Undefined where nothing is due, or where it would take long to find out. */
  readonly nextDueAt: Date | undefined;
};

export type JobMetrics = Counts & {
  readonly id: string;
  readonly enabled: boolean;
  readonly paused: boolean;
};

export type NamespaceMetrics = Counts & {
  readonly id: string;
  readonly schedulers: number;
  /** Of the scheduler that has lived longest. */
  readonly schedulerStartedAt: Date | undefined;
  readonly jobs: number;
  readonly disabled: number;
  readonly paused: number;
  /** Undefined where there are too many. */
  readonly each: readonly JobMetrics[] | undefined;
};

export type Metrics = {
  readonly namespaces: readonly NamespaceMetrics[];
  /** Jobs that are in the sums of their namespaces only. */
  readonly jobsLeftOut: number;
  /** Namespaces of which nothing is told. */
  readonly namespacesLeftOut: number;
};

/** So many jobs have series of their own, in all namespaces together. */
const MOST_JOBS = 1_000;
/** So many namespaces are looked into. */
const MOST_NAMESPACES = 500;

/** @param only - Of one namespace. */
export async function metricsOf(service: Service, only?: string): Promise<Metrics> {
  const seen: string[] = [];
  await service.store.namespaces(({ id }) => {
    if (service.sees(id) && (only === undefined || id === only)) seen.push(id);
    return false;
  });
  const books: Book[] = [];
  for (const id of seen.slice(0, MOST_NAMESPACES)) books.push(await openBook(service, id));
  const told = fewest(books);
  const namespaces = books.map((book) => metricsOfBook(service, book, told.has(book)));
  const left = books.filter((book) => !told.has(book));
  return {
    namespaces,
    jobsLeftOut: left.reduce((sum, { jobs }) => sum + jobs.length, 0),
    namespacesLeftOut: Math.max(0, seen.length - MOST_NAMESPACES),
  };
}

type Book = {
  readonly id: string;
  readonly jobs: readonly Job[];
  readonly starts: ReadonlyMap<string, Date>;
  readonly schedulers: readonly Date[];
  readonly ended: ReadonlyMap<string, Tally>;
  readonly live: readonly Run[];
};

async function openBook({ store }: Service, id: string): Promise<Book> {
  const [jobs, schedulers, { ended, live }] = await Promise.all([
    store.jobs(id),
    store.schedulers(id),
    store.tally(id),
  ]);
  const startedAt = schedulers.map((scheduler) => scheduler.startedAt);
  return { id, jobs, starts: startsOf(schedulers), schedulers: startedAt, ended, live };
}

/** Namespaces with few jobs first, so that one with many does not take the place of all others. */
function fewest(books: readonly Book[]): ReadonlySet<Book> {
  const told = new Set<Book>();
  let jobs = 0;
  for (const book of [...books].sort((left, right) => left.jobs.length - right.jobs.length)) {
    jobs += book.jobs.length;
    if (jobs > MOST_JOBS) break;
    told.add(book);
  }
  return told;
}

function metricsOfBook(service: Service, book: Book, isTold: boolean): NamespaceMetrics {
  const { id, jobs, schedulers, ended, live } = book;
  const own = service.own(id)?.status();
  const each = isTold ? eachOf(service, book) : undefined;
  const tally = [...ended.values()].reduce(sumOf, {});
  return {
    id,
    schedulers: schedulers.length,
    schedulerStartedAt: earliest(schedulers),
    jobs: jobs.length,
    disabled: jobs.filter(({ enabled }) => !enabled).length,
    paused: jobs.filter(({ paused }) => paused).length,
    tally,
    ...liveCounts(live),
    nextDueAt:
      own === undefined ? earliest(each?.flatMap(({ nextDueAt }) => nextDueAt ?? []) ?? []) : own.nextDueAt,
    each,
  };
}

function eachOf(service: Service, { id, jobs, starts, ended, live }: Book): readonly JobMetrics[] {
  const now = service.now();
  const own = service.own(id)?.jobs();
  const known = new Map(own?.map((job) => [job.id, job.nextDueAt]));
  const liveOf = new Map<string, Run[]>();
  for (const run of live) liveOf.set(run.job, [...(liveOf.get(run.job) ?? []), run]);
  const dueOf = (job: Job): Date | undefined => {
    if (known.has(job.id) && job.overrides === undefined) return known.get(job.id);
    const start = starts.get(job.id);
    return start === undefined ? undefined : nextDueOf(job, start, now);
  };
  return jobs.map((job) => ({
    id: job.id,
    enabled: job.enabled,
    paused: job.paused,
    tally: ended.get(job.id) ?? {},
    ...liveCounts(liveOf.get(job.id) ?? []),
    nextDueAt: dueOf(job),
  }));
}

/** What is planned for later neither runs nor waits. */
function liveCounts(live: readonly Run[]): Pick<Counts, 'running' | 'waiting'> {
  const waiting = live.filter((run) => run.status === 'waiting');
  return {
    running: live.length - waiting.length,
    waiting: waiting.filter((run) => plannedFor(run) === undefined).length,
  };
}

function earliest(instants: readonly Date[]): Date | undefined {
  if (instants.length === 0) return undefined;
  return new Date(instants.reduce((least, at) => Math.min(least, at.getTime()), Number.POSITIVE_INFINITY));
}
