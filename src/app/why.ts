/** What became of a due moment of a job, or will: finds the record, or says why there is none. */
import { SupertaskError } from '../errors.js';
import { type AskedTime, parseAskedTime } from '../model/asked-time.js';
import type { Job } from '../model/job.js';
import { bindJob, previousOf } from '../model/job-schedule.js';
import { namespaceId } from '../model/namespace.js';
import { overrideAt } from '../model/override.js';
import { isEnded, type Run } from '../model/run.js';
import type { BoundSchedule } from '../model/schedule.js';
import { nextOf } from '../model/schedule-bound.js';
import { isStartRelative } from '../model/schedule-class.js';
import { parseScheduleObject } from '../model/schedule-object.js';
import { quoteWord } from '../model/target.js';
import { explainMoment, type Moment, type Subject } from '../model/why.js';
import type { FileStore } from '../store/file/store.js';
import type { SchedulerInfo } from '../store/store.js';
import { findJob, nextDueOf } from './read.js';
import { definitionBefore, explainChange } from './why-before.js';

export type Explanation = {
  readonly namespace: string;
  readonly job: string;
  /** The zone of the times in the sentence. */
  readonly tz: string;
  readonly moment: Moment;
  readonly sentence: string;
};

/** A run that is due this instant has a record within this time. */
const STARTING_MS = 5_000;
/** Within what was asked for there may be so many records: one a second for a day. */
const MOST_RECORDS = 86_400;
/** So many runs of a job may be planned before its last one is not found. */
const MOST_PLANNED = 100;

type Facts = {
  readonly store: FileStore;
  readonly job: Job;
  readonly scheduler: SchedulerInfo | undefined;
  readonly bounds: readonly BoundSchedule[];
  readonly now: Date;
};

/**
 * Explain one moment of a job.
 *
 * @param text - The job's id, name or prefix.
 * @param time - A time as `parseAskedTime` reads it; undefined: the latest due moment.
 * @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`, `USAGE`
 */
export async function explainWhy(
  store: FileStore,
  text: string,
  time: string | undefined,
  { namespace, tz, now }: { readonly namespace: string | undefined; readonly tz: string; readonly now: Date },
): Promise<Explanation> {
  const job = await findListedJob(store, text, namespace);
  if (job === undefined) return explainRemoved(store, text, time, { namespace, tz, now });
  return explainListed(store, job, time, now);
}

export async function explainListed(
  store: FileStore,
  job: Job,
  time: string | undefined,
  now: Date,
): Promise<Explanation> {
  const schedulers = await store.schedulers(job.namespace);
  const scheduler = schedulers.find(({ jobs }) => jobs.includes(job.id));
  const bounds = bindJob(job, scheduler?.startedAt);
  const zone = commonZone(bounds) ?? job.tz;
  const asked = time === undefined ? undefined : parseAskedTime(time, zone, now);
  const before = await definitionBefore(store, job, asked?.at);
  const then: Job = { ...job, ...before?.definition };
  const moment = await momentOf(
    { store, job: then, scheduler, bounds: before ? bindJob(then, scheduler?.startedAt) : bounds, now },
    asked,
  );
  const subject: Subject = { job: job.name ?? job.id, tz: zone, schedules: then.schedules };
  return {
    namespace: job.namespace,
    job: job.id,
    tz: zone,
    moment,
    sentence: `${explainMoment(moment, subject)}${before ? `; ${explainChange(before, job, zone)}` : ''}`,
  };
}

/** The zone of all schedules, where they have one in common. */
function commonZone(bounds: readonly BoundSchedule[]): string | undefined {
  const zones = new Set(bounds.map(({ tz }) => tz));
  return zones.size === 1 ? bounds[0]?.tz : undefined;
}

/** Undefined when no timetable has it, but there are runs of it. */
async function findListedJob(
  store: FileStore,
  text: string,
  namespace: string | undefined,
): Promise<Job | undefined> {
  try {
    return await findJob(store, text, namespace);
  } catch (error) {
    if (!(error instanceof SupertaskError) || error.code !== 'ID_UNKNOWN') throw error;
    const [run] = await store.runs({ namespace, job: text, limit: 1 });
    if (run === undefined) throw error;
    return undefined;
  }
}

