/** Pausing, resuming and skipping: written beside the timetable, so that it holds whether a scheduler lives or not. */
import { SupertaskError } from '../errors.js';
import { formatWallTime, parseAskedTime } from '../model/asked-time.js';
import type { Job } from '../model/job.js';
import { bindJob } from '../model/job-schedule.js';
import {
  ALL_JOBS,
  nextAllowed,
  type Pause,
  pauseAt,
  type Skip,
  withoutOverride,
  withPause,
  withSkip,
} from '../model/override.js';
import { nextOf } from '../model/schedule-bound.js';
import { quoteWord } from '../model/target.js';
import type { FileStore } from '../store/file/store.js';
import type { Store } from '../store/store.js';

/** Whose moments are meant: those of a job, or of all jobs of a namespace. */
export type Target = { readonly namespace: string; readonly job: string };

export type Asked = { readonly by: string; readonly note: string | undefined };

/** `before`: it was paused already. */
export type Paused = { readonly before: Pause | undefined; readonly pause: Pause };

/** What was said and holds no more, and what holds all the same. */
export type Resumed = {
  readonly pauses: readonly Pause[];
  readonly skips: readonly Skip[];
  readonly still: Pause | undefined;
};

/** `isNew`: nobody had asked for it before. */
export type Skipped = { readonly skip: Skip; readonly isNew: boolean };

/** @throws {SupertaskError} `USAGE` where it would be over at once */
export function pauseJobs(
  store: FileStore,
  { namespace, job }: Target,
  until: Date | undefined,
  { by, note }: Asked,
): Promise<Paused> {
  return store.changeOverrides(namespace, (overrides, now) => {
    if (until !== undefined && until <= now)
      throw new SupertaskError('USAGE', 'the end of the pause is not to come', {
        hint: 'Give a time to come, or a duration such as 2h.',
      });
    const before = overrides.pauses.find((pause) => pause.job === job && isGoing(pause, now));
    const changed = withPause(overrides, { job, since: now, until, by, note });
    const pause = changed.pauses.find((each) => each.job === job && isGoing(each, now));
    if (pause === undefined) throw new Error('a pause that is not there');
    return { overrides: changed, result: { before, pause } };
  });
}

export function resumeJobs(store: FileStore, { namespace, job }: Target): Promise<Resumed> {
  return store.changeOverrides(namespace, (overrides, now) => {
    const changed = withoutOverride(overrides, job, now);
    const pauses = overrides.pauses.filter((each) => !changed.pauses.includes(each));
    const skips = overrides.skips.filter((each) => !changed.skips.includes(each));
    return { overrides: changed, result: { pauses, skips, still: pauseAt(changed, job, now) } };
  });
}

/** @param at - A due moment as `momentToSkip` finds it. */
export function skipMoment(
  store: FileStore,
  { namespace, job }: Target,
  at: Date,
  { by, note }: Asked,
): Promise<Skipped> {
  return store.changeOverrides(namespace, (overrides, now) => {
    const known = overrides.skips.find((each) => each.job === job && each.at.getTime() === at.getTime());
    const skip = known ?? { job, at, askedAt: now, by, note };
    const changed = known === undefined ? withSkip(overrides, skip) : overrides;
    return { overrides: changed, result: { skip, isNew: known === undefined } };
  });
}

/**
 * Look whether a moment was run that was to be skipped: it may have come before whoever schedules heard of it.
 *
 * To be called when they have been told; of a moment that is still to come nothing is asked.
 *
 * @throws {SupertaskError} `CONFLICT` where it was
 */
export async function checkSkipped(
  store: Pick<Store, 'runs'>,
  { namespace, job }: Target,
  at: Date,
  now: Date,
): Promise<void> {
  if (at > now) return;
  const runs = await store.runs({ namespace, job, since: at, until: at, limit: 10 });
  const run = runs.find(({ startedAt }) => startedAt !== undefined);
  if (run === undefined) return;
  throw new SupertaskError(
    'CONFLICT',
    `${job} was started for ${at.toISOString()} before its scheduler heard that it is to be skipped`,
    { hint: `It is run ${run.id}; supertask stop ${run.id} ends it if it still runs.` },
  );
}

/**
 * Find the due moment that is meant.
 *
 * @param text - `next`, or a time as `parseAskedTime` reads it; of a time of day that is past, tomorrow's.
 * @param known - When the scheduler of the job will run it next, as it says itself.
 * @throws {SupertaskError} `CONFLICT` where the job is not due then, or never; `USAGE`
 */
export async function momentToSkip(
  store: FileStore,
  job: Job,
  text: string,
  known: Date | undefined,
  now: Date,
): Promise<Date> {
  if (!job.enabled) throw disabled(job);
  const scheduler = (await store.schedulers(job.namespace)).find(({ jobs }) => jobs.includes(job.id));
  const bounds = bindJob(job, scheduler?.startedAt);
  if (text === 'next') {
    const overrides = await store.overrides(job.namespace);
    const next = known ?? nextAllowed(overrides, job.id, (after) => nextOf(bounds, after), now);
    if (next !== undefined) return next;
    throw neverDue(job);
  }
  const tz = bounds[0]?.tz ?? job.tz;
  const asked = upcoming(text, tz, now);
  const end = new Date(asked.at.getTime() + asked.spanMs);
  if (end <= now) {
    throw new SupertaskError('CONFLICT', `${formatWallTime(asked.at, tz)} ${tz} has passed`, {
      hint: `supertask why ${quoteWord(job.id)} ${quoteWord(text)} tells what became of it.`,
    });
  }
  const after = new Date(Math.max(asked.at.getTime() - 1, now.getTime()));
  const due = nextOf(bounds, after);
  if (due !== undefined && due < end) return due;
  throw notDueThen(job, asked.at, tz, due);
}

/** A time of day that has passed means tomorrow's. */
export function upcoming(
  text: string,
  tz: string,
  now: Date,
): { readonly at: Date; readonly spanMs: number } {
  const asked = parseAskedTime(text, tz, now);
  const isTimeOfDay = /^\s*\d{1,2}:\d\d/.test(text);
  if (!isTimeOfDay || asked.at.getTime() + asked.spanMs > now.getTime()) return asked;
  return parseAskedTime(text, tz, new Date(now.getTime() + 86_400_000));
}

function disabled(job: Job): SupertaskError {
  return new SupertaskError('CONFLICT', `${job.id} is disabled, so it is never due`, {
    hint: 'There is nothing to skip unless its definition says enabled: true.',
  });
}

function neverDue(job: Job): SupertaskError {
  const hint = job.paused
    ? 'It is paused: nothing of it runs.'
    : 'Its schedule names no moment to come; what counts from the start of a scheduler needs one that runs.';
  return new SupertaskError('CONFLICT', `${job.id} is not due any more`, { hint });
}

function notDueThen(job: Job, at: Date, tz: string, next: Date | undefined): SupertaskError {
  return new SupertaskError('CONFLICT', `${job.id} is not due at ${formatWallTime(at, tz)} ${tz}`, {
    hint:
      next === undefined
        ? 'Its schedule names no moment after that.'
        : `It is due after that at ${formatWallTime(next, tz)} ${tz}.`,
  });
}

function isGoing({ since, until }: Pause, now: Date): boolean {
  return since <= now && (until === undefined || now < until);
}

/** For messages: the job, or all of them. */
export function nameOf({ job, namespace }: Target): string {
  return job === ALL_JOBS
    ? `all jobs of ${/^[0-9a-f]{32}$/.test(namespace) ? namespace.slice(0, 12) : namespace}`
    : job;
}
