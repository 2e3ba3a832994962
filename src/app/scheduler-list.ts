/** The schedulers that live, in this process and in others. */
import type { Run, RunStatus } from '../model/run.js';
import { createBreath } from './breath.js';
import { linkOf } from './control/live.js';
import { type JobBook, namespaceIds, openBook } from './job-page.js';
import { liveRunsOf } from './run-page.js';
import type { Service } from './service.js';

export type ListedScheduler = {
  readonly namespace: string;
  readonly source: string;
  /** inline, file, url or stdin. */
  readonly kind: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly jobs: number;
  /** Jobs that are paused now. */
  readonly paused: number;
  /** Soonest of its jobs. */
  readonly nextDueAt: Date | undefined;
  /** Runs of the namespace that are going. */
  readonly running: readonly Run[];
  /** It is about to end; of others than those of this process it is not known. */
  readonly isStopping: boolean;
  /** It can be asked. */
  readonly isReachable: boolean;
  /** Such as `/dev/pts/3`. */
  readonly terminal: string | undefined;
  readonly directory: string | undefined;
};

const GOING: readonly RunStatus[] = ['starting', 'running', 'stopping'];
const MANY = 10_000;

/** @param asked - Only of this namespace. */
export async function listSchedulers(service: Service, asked?: string): Promise<readonly ListedScheduler[]> {
  const found: ListedScheduler[] = [];
  for (const id of await namespaceIds(service, asked)) {
    const book = await openBook(service, id);
    if (book.schedulers.length > 0 || service.own(id) !== undefined)
      found.push(...(await schedulersOf(service, id, book)));
  }
  return found.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

async function schedulersOf(service: Service, id: string, book: JobBook): Promise<ListedScheduler[]> {
  const { store } = service;
  const own = service.own(id)?.status();
  const [namespace] = await store.namespaces((each) => each.id === id);
  const controls = await store.controls(id).catch(() => []);
  const live = liveRunsOf(service);
  const kept = await store.runs({ namespace: id, status: GOING, limit: MANY });
  const running = kept.map((run) => live.get(run.id) ?? run).reverse();
  const pausedIds = new Set(book.jobs.flatMap((job) => (job.paused ? [job.id] : [])));
  const found: ListedScheduler[] = [];
  for (const { process: owner, startedAt, jobs } of book.schedulers) {
    const isOwn = own !== undefined && owner.pid === own.pid;
    found.push({
      namespace: id,
      source: namespace?.source ?? '',
      kind: namespace?.kind ?? '',
      pid: owner.pid,
      startedAt,
      jobs: jobs.length,
      paused: jobs.filter((job) => pausedIds.has(job)).length,
      nextDueAt: isOwn ? own.nextDueAt : await soonest(book, new Set(jobs)),
      running: isOwn ? own.running : running,
      isStopping: isOwn && own.isStopping,
      isReachable:
        isOwn || controls.some(({ process: { pid, start } }) => pid === owner.pid && start === owner.start),
      terminal: linkOf(`/proc/${owner.pid}/fd/2`, /^\/dev\/(?!null)/),
      directory: linkOf(`/proc/${owner.pid}/cwd`, /^\//),
    });
  }
  if (own === undefined || found.some(({ pid }) => pid === own.pid)) return found;
  // It has not written down yet that it lives, or not any more.
  const { isStopping, nextDueAt, ...status } = own;
  const nothing = { paused: 0, terminal: undefined, directory: undefined };
  return [...found, { ...status, ...nothing, nextDueAt, isStopping, isReachable: true }];
}

async function soonest({ jobs, dueOf }: JobBook, own: ReadonlySet<string>): Promise<Date | undefined> {
  let first: Date | undefined;
  const breath = createBreath();
  for (const job of jobs) {
    const at = own.has(job.id) ? dueOf(job) : undefined;
    if (at !== undefined && (first === undefined || at < first)) first = at;
    await breath();
  }
  return first;
}