export async function explainRemoved(
  store: FileStore,
  job: string,
  time: string | undefined,
  { namespace, tz, now }: { readonly namespace: string | undefined; readonly tz: string; readonly now: Date },
): Promise<Explanation> {
  const asked = time === undefined ? undefined : parseAskedTime(time, tz, now);
  const [newest] = await store.runs({ namespace, job, limit: 1 });
  const own = namespace ?? newest?.namespace ?? '';
  const run = asked === undefined ? newest : await findRecord(store, own, job, asked, undefined);
  const at = asked?.at ?? newest?.scheduledAt;
  const moment: Moment =
    run === undefined || at === undefined
      ? { kind: 'removed', at }
      : { kind: 'recorded', run, at: asked === undefined ? at : momentIn(run, asked), isWithin: false };
  return {
    namespace: own,
    job,
    tz,
    moment,
    sentence: explainMoment(moment, { job, tz, schedules: [] }),
  };
}

async function momentOf(facts: Facts, asked: AskedTime | undefined): Promise<Moment> {
  if (asked === undefined) return latestMoment(facts);
  const { store, job, bounds, now } = facts;
  const due = dueIn(bounds, asked);
  const run = await findRecord(store, job.namespace, job.id, asked, due);
  if (run !== undefined) {
    const isWithin = run.scheduledAt.getTime() !== asked.at.getTime() && isBetween(run, asked) && !due;
    return { kind: 'recorded', run, at: isWithin ? asked.at : (due ?? momentIn(run, asked)), isWithin };
  }
  const at = due ?? asked.at;
  const special = withoutSchedule(facts, at);
  if (special !== undefined) return special;
  if (due === undefined) return notDue(bounds, at);
  return due > now ? toCome(facts, due) : passed(facts, due);
}

/** What was due last, or is on record last where that is later. */
async function latestMoment(facts: Facts): Promise<Moment> {
  const { store, job, bounds, now } = facts;
  const query = { namespace: job.namespace, job: job.id };
  const newest = await store.runs({ ...query, limit: MOST_PLANNED });
  const run = newest.find(({ scheduledAt, startedAt }) => scheduledAt <= now || startedAt !== undefined);
  const due = previousOf(bounds, new Date(now.getTime() + 1));
  const recorded = run && (run.lastAt ?? run.scheduledAt);
  if (run !== undefined && recorded !== undefined && (due === undefined || recorded >= due))
    return { kind: 'recorded', run, at: recorded, isWithin: false };
  if (due === undefined) {
    const special = withoutSchedule(facts, undefined);
    if (special !== undefined) return special;
    const next = nextOf(bounds, now);
    return next === undefined ? notDue(bounds, now) : toCome(facts, next);
  }
  const [exact] = await store.runs({ ...query, since: due, until: due, limit: 1 });
  const covering = exact ?? (await store.runs({ ...query, covering: due, limit: 1 }))[0];
  if (covering !== undefined) return { kind: 'recorded', run: covering, at: due, isWithin: false };
  return withoutSchedule(facts, due) ?? passed(facts, due);
}

/** The record of what is asked about: of the due instant, else the first in the time asked for. */
async function findRecord(
  store: FileStore,
  namespace: string,
  job: string,
  asked: AskedTime,
  due: Date | undefined,
): Promise<Run | undefined> {
  const until = new Date(asked.at.getTime() + asked.spanMs - 1);
  const found = await store.runs({ namespace, job, since: asked.at, until, limit: MOST_RECORDS });
  const oldestFirst = [...found].reverse();
  const planned = oldestFirst.filter(({ trigger }) => trigger !== 'manual' && trigger !== 'once');
  // The last attempt of several says how it ended.
  const exact = planned.filter(({ scheduledAt }) => scheduledAt.getTime() === due?.getTime());
  const last = exact.sort((left, right) => left.attempt - right.attempt).at(-1);
  if (last !== undefined) return last;
  const [covering] = await store.runs({ namespace, job, covering: due ?? asked.at, limit: 1 });
  return covering ?? (due === undefined ? (planned[0] ?? oldestFirst[0]) : undefined);
}

function momentIn(run: Run, asked: AskedTime): Date {
  return isBetween(run, asked) ? asked.at : run.scheduledAt;
}

function isBetween({ firstAt, lastAt }: Run, { at }: AskedTime): boolean {
  return firstAt !== undefined && lastAt !== undefined && firstAt <= at && at <= lastAt;
}

function dueIn(bounds: readonly BoundSchedule[], { at, spanMs }: AskedTime): Date | undefined {
  const next = nextOf(bounds, new Date(at.getTime() - 1));
  return next !== undefined && next.getTime() < at.getTime() + spanMs ? next : undefined;
}

