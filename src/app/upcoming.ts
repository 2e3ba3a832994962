/** What is due in a part of time, of all jobs: each moment where they are few, how many an hour where they are many. */
import { SupertaskError } from '../errors.js';
import { type Breath, createBreath } from './breath.js';
import { findBookedJob, namespaceIds, openBook } from './job-page.js';
import {
  boundsOf,
  countIn,
  instantsIn,
  type JobOutlook,
  type Occurrence,
  occurrenceAt,
  type Part,
} from './occurrence.js';
import type { Service } from './service.js';

/** Of a job, or of all: how many moments are due in an hour. */
export type HourLoad = {
  readonly at: Date;
  readonly count: number;
  /** Of these: paused or skipped. */
  readonly held: number;
};

/** A job with so many moments that they are only counted. */
export type DenseJob = {
  readonly namespace: string;
  readonly job: string;
  readonly count: number;
  readonly expectedMs: number | undefined;
  readonly isAttended: boolean;
  /** Hours without any are left out. */
  readonly hours: readonly HourLoad[];
};

export type Upcoming = Part & {
  /** In the order of time. */
  readonly items: readonly Occurrence[];
  /** Those with most moments first. */
  readonly dense: readonly DenseJob[];
  /** Of all jobs together, in UTC; hours without any are left out. */
  readonly hours: readonly (HourLoad & { readonly expectedMs: number })[];
  /** Some moments are neither among the items nor those of a dense job. */
  readonly isTruncated: boolean;
  /** Jobs that were not looked at: time ran out. */
  readonly leftOut: number;
};

const HOUR_MS = 3_600_000;
const LONGEST_PART_MS = 35 * 86_400_000;
/** A job with more moments is dense. */
const MOST_OF_JOB = 200;
const MOST_DENSE = 100;
/** Who asks has to have an answer. */
const LONGEST_WORK_MS = 3_000;

/** @throws {SupertaskError} `USAGE` */
export async function listUpcoming(
  service: Service,
  { namespace, limit, ...part }: Part & { readonly namespace: string | undefined; readonly limit: number },
): Promise<Upcoming> {
  checkPart(part);
  const breath = createBreath();
  const until = performance.now() + LONGEST_WORK_MS;
  const found: Looked[] = [];
  const alike = new Map<string, Looked>();
  let leftOut = 0;
  for (const id of await namespaceIds(service, namespace)) {
    const { jobs, outlookOf } = await openBook(service, id);
    for (const job of jobs) {
      if (performance.now() > until) leftOut += 1;
      else found.push(await lookOnce(outlookOf(job), part, alike, breath));
      await breath();
    }
  }
  return { ...part, ...(await tell(found, limit, breath)), leftOut };
}

/** @throws {SupertaskError} `ID_UNKNOWN`, `USAGE` */
export async function listUpcomingOf(
  service: Service,
  id: { readonly namespace: string; readonly job: string },
  { from, to, count }: { readonly from: Date; readonly to: Date | undefined; readonly count: number },
): Promise<readonly Occurrence[]> {
  const { job, book } = await findBookedJob(service, id.namespace, id.job);
  const outlook = book.outlookOf(job);
  const part = { from, to: to ?? END };
  if (part.to <= from) throw wrongPart('to is not after from');
  const instants = await instantsIn(outlook, boundsOf(outlook), part, count, createBreath());
  return instants.map((at) => occurrenceAt(outlook, at));
}

const END = new Date('+010000-01-01T00:00:00Z');

function checkPart({ from, to }: Part): void {
  if (to <= from) throw wrongPart('to is not after from');
  if (to.getTime() - from.getTime() > LONGEST_PART_MS)
    throw wrongPart(`from and to are more than ${LONGEST_PART_MS / 86_400_000} days apart`);
}

function wrongPart(message: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint: 'Ask for a part of it.' });
}

/** `instants`: undefined where there are too many to be told one by one. */
type Looked = {
  readonly outlook: JobOutlook;
  readonly instants: readonly Date[] | undefined;
  readonly hours: readonly HourLoad[];
  readonly count: number;
};

