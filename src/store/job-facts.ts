/** What is known of the jobs of a namespace, and how it is summed up for listings and for catching up. Pure. */
import type { Job, JobDefinition } from '../model/job.js';
import { isMarkedAfter } from '../model/mark.js';
import { isEnded, isPlanned, plannedFor, type Run, type Trigger } from '../model/run.js';
import type { JobPast, WriterOptions } from './store.js';

export type JobFacts = {
  readonly definition: JobDefinition;
  /** When a writer last said that it has this job. */
  readonly definedAt: Date;
  readonly seenAt: Date;
  /** Of schedulers only; undefined: no scheduler ever had the job. */
  readonly scheduleSeenAt?: Date | undefined;
  readonly attendedUntil?: Date | undefined;
  readonly lastDueAt?: Date | undefined;
  /** The same of instants that are to come: the clock was set back since they were due. */
  readonly aheadAt?: Date | undefined;
  readonly lastRun?: Run | undefined;
  /** The soonest of those that are planned. */
  readonly planned?: Run | undefined;
};

/** Jobs by id, and when a scheduler last said what it schedules. */
export type NamespaceFacts = {
  readonly jobs: Map<string, JobFacts>;
  scheduledAt: Date | undefined;
  /** What is later was stamped by a clock that was ahead: it says nothing about until when, and is no newer than others. */
  readonly now: Date;
};

/** What a writer has, and until when it is known to have attended to it. */
export type JobSet = {
  readonly mode: WriterOptions['mode'];
  readonly at: Date;
  /** What the writer had before counts up to then, which is later: the clock was set back. */
  readonly after?: Date | undefined;
  readonly until: Date | undefined;
  readonly jobs: readonly JobDefinition[];
};

export function emptyFacts(now: Date): NamespaceFacts {
  return { jobs: new Map(), scheduledAt: undefined, now };
}

export function addJobSet(facts: NamespaceFacts, set: JobSet): void {
  const isSchedule = set.mode === 'schedule';
  const definedAt = newnessOf(set, facts.now);
  if (isSchedule) noteScheduled(facts, definedAt);
  for (const definition of set.jobs) {
    addJobFacts(facts, {
      definition,
      definedAt,
      seenAt: set.at,
      scheduleSeenAt: isSchedule ? set.at : undefined,
      attendedUntil: isSchedule ? set.until : undefined,
    });
  }
}

/** How new a set is among all: those that the same writer had before are older, whatever its clock said then. */
export function newnessOf({ at, after }: Pick<JobSet, 'at' | 'after'>, now: Date): Date {
  // An earlier set whose instant is to come is not believed anyway.
  return after === undefined || after >= now ? at : new Date(after.getTime() + 1);
}

/** Up to when a writer's earlier set counts where that is later than a new one; undefined: it is not. */
export function afterSet(before: Pick<JobSet, 'at' | 'after'>, at: Date): Date | undefined {
  const until = before.after === undefined ? before.at : new Date(before.after.getTime() + 1);
  return until > at ? until : undefined;
}

export function noteScheduled(facts: NamespaceFacts, at: Date): void {
  facts.scheduledAt = latest(facts.scheduledAt, notAhead(at, facts));
}

/** Merge facts about one job; the order in which facts are added does not matter. */
export function addJobFacts(facts: NamespaceFacts, given: JobFacts): void {
  const added: JobFacts = {
    ...given,
    definedAt: notAhead(given.definedAt, facts) ?? new Date(0),
    attendedUntil: notAhead(given.attendedUntil, facts),
    lastDueAt: latest(notAhead(given.lastDueAt, facts), notAhead(given.aheadAt, facts)),
    aheadAt: latest(ifAhead(given.lastDueAt, facts), ifAhead(given.aheadAt, facts)),
  };
  const known = facts.jobs.get(added.definition.id);
  if (known === undefined) {
    facts.jobs.set(added.definition.id, added);
    return;
  }
  const newer = added.definedAt.getTime() >= known.definedAt.getTime() ? added : known;
  facts.jobs.set(added.definition.id, {
    definition: newer.definition,
    definedAt: newer.definedAt,
    seenAt: earliest(known.seenAt, added.seenAt) ?? known.seenAt,
    scheduleSeenAt: earliest(known.scheduleSeenAt, added.scheduleSeenAt),
    attendedUntil: latest(known.attendedUntil, added.attendedUntil),
    lastDueAt: latest(known.lastDueAt, added.lastDueAt),
    aheadAt: latest(known.aheadAt, added.aheadAt),
    lastRun: newestRun(known.lastRun, added.lastRun),
    planned: soonest(known.planned, added.planned),
  });
}

