/** When things are due next: of an expression, of every job of a file, of a job that is kept. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SupertaskError } from '../errors.js';
import { scheduleWarnings } from '../model/explain-warning.js';
import type { Job } from '../model/job.js';
import { bindJob } from '../model/job-schedule.js';
import { nextAllowed, type Overrides } from '../model/override.js';
import type { BoundSchedule, Schedule } from '../model/schedule.js';
import { bindSchedule } from '../model/schedule-bind.js';
import { nextOf } from '../model/schedule-bound.js';
import { isStartRelative } from '../model/schedule-class.js';
import { parseSchedule } from '../model/schedule-text.js';
import type { Store } from '../store/store.js';
import { bindTask } from './bind-task.js';
import { expandSchedules, withSchedules } from './expand.js';
import { loadSource } from './file-source.js';
import { findJob } from './read.js';
import { isDirectory } from './text-file.js';

export type Forecast = {
  /** The expression as it was given, or the id of a job. */
  readonly subject: { readonly kind: 'expr' | 'job'; readonly text: string };
  /** The zone in which it is calculated, and is best shown. */
  readonly tz: string;
  readonly next: readonly Date[];
  /** Why there is none, where it is not the schedule's doing. */
  readonly note?: string;
};

export type Forecasts = {
  readonly kind: 'expr' | 'file' | 'job';
  readonly forecasts: readonly Forecast[];
  /** How surprising parts were read. */
  readonly warnings: readonly string[];
};

export type ForecastOptions = {
  /** IANA zone for schedules that name none. */
  readonly tz: string;
  /** Instants are strictly later; what counts from the start of a scheduler counts from here, itself included. */
  readonly from: Date;
  /** At most so many of each. */
  readonly count: (kind: Forecasts['kind']) => number;
  readonly cwd: string;
  /** Opens the bookkeeping and says which namespace is meant; asked for only where a job is looked for. */
  readonly openJobs: () => Promise<{ readonly store: Store; readonly namespace: string | undefined }>;
  readonly readInput: () => Promise<string>;
};

/**
 * Find out what is meant — a schedule, else an existing file, else a job of the bookkeeping — and when it is due.
 *
 * @throws {SupertaskError} `SCHEDULE_INVALID` and others of the language when the text is none of them; `ID_AMBIGUOUS`;
 *   what `loadSource` throws.
 */
export async function forecast(text: string, options: ForecastOptions): Promise<Forecasts> {
  const read = attempt(() => parseSchedule(text));
  if (!(read instanceof SupertaskError)) return forecastSchedule(text, read, options);
  if (isFile(text, options.cwd)) return forecastFile(text, options);
  const { store, namespace } = await options.openJobs();
  const job = await findKnownJob(store, namespace, text);
  // Any word may be the name of a directory here; a job is meant first.
  if (job === undefined && isDirectory(resolve(options.cwd, text))) return forecastFile(text, options);
  if (job === undefined) throw isOneWord(text) ? noneOf(text, read) : read;
  return { kind: 'job', forecasts: [await forecastJob(store, job, options)], warnings: [] };
}

/**
 * The next instants of several schedules; one that they share is given once.
 *
 * @param from - Instants are strictly later, but for schedules that count from a scheduler's start: the start itself
 *   belongs to them where they were bound to start at `from`.
 */
export function nextInstantsOf(bounds: readonly BoundSchedule[], from: Date, count: number): Date[] {
  const before = new Date(from.getTime() - 1);
  const heads = bounds.map((bound) => bound.next(isStartRelative(bound.schedule) ? before : from));
  const instants: Date[] = [];
  while (instants.length < count) {
    const nextMs = Math.min(...heads.map((at) => at?.getTime() ?? Number.POSITIVE_INFINITY));
    if (nextMs === Number.POSITIVE_INFINITY) break;
    const next = new Date(nextMs);
    instants.push(next);
    for (const [index, bound] of bounds.entries()) {
      if (heads[index]?.getTime() === nextMs) heads[index] = bound.next(next);
    }
  }
  return instants;
}