function notDue(bounds: readonly BoundSchedule[], at: Date): Moment {
  return { kind: 'not-due', at, previous: previousOf(bounds, at), next: nextOf(bounds, at) };
}

/** Jobs whose moments no schedule names, as far as can be told now. */
function withoutSchedule(facts: Facts, at: Date | undefined): Moment | undefined {
  const { job, bounds, scheduler, now } = facts;
  if (!job.enabled) return { kind: 'disabled', at };
  const delays = bounds.flatMap((bound) => bound.delayMs ?? []);
  if (delays.length > 0 && delays.length === bounds.length && scheduler !== undefined) {
    const going = job.lastRun !== undefined && !isEnded(job.lastRun.status) ? job.lastRun : undefined;
    const next = going === undefined ? nextDueOf(job, scheduler.startedAt, now) : undefined;
    return { kind: 'after-finish', at: at ?? now, delayMs: Math.min(...delays), going, next };
  }
  if (bounds.length > 0) return undefined;
  return { kind: 'no-schedule', at, isFromStart: job.schedules.length > 0 && !isOnce(job) };
}

function isOnce(job: Job): boolean {
  const schedules = (job.scheduleForms ?? job.schedules).map((form) => parseScheduleObject(form));
  return schedules.every((schedule) => schedule.rule.kind === 'once' || !isStartRelative(schedule));
}

async function toCome(facts: Facts, at: Date): Promise<Moment> {
  const { job, scheduler } = facts;
  if (!job.enabled) return { kind: 'disabled', at };
  const held = await heldMoment(facts, at);
  if (held !== undefined) return held;
  if (scheduler !== undefined)
    return { kind: 'to-come', at, pid: scheduler.process.pid, since: scheduler.startedAt };
  return { kind: 'nobody-will', at, attendedUntil: job.attendedUntil, start: await startCommand(facts) };
}

/** It was due by the schedule as it is now, and there is no record. */
async function passed(facts: Facts, at: Date): Promise<Moment> {
  const { store, job, scheduler, bounds, now } = facts;
  const { scheduledSince, attendedUntil } = job;
  if (scheduledSince === undefined) return { kind: 'no-schedule', at, isFromStart: false };
  if (at < scheduledSince)
    return { kind: 'not-seen-yet', at, seenAt: scheduledSince, next: scheduler && nextOf(bounds, now) };
  // Its record may be one of many moments, and be made later.
  const held = await heldMoment(facts, at);
  if (held !== undefined) return held;
  if (scheduler !== undefined && now.getTime() - at.getTime() <= STARTING_MS)
    return { kind: 'starting', at, pid: scheduler.process.pid };
  const from = attendedUntil ?? scheduledSince;
  if (scheduler === undefined && at > from)
    return { kind: 'unattended', at, from, until: now, start: await startCommand(facts) };
  const later = await store.runs({
    namespace: job.namespace,
    job: job.id,
    since: at,
    limit: MOST_RECORDS,
  });
  const before = await store.runs({ namespace: job.namespace, job: job.id, until: at, limit: 1 });
  const oldest = before.length > 0 ? undefined : (later.at(-1)?.firstAt ?? later.at(-1)?.scheduledAt);
  return { kind: 'unrecorded', at, oldest };
}

/** A moment that somebody has paused or asked to skip. */
async function heldMoment({ store, job, now }: Facts, at: Date): Promise<Moment | undefined> {
  const override = overrideAt(await store.overrides(job.namespace), job.id, at);
  if (override === undefined) return undefined;
  return { kind: 'at' in override ? 'to-skip' : 'paused', at, isPast: at <= now, override };
}

/** How somebody would start a scheduler for the namespace of a job. */
async function startCommand({ store, job }: Facts): Promise<string> {
  const namespace = (await store.namespaces()).find(({ id }) => id === job.namespace);
  if (namespace === undefined) return 'supertask run';
  const { id, kind, source } = namespace;
  const ns = id === namespaceId(namespace) ? '' : ` --ns=${id}`;
  if (kind === 'file' || kind === 'url') return `supertask run --file ${quoteWord(source)}${ns}`;
  if (kind === 'stdin') return `supertask run --file -${ns}`;
  const command = `supertask run${ns} --when=${quoteWord(job.schedules[0] ?? 'once')} -- ${quoteWord(job.target)}`;
  // An inline source is its directory and its target.
  const directory = source.endsWith(` ${job.target}`) ? source.slice(0, -job.target.length - 1) : undefined;
  return directory === undefined ? command : `cd ${quoteWord(directory)} && ${command}`;
}