/** Many jobs are due at the same times. */
async function lookOnce(
  outlook: JobOutlook,
  part: Part,
  alike: Map<string, Looked>,
  breath: Breath,
): Promise<Looked> {
  const key = keyOf(outlook);
  const known = key === undefined ? undefined : alike.get(key);
  if (known !== undefined) return { ...known, outlook };
  const looked = await lookAt(outlook, part, breath);
  if (key !== undefined) alike.set(key, looked);
  return looked;
}

/** What decides about its times; undefined where something does that no other job has. */
function keyOf({ job, startedAt }: JobOutlook): string | undefined {
  const { overrides, enabled, schedules, scheduleForms = schedules, tz, countsFrom } = job;
  const key = JSON.stringify([enabled, scheduleForms, tz, countsFrom, startedAt]);
  // Of H and jitter the id decides, and its last run of what follows the end of one.
  return overrides === undefined && !/H|jitter|finish/.test(key) ? key : undefined;
}

async function lookAt(outlook: JobOutlook, part: Part, breath: Breath): Promise<Looked> {
  const bounds = boundsOf(outlook);
  const instants = await instantsIn(outlook, bounds, part, MOST_OF_JOB + 1, breath);
  if (instants.length <= MOST_OF_JOB) {
    const hours = byHour(outlook, instants);
    return { outlook, instants, hours, count: instants.length };
  }
  const hours: HourLoad[] = [];
  for (const hour of hoursOf(part)) {
    const load = countIn(outlook, bounds, hour);
    if (load.count > 0) hours.push({ at: hourOf(hour.from), ...load });
    await breath();
  }
  return { outlook, instants: undefined, hours, count: hours.reduce((sum, { count }) => sum + count, 0) };
}

function byHour(outlook: JobOutlook, instants: readonly Date[]): HourLoad[] {
  const hours = new Map<number, { at: Date; count: number; held: number }>();
  for (const instant of instants) {
    const at = hourOf(instant);
    const hour = hours.get(at.getTime()) ?? { at, count: 0, held: 0 };
    hour.count += 1;
    if (occurrenceAt(outlook, instant).override !== undefined) hour.held += 1;
    hours.set(at.getTime(), hour);
  }
  return [...hours.values()];
}

/** Full hours of UTC; the first and the last may be parts of one. */
function* hoursOf({ from, to }: Part): Generator<Part> {
  for (let at = from; at < to; ) {
    const end = new Date(Math.min(hourOf(at).getTime() + HOUR_MS, to.getTime()));
    yield { from: at, to: end };
    at = end;
  }
}

function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

/** Jobs with the fewest moments are told one by one, as many as there is room for. */
async function tell(
  found: readonly Looked[],
  limit: number,
  breath: Breath,
): Promise<Omit<Upcoming, keyof Part | 'leftOut'>> {
  const due = found.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  const items: Occurrence[] = [];
  const dense: DenseJob[] = [];
  const hours = new Map<number, { at: Date; count: number; held: number; expectedMs: number }>();
  let isTruncated = false;
  for (const { outlook, instants, hours: own, count } of due) {
    addHours(hours, own, outlook.expectedMs ?? 0);
    if (instants !== undefined && items.length + instants.length <= limit)
      items.push(...instants.map((at) => occurrenceAt(outlook, at)));
    else dense.push(denseJob(outlook, own, count));
    await breath();
  }
  if (dense.length > MOST_DENSE) isTruncated = true;
  return {
    items: items.sort((a, b) => a.at.getTime() - b.at.getTime()),
    dense: dense.reverse().slice(0, MOST_DENSE),
    hours: [...hours.values()].sort((a, b) => a.at.getTime() - b.at.getTime()),
    isTruncated,
  };
}

function addHours(
  hours: Map<number, { at: Date; count: number; held: number; expectedMs: number }>,
  own: readonly HourLoad[],
  expectedMs: number,
): void {
  for (const { at, count, held } of own) {
    const hour = hours.get(at.getTime()) ?? { at, count: 0, held: 0, expectedMs: 0 };
    hour.count += count;
    hour.held += held;
    hour.expectedMs += (count - held) * expectedMs;
    hours.set(at.getTime(), hour);
  }
}

function denseJob(
  { job, startedAt, expectedMs }: JobOutlook,
  hours: readonly HourLoad[],
  count: number,
): DenseJob {
  return {
    namespace: job.namespace,
    job: job.id,
    count,
    expectedMs,
    isAttended: startedAt !== undefined,
    hours,
  };
}
