/** What becomes of due instants that were noticed late. Pure: the engine acts on the answer. */
import { MAX_CATCH_UP, type MissedPolicy } from '../model/policy.js';
import { type MissEvidence, missEvidence } from './miss-evidence.js';

/** A job's instants in (`after`, `now`] that nobody has handled. */
export type Backlog = {
  /** The oldest and the newest of them, and how many there are. */
  readonly first: Date;
  readonly newest: Date;
  readonly count: number;
  /** The instant before a given one, within the same job. */
  readonly previous: (before: Date) => Date | undefined;
  /** Those after one instant and up to another; undefined: there are none. */
  readonly within: (after: Date, until: Date) => Backlog | undefined;
};

export type Verdict = {
  /** To be run now, oldest first. */
  readonly run: readonly Date[];
  /** To be recorded as missed, as one record; undefined when nothing was missed. */
  readonly missed: { readonly count: number; readonly first: Date; readonly last: Date } | undefined;
};

/** A start up to this late is still on time. */
export const ON_TIME_MS = 1_000;

/**
 * Decide which instants of a backlog are run and which are missed.
 *
 * The cost depends on how many are run (at most 100), never on how many were missed. An instant that is at most
 * a second late is on time and is run under every policy.
 *
 * @param policy.deadlineMs - Later than this an instant is not run; undefined: no limit.
 * @param taken - How many newer ones are run already.
 */
export function decideBacklog(
  backlog: Pick<Backlog, 'first' | 'newest' | 'count' | 'previous'>,
  now: Date,
  policy: { readonly missed: MissedPolicy; readonly deadlineMs: number | undefined },
  taken = 0,
): Verdict {
  const limit = (policy.missed === 'all' ? MAX_CATCH_UP : 1) - taken;
  const latestMs =
    policy.missed === 'skip' ? ON_TIME_MS : Math.max(policy.deadlineMs ?? Infinity, ON_TIME_MS);
  const run: Date[] = [];
  let instant: Date | undefined = backlog.newest;
  while (instant !== undefined && instant >= backlog.first && run.length < limit) {
    if (now.getTime() - instant.getTime() > latestMs) break;
    run.unshift(instant);
    if (run.length === backlog.count) return { run, missed: undefined };
    instant = backlog.previous(instant);
  }
  const count = backlog.count - run.length;
  if (count <= 0 || instant === undefined) return { run, missed: undefined };
  return { run, missed: { count, first: backlog.first, last: instant } };
}

/**
 * The same for several backlogs of one job, between which its moments are held: together they are run as one would be,
 * and each has a record of its own of what was missed in it.
 *
 * @param backlogs - Oldest first.
 */
export function decideAll(
  backlogs: readonly Backlog[],
  now: Date,
  policy: { readonly missed: MissedPolicy; readonly deadlineMs: number | undefined },
): {
  readonly run: readonly Date[];
  readonly missed: readonly (NonNullable<Verdict['missed']> & { readonly evidence: MissEvidence })[];
} {
  let run: readonly Date[] = [];
  const missed = [...backlogs].reverse().flatMap((backlog) => {
    const verdict = decideBacklog(backlog, now, policy, run.length);
    run = [...verdict.run, ...run];
    if (verdict.missed === undefined) return [];
    return [{ ...verdict.missed, evidence: missEvidence(backlog, now, policy) }];
  });
  return { run, missed: missed.reverse() };
}
