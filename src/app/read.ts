/** The use cases that ask the bookkeeping; none of them needs a running scheduler. */
import { SupertaskError } from '../errors.js';
import type { Job } from '../model/job.js';
import { bindJob } from '../model/job-schedule.js';
import { nextAllowed } from '../model/override.js';
import { isEnded, type Run, type RunStatus } from '../model/run.js';
import type { BoundSchedule } from '../model/schedule.js';
import { nextOf } from '../model/schedule-bound.js';
import { quoteWord } from '../model/target.js';
import type { NamespaceSummary, SchedulerInfo, Store } from '../store/store.js';
import { namespaceOf } from './identity.js';
import { latestRun } from './latest-run.js';
import { findPastJob } from './past-job.js';

export type RunFilter = {
  readonly namespace?: string | undefined;
  readonly job?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly since?: Date | undefined;
  readonly limit: number;
};

/** Those in which something happened last come first. */
export async function listNamespaces(store: Store): Promise<readonly NamespaceSummary[]> {
  const all = await store.namespaces();
  return [...all].sort((left, right) => right.updatedAt.getTime() - left.updatedAt.getTime());
}

/** The one namespace whose id starts with `prefix`. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS` */
export async function findNamespace(store: Store, prefix: string): Promise<NamespaceSummary> {
  const all = prefix === '' ? [] : await store.namespaces();
  const exact = all.find(({ id }) => id === prefix);
  return (
    exact ??
    single(
      all.filter(({ id }) => id.startsWith(prefix)),
      prefix,
      'namespace',
      ({ id }) => id,
    )
  );
}

/** The namespace of the timetable at this path, undefined when nothing of it is kept. */
export async function namespaceOfFile(
  store: Store,
  file: string,
  hostId: string | undefined,
): Promise<string | undefined> {
  const all = await store.namespaces();
  const digest = namespaceOf(file, 'file', hostId);
  const own = all.find(({ id }) => id === digest);
  // A timetable may name its namespace; then only the source tells.
  return (own ?? all.find(({ kind, source }) => kind === 'file' && source === file))?.id;
}

/** Jobs of one namespace or of all, with the next due instant where a scheduler runs them. */
export async function listJobs(
  store: Store,
  namespace: string | undefined,
  now: Date,
): Promise<readonly Job[]> {
  const ids = namespace === undefined ? (await store.namespaces()).map(({ id }) => id) : [namespace];
  const perNamespace = await Promise.all(ids.map((id) => jobsOf(store, id, now)));
  return perNamespace.flat();
}

export async function listRuns(store: Store, filter: RunFilter): Promise<readonly Run[]> {
  const job =
    filter.job === undefined ? undefined : await findPresentOrPast(store, filter.job, filter.namespace);
  return store.runs({ ...filter, namespace: job?.namespace ?? filter.namespace, job: job?.id });
}

/** The one job whose id, or name, is or starts with `text`. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS` */
export async function findJob(store: Store, text: string, namespace: string | undefined): Promise<Job> {
  // Every id begins with nothing, and nobody means any job by it.
  const jobs = text === '' ? [] : await listJobs(store, namespace, new Date());
  const named = jobs.filter(({ id, name }) => id === text || name === text);
  const found = named.length > 0 ? named : jobs.filter(({ id }) => id.startsWith(text));
  if (found.length === 0) throw await noneIn(store, namespace, `no job is called "${text}"`);
  return single(found, text, 'job', (job) => `${job.id} in ${job.namespace.slice(0, 12)}`);
}

