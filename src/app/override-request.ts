/** Pausing, resuming and skipping as somebody asks for it, by a command or a request: who is meant, and what is answered. */
import { SupertaskError } from '../errors.js';
import type { Job } from '../model/job.js';
import type { Json } from '../model/json.js';
import { ALL_JOBS, type Pause, type Skip } from '../model/override.js';
import { pauseRecord, skipRecord } from '../model/record.js';
import type { FileStore } from '../store/file/store.js';
import type { LiveScheduler } from './control/live.js';
import { type Asked, pauseJobs, resumeJobs, type Target } from './override.js';

/** Who is meant, and the jobs that it comes to: several where a task has several sets of arguments. */
export type Meant = { readonly target: Target; readonly targets: readonly Target[] };

export type OverrideAnswer = {
  readonly target: Target;
  readonly kind: 'paused' | 'paused-already' | 'resumed' | 'not-paused' | 'skip' | 'skip-already' | 'dry-run';
  readonly pauses: readonly Pause[];
  readonly skips: readonly Skip[];
};

/** Schedulers that know of it already, and those that look for themselves before anything is run. */
export type Reached = { readonly told: readonly LiveScheduler[]; readonly deaf: readonly LiveScheduler[] };

/** Of a namespace, all of its jobs. */
export function allOf(namespace: string): Meant {
  const target = { namespace, job: ALL_JOBS };
  return { target, targets: [target] };
}

/** @param text - What they are called together where they are several. */
export function meantBy(jobs: readonly Pick<Job, 'namespace' | 'id'>[], text: string): Meant {
  const targets = jobs.map(({ namespace, id }) => ({ namespace, job: id }));
  const [first] = targets;
  if (first === undefined) throw new TypeError('a task without a job');
  return { target: targets.length === 1 ? first : { ...first, job: text }, targets };
}

/** The job of this id, else those of the task of this id. @throws {SupertaskError} `ID_UNKNOWN` */
export async function exactJobs(store: FileStore, namespace: string, id: string): Promise<readonly Job[]> {
  const jobs = await store.jobs(namespace);
  const exact = jobs.find((job) => job.id === id);
  const found = exact === undefined ? jobs.filter(({ task }) => task === id) : [exact];
  if (found.length > 0) return found;
  throw new SupertaskError('ID_UNKNOWN', `there is no job ${JSON.stringify(id)} in ${namespace}`);
}

/** @returns With `before`: all of them were paused already, the first one so. */
export async function pauseMeant(
  store: FileStore,
  { target, targets }: Meant,
  until: Date | undefined,
  asked: Asked,
): Promise<OverrideAnswer & { readonly before: Pause | undefined }> {
  const paused = [];
  for (const each of targets) paused.push(await pauseJobs(store, each, until, asked));
  const before = paused.every((each) => each.before !== undefined) ? paused[0]?.before : undefined;
  const kind = before === undefined ? 'paused' : 'paused-already';
  return { target, kind, pauses: paused.map(({ pause }) => pause), skips: [], before };
}

/** @returns With `still`: what keeps one of them paused all the same. */
export async function resumeMeant(
  store: FileStore,
  { target, targets }: Meant,
): Promise<OverrideAnswer & { readonly still: Pause | undefined }> {
  const resumed = [];
  for (const each of targets) resumed.push(await resumeJobs(store, each));
  const pauses = resumed.flatMap((each) => each.pauses);
  const skips = resumed.flatMap((each) => each.skips);
  const kind = pauses.length + skips.length === 0 ? 'not-paused' : 'resumed';
  return { target, kind, pauses, skips, still: resumed.find((each) => each.still !== undefined)?.still };
}

/** @param how - The same way out, said for who asks. */
export function staysPaused({ job }: Target, until: string, how: string): SupertaskError {
  return new SupertaskError('CONFLICT', `${job} stays paused${until}: all jobs are`, { hint: how });
}

/** Tell each of some schedulers. */
export async function reach(
  schedulers: readonly LiveScheduler[],
  tell: (scheduler: LiveScheduler) => Promise<unknown>,
): Promise<Reached> {
  const isTold = await Promise.all(
    schedulers.map((scheduler) =>
      tell(scheduler).then(
        () => true,
        () => false,
      ),
    ),
  );
  return {
    told: schedulers.filter((_, index) => isTold[index]),
    deaf: schedulers.filter((_, index) => !isTold[index]),
  };
}

export function overrideRecord(
  { kind, target: { namespace, job }, pauses, skips }: OverrideAnswer,
  told: readonly LiveScheduler[],
): Json {
  return {
    kind,
    namespace,
    job: job === ALL_JOBS ? null : job,
    pauses: pauses.map(pauseRecord),
    skips: skips.map(skipRecord),
    told: told.map(({ process }) => process.pid),
  };
}
