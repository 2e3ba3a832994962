/**
 * Keeps due moments from being run that people have paused or asked to skip. Decides and counts; what is to be recorded
 * of it is handed to whoever claims.
 */
import {
  concernedWith,
  NO_OVERRIDES,
  nextAllowed,
  nextChange,
  type Overrides,
  overrideAt,
  overrideChange,
  type Pause,
  pauseAt,
  type Skip,
} from '../model/override.js';
import { nextOf } from '../model/schedule-bound.js';
import type { DueJob, ScheduledTask } from './agenda.js';
import type { Backlog } from './missed.js';
import type { Sieve, SiftedJob, Withheld } from './sift.js';

/** Of a job whose moments are paused one after the other: those that no record tells of yet. */
type Counted = { readonly job: ScheduledTask; readonly withheld: Withheld };

/** Moments of a pause are told once in so long, beginning with the first of them. */
const TOLD_EVERY_MS = 3_600_000;

export function createSieve(): Sieve {
  let overrides = NO_OVERRIDES;
  const counted = new Map<string, Counted>();
  /** The last moment of a pause that a record tells of. */
  const told = new Map<string, Date>();

  const take = (jobId: string): SiftedJob[] => {
    const found = counted.get(jobId);
    counted.delete(jobId);
    if (found === undefined) return [];
    told.set(jobId, found.withheld.last);
    return [{ job: found.job, backlogs: [], withheld: [found.withheld], first: found.withheld.first }];
  };

  /** Count moments of a pause. @returns What is to be recorded now. */
  const count = (job: ScheduledTask, withheld: Withheld): Withheld[] => {
    const { id } = job.task;
    const before = counted.get(id)?.withheld;
    const all =
      before === undefined
        ? withheld
        : { ...withheld, first: before.first, count: before.count + withheld.count };
    const last = told.get(id);
    const isTold = last !== undefined && hourOf(last) === hourOf(all.last);
    if (isTold) counted.set(id, { job, withheld: all });
    if (isTold) return [];
    counted.delete(id);
    told.set(id, all.last);
    return [all];
  };

  const siftOne = ({ job, backlog }: DueJob): SiftedJob => {
    const { id } = job.task;
    const { first } = backlog;
    if (!concernedWith(overrides, id, first, backlog.newest)) {
      const rest = take(id).flatMap(({ withheld }) => withheld);
      told.delete(id);
      return { job, backlogs: [backlog], withheld: rest, first: firstOf(rest, first) };
    }
    const backlogs: Backlog[] = [];
    const withheld: Withheld[] = [];
    for (const part of partsOf(overrides, id, backlog)) {
      if (part.kind === 'pause') {
        withheld.push(...count(job, part.withheld));
        continue;
      }
      withheld.push(...take(id).flatMap((each) => each.withheld));
      if (part.kind === 'skip') withheld.push(part.withheld);
      if (part.kind === 'free') {
        told.delete(id);
        backlogs.push(part.backlog);
      }
    }
    return { job, backlogs, withheld, first: firstOf(withheld, first) };
  };

  return {
    changeTo: (next, now) => overrideChange(overrides, next, now),
    replace(next, now) {
      overrides = next;
      const ended = [...told.keys()].filter((id) => pauseAt(overrides, id, now) === undefined);
      const rest = ended.flatMap(take);
      for (const id of ended) told.delete(id);
      return rest;
    },
    sift: (due) => due.map(siftOne),
    takeAll: () => [...counted.keys()].flatMap(take),
    withholds: (job, at) => overrideAt(overrides, job.task.id, at) !== undefined,
    firstFrom(job, at) {
      if (at === undefined || overrideAt(overrides, job.task.id, at) === undefined) return at;
      const next = (after: Date): Date | undefined => nextOf(job.bounds, after);
      return nextAllowed(overrides, job.task.id, next, new Date(at.getTime() - 1));
    },
    recordedUntil(jobId, attended, past) {
      if (past === undefined) return attended;
      const recorded = (past.lastDueAt ?? past.seenAt).getTime();
      const { pauses } = overrides;
      const begun = pauses
        .filter((pause) =>
          concernedWith({ pauses: [pause], skips: [] }, jobId, new Date(recorded + 1), attended),
        )
        .map(({ since }) => Math.max(since.getTime() - 1, recorded));
      return new Date(Math.min(attended.getTime(), ...begun));
    },
  };
}

type Part =
  | { readonly kind: 'free'; readonly backlog: Backlog }
  | { readonly kind: 'pause'; readonly withheld: Withheld }
  | { readonly kind: 'skip'; readonly withheld: Withheld };

/** A backlog, cut where what holds changes. */
function partsOf(overrides: Overrides, jobId: string, backlog: Backlog): Part[] {
  const parts: Part[] = [];
  let at: Date | undefined = backlog.first;
  while (at !== undefined && at <= backlog.newest) {
    const before: Date = new Date(at.getTime() - 1);
    const override = overrideAt(overrides, jobId, at);
    const change = nextChange(overrides, jobId, at);
    const isSkip = override !== undefined && 'at' in override;
    const until: Date = isSkip
      ? at
      : new Date(Math.min(backlog.newest.getTime(), (change?.getTime() ?? Infinity) - 1));
    const part = backlog.within(before, until);
    if (part !== undefined)
      parts.push(override === undefined ? { kind: 'free', backlog: part } : withheldPart(override, part));
    at = backlog.within(until, backlog.newest)?.first;
  }
  return parts;
}

function withheldPart(override: Pause | Skip, { count, first, newest }: Backlog): Part {
  const who = {
    ...(override.by === undefined ? {} : { by: override.by }),
    ...(override.note === undefined ? {} : { note: override.note }),
  };
  if ('at' in override) {
    const evidence = { cause: 'somebody asked to skip it', ...who, askedAt: override.askedAt.toISOString() };
    return { kind: 'skip', withheld: { reason: 'operator', count, first, last: newest, evidence } };
  }
  const until = override.until === undefined ? {} : { until: override.until.toISOString() };
  const evidence = { ...who, since: override.since.toISOString(), ...until };
  return { kind: 'pause', withheld: { reason: 'paused', count, first, last: newest, evidence } };
}

function firstOf(withheld: readonly Withheld[], first: Date): Date {
  return new Date(Math.min(first.getTime(), ...withheld.map((each) => each.first.getTime())));
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / TOLD_EVERY_MS);
}