/** The same, else a job that was removed: its past stays. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS` */
async function findPresentOrPast(store: Store, text: string, namespace: string | undefined): Promise<Job> {
  try {
    return await findJob(store, text, namespace);
  } catch (error) {
    if (!(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    const past = await findPastJob(store, text, namespace);
    if (past === undefined) throw error;
    return past;
  }
}

/**
 * What somebody asks to be run: a job as `findJob` finds it, or a task that is known by its jobs only.
 *
 * @returns One of the jobs, and the id by which its scheduler knows what is meant.
 */
export async function findAsked(
  store: Store,
  text: string,
  namespace: string | undefined,
): Promise<{ readonly job: Job; readonly id: string }> {
  const jobs = await listJobs(store, namespace, new Date());
  const ofTask = jobs.some(({ id }) => id === text) ? [] : jobs.filter(({ task }) => task === text);
  const [first] = ofTask;
  if (first !== undefined && ofTask.every((job) => job.namespace === first.namespace))
    return { job: first, id: text };
  const job = await findJob(store, text, namespace);
  return { job, id: job.id };
}

/**
 * The jobs that are meant where all of a task may be: the one that `findJob` finds, or those of the task of this id.
 *
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`
 */
export async function findJobs(
  store: Store,
  text: string,
  namespace: string | undefined,
): Promise<readonly Job[]> {
  const { job, id } = await findAsked(store, text, namespace);
  if (id === job.id) return [job];
  return (await listJobs(store, job.namespace, new Date())).filter(({ task }) => task === id);
}

/** A run by id or prefix, else a job by id, name or prefix, else one that was removed. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS` */
export async function findRunOrJob(
  store: Store,
  text: string,
  namespace: string | undefined,
): Promise<{ readonly run: Run } | { readonly job: Job }> {
  const runs = isRunPrefix(text)
    ? await store.runs({ namespace, idPrefix: text.toLowerCase(), limit: 3 })
    : [];
  const jobs = (await listJobs(store, namespace, new Date())).filter(
    ({ id, name }) => text !== '' && (id === text || name === text),
  );
  if (jobs.length === 0 && runs.length > 0) return { run: single(runs, text, 'run', ({ id }) => id) };
  try {
    return { job: await findPresentOrPast(store, text, namespace) };
  } catch (error) {
    if (!(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    throw await noneIn(store, namespace, `no run and no job is called "${text}"`);
  }
}

/** A run by id or prefix. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`; of a job, with its newest run */
export async function findRun(store: Store, text: string, namespace: string | undefined): Promise<Run> {
  const found = await findRunOrJob(store, text, namespace);
  if ('run' in found) return found.run;
  const newest = await latestRun(store, found.job);
  throw new SupertaskError('ID_UNKNOWN', `"${text}" is a job, and one of its runs is meant`, {
    hint:
      newest === undefined
        ? 'It has not run yet.'
        : `Its newest is ${newest.id}; supertask list-runs --job=${quoteWord(text)} shows the others.`,
  });
}

async function jobsOf(store: Store, namespace: string, now: Date): Promise<readonly Job[]> {
  const [jobs, schedulers] = await Promise.all([store.jobs(namespace), store.schedulers(namespace)]);
  const startedAt = startsOf(schedulers);
  return jobs.map((job) => {
    const start = startedAt.get(job.id);
    return start === undefined ? job : { ...job, nextDueAt: nextDueOf(job, start, now) };
  });
}

/** When the scheduler started that has a job, by the job's id. */
export function startsOf(schedulers: readonly SchedulerInfo[]): ReadonlyMap<string, Date> {
  // Where several have it, the first one counts.
  const latestFirst = [...schedulers].reverse();
  return new Map(latestFirst.flatMap(({ jobs, startedAt }) => jobs.map((id) => [id, startedAt] as const)));
}

/** When a scheduler that started at `startedAt` will run a job next. */
export function nextDueOf(job: Job, startedAt: Date, now: Date): Date | undefined {
  if (!job.enabled) return undefined;
  const bounds = boundOf(job, startedAt);
  const armed = armedOf(job, bounds);
  const next = (after: Date): Date | undefined => {
    const planned = nextOf(bounds, after);
    const isOpen = armed !== undefined && (after === now || armed > after);
    const isFirst = isOpen && (planned === undefined || armed < planned);
    return isFirst ? armed : planned;
  };
  return job.overrides === undefined ? next(now) : nextAllowed(job.overrides, job.id, next, now);
}

/** When what follows the end of its last run is due. */
function armedOf({ lastRun }: Job, bounds: readonly BoundSchedule[]): Date | undefined {
  const delays = bounds.flatMap((bound) => bound.delayMs ?? []);
  if (delays.length === 0 || lastRun?.endedAt === undefined || !isEnded(lastRun.status)) return undefined;
  return new Date(lastRun.endedAt.getTime() + Math.min(...delays));
}

/** Schedules that only another version can read name no instants here. */
function boundOf(job: Job, startedAt: Date): readonly BoundSchedule[] {
  try {
    return bindJob(job, startedAt);
  } catch (error) {
    if (error instanceof SupertaskError) return [];
    throw error;
  }
}

/** Where it was looked for, and where else it may be. */
async function noneIn(store: Store, namespace: string | undefined, message: string): Promise<SupertaskError> {
  if (namespace === undefined)
    return new SupertaskError('ID_UNKNOWN', message, {
      hint: 'supertask list-runs and supertask list-jobs show what there is.',
    });
  const isKept = (await store.namespaces()).some(({ id }) => id === namespace);
  return isKept
    ? new SupertaskError('ID_UNKNOWN', message, {
        hint: `Only namespace ${namespace.slice(0, 12)} was looked through: that of --ns, or of the timetable here. Another one: --ns, see supertask list-namespaces.`,
      })
    : new SupertaskError('ID_UNKNOWN', `${message}: nothing of the timetable here has been run yet`, {
        hint: 'Start it with supertask run. Another namespace: --ns, see supertask list-namespaces.',
      });
}

function isRunPrefix(text: string): boolean {
  return /^[0-9a-f][0-9a-f-]{0,35}$/i.test(text);
}

function single<T>(found: readonly T[], text: string, what: string, name: (item: T) => string): T {
  const [first, ...others] = found;
  if (first === undefined) {
    throw new SupertaskError('ID_UNKNOWN', `no ${what} is called "${text}"`, {
      hint: `supertask list-${what}s shows what there is.`,
    });
  }
  if (others.length === 0) return first;
  const names = `${found.slice(0, 5).map(name).join(', ')}${found.length > 5 ? ', …' : ''}`;
  throw new SupertaskError('ID_AMBIGUOUS', `"${text}" fits more than one ${what}`, {
    // More of a job's name may be no help: jobs of several namespaces may have the same one.
    hint: `It could be ${names}; give more of it${what === 'job' ? ', or its namespace with --ns' : ''}.`,
  });
}