function forecastSchedule(text: string, schedule: Schedule, options: ForecastOptions): Forecasts {
  const bound = bindSchedule(schedule, { jobId: '', startedAt: options.from, tz: options.tz });
  const next = nextInstantsOf([bound], options.from, options.count('expr'));
  return {
    kind: 'expr',
    forecasts: [{ subject: { kind: 'expr', text }, tz: bound.tz, next }],
    warnings: scheduleWarnings(schedule),
  };
}

async function forecastFile(file: string, options: ForecastOptions): Promise<Forecasts> {
  const { timetable } = await loadSource(file, options.cwd, options.readInput);
  const tasks = await expandSchedules(withSchedules(timetable.tasks, undefined));
  const forecasts = tasks.map((task): Forecast => {
    const { bounds } = bindTask(task, options.from, options.tz);
    const zones = new Set(bounds.map(({ tz }) => tz));
    const [own = options.tz] = zones;
    return {
      subject: { kind: 'job', text: task.id },
      // Schedules of one job may lie in several zones; then the common one serves for showing.
      tz: zones.size === 1 ? own : options.tz,
      next: task.enabled ? nextInstantsOf(bounds, options.from, options.count('file')) : [],
      ...(task.enabled ? {} : { note: 'disabled' }),
    };
  });
  const warnings = tasks.flatMap((task) =>
    task.schedules.flatMap((schedule) => scheduleWarnings(schedule).map((words) => `${task.id}: ${words}`)),
  );
  return { kind: 'file', forecasts, warnings: [...timetable.warnings, ...warnings] };
}

async function forecastJob(store: Store, job: Job, options: ForecastOptions): Promise<Forecast> {
  const { from } = options;
  const count = options.count('job');
  const subject = { kind: 'job', text: job.id } as const;
  if (!job.enabled) return { subject, tz: job.tz, next: [], note: 'disabled' };
  const schedulers = await store.schedulers(job.namespace);
  const startedAt = schedulers.find(({ jobs }) => jobs.includes(job.id))?.startedAt ?? from;
  const bounds = bindJob(job, startedAt);
  if (job.overrides !== undefined) {
    const next = allowedInstants(job, job.overrides, bounds, from, count);
    return { subject, tz: job.tz, next, ...(next.length === 0 && job.paused ? { note: 'paused' } : {}) };
  }
  const next = nextInstantsOf(bounds, from, count);
  // What follows the end of a run is known to the scheduler that runs it.
  const armed = job.nextDueAt;
  const isFirst = armed !== undefined && armed > from && (next[0] === undefined || armed < next[0]);
  return { subject, tz: job.tz, next: isFirst ? [armed, ...next].slice(0, count) : next };
}

function allowedInstants(
  job: Job,
  overrides: Overrides,
  bounds: readonly BoundSchedule[],
  from: Date,
  count: number,
): Date[] {
  const instants: Date[] = [];
  const next = (after: Date): Date | undefined => nextOf(bounds, after);
  let at = nextAllowed(overrides, job.id, next, from);
  while (at !== undefined && instants.length < count) {
    instants.push(at);
    at = nextAllowed(overrides, job.id, next, at);
  }
  return instants;
}

function isFile(text: string, cwd: string): boolean {
  if (text === '-' || /^https?:\/\//i.test(text)) return true;
  // A directory may have the name of a job; text of nothing but spaces would name the directory here.
  const path = resolve(cwd, text);
  return existsSync(path) && !statSync(path).isDirectory();
}

async function findKnownJob(
  store: Store,
  namespace: string | undefined,
  text: string,
): Promise<Job | undefined> {
  try {
    return await findJob(store, text, namespace);
  } catch (error) {
    if (error instanceof SupertaskError && error.code === 'ID_UNKNOWN') return undefined;
    throw error;
  }
}

function isOneWord(text: string): boolean {
  return /^[\w./-]+$/.test(text);
}

function noneOf(text: string, error: SupertaskError): SupertaskError {
  return new SupertaskError('SCHEDULE_INVALID', `"${text}" is no schedule, no file and no job`, {
    hint: error.hint,
    cause: error,
  });
}

function attempt<T>(read: () => T): T | SupertaskError {
  try {
    return read();
  } catch (error) {
    if (error instanceof SupertaskError) return error;
    throw error;
  }
}