/** Runs whose instant a schedule named; that of a further attempt is the first one's. */
const OF_SCHEDULE: readonly Trigger[] = ['schedule', 'catch-up'];

/** Take a run into account; runs of jobs that nobody defined are passed over. */
export function addRun(facts: NamespaceFacts, run: Run): void {
  const known = facts.jobs.get(run.job);
  if (known === undefined) return;
  const dueAt = OF_SCHEDULE.includes(run.trigger) ? (run.lastAt ?? run.scheduledAt) : undefined;
  const isToCome = isPlanned(run);
  const ran = run.status !== 'skipped' && run.status !== 'missed' && !isToCome;
  facts.jobs.set(run.job, {
    ...known,
    lastDueAt: latest(known.lastDueAt, notAhead(dueAt, facts)),
    aheadAt: latest(known.aheadAt, ifAhead(dueAt, facts)),
    lastRun: ran ? newestRun(known.lastRun, run) : known.lastRun,
    planned: isToCome ? soonest(known.planned, run) : known.planned,
  });
}

/** Jobs that are scheduled or were only ever run by hand; `alive` are the ids that live writers have. */
export function listJobs(facts: NamespaceFacts, namespace: string, alive: ReadonlySet<string>): Job[] {
  return [...facts.jobs.values()]
    .filter((job) => isListed(facts, job, alive))
    .map((job) => ({
      ...job.definition,
      namespace,
      paused: false,
      seenAt: job.seenAt,
      ...(job.scheduleSeenAt === undefined ? {} : { scheduledSince: job.scheduleSeenAt }),
      ...(job.attendedUntil === undefined ? {} : { attendedUntil: job.attendedUntil }),
      nextDueAt: undefined,
      lastRun: job.lastRun,
      ...(job.planned === undefined ? {} : { planned: job.planned }),
    }));
}

export function pastOf(facts: NamespaceFacts): ReadonlyMap<string, JobPast> {
  const past = new Map<string, JobPast>();
  for (const [id, job] of facts.jobs) {
    if (job.scheduleSeenAt === undefined) continue;
    const { scheduleSeenAt: seenAt, attendedUntil, lastDueAt, aheadAt, lastRun } = job;
    past.set(id, { seenAt, attendedUntil, lastDueAt, aheadAt, lastRun });
  }
  return past;
}

function isListed(facts: NamespaceFacts, job: JobFacts, alive: ReadonlySet<string>): boolean {
  if (job.scheduleSeenAt === undefined || facts.scheduledAt === undefined) return true;
  return job.definedAt.getTime() >= facts.scheduledAt.getTime() || alive.has(job.definition.id);
}

function newestRun(left: Run | undefined, right: Run | undefined): Run | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.id === right.id) {
    if (left.marked !== undefined || right.marked !== undefined)
      return isMarkedAfter(right, left) ? right : left;
    return isEnded(left.status) ? left : right;
  }
  const difference = right.scheduledAt.getTime() - left.scheduledAt.getTime();
  if (difference === 0 && right.attempt !== left.attempt) return right.attempt > left.attempt ? right : left;
  return difference > 0 || (difference === 0 && right.id >= left.id) ? right : left;
}

function soonest(left: Run | undefined, right: Run | undefined): Run | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return atOf(right) < atOf(left) ? right : left;
}

function atOf(planned: Run): Date {
  return plannedFor(planned) ?? planned.scheduledAt;
}

function notAhead(at: Date | undefined, { now }: NamespaceFacts): Date | undefined {
  return at !== undefined && at > now ? undefined : at;
}

function ifAhead(at: Date | undefined, { now }: NamespaceFacts): Date | undefined {
  return at !== undefined && at > now ? at : undefined;
}

function latest(left: Date | undefined, right: Date | undefined): Date | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.getTime() >= right.getTime() ? left : right;
}

function earliest(left: Date | undefined, right: Date | undefined): Date | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.getTime() <= right.getTime() ? left : right;
}
