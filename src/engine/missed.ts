/** What becomes of due instants that were noticed late. Pure: the engine acts on the answer. */
import { MAX_CATCH_UP, type MissedPolicy } from '../model/policy.js';

/** A job's instants in (`after`, `now`] that nobody has handled. */
export type Backlog = {
  /** The oldest and the newest of them, and how many there are. */
  readonly first: Date;
  readonly newest: Date;
  readonly count: number;
  /** The instant before a given one, within the same job. */
  readonly previous: (before: Date) => Date | undefined;
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
 */
export function decideBacklog(
  backlog: Backlog,
  now: Date,
  policy: { readonly missed: MissedPolicy; readonly deadlineMs: number | undefined },
): Verdict {
  const limit = policy.missed === 'all' ? MAX_CATCH_UP : 1;
  const latestMs =
    policy.missed === 'skip' ? ON_TIME_MS : Math.max(policy.deadlineMs ?? Infinity, ON_TIME_MS);
  const run: Date[] = [];
  let instant: Date | undefined = backlog.newest;
  while (instant !== undefined && instant >= backlog.first && run.length < limit) {
    if (now.getTime() - instant.getTime() > latestMs) break;
    run.unshift(instant);
    instant = backlog.previous(instant);
  }
  const count = backlog.count - run.length;
  if (count <= 0 || instant === undefined) return { run, missed: undefined };
  return { run, missed: { count, first: backlog.first, last: instant } };
}

/** What of a job's own policy kept missed instants from being run late. */
export function missEvidence(
  backlog: Backlog,
  now: Date,
  policy: { readonly missed: MissedPolicy; readonly deadlineMs: number | undefined },
): Readonly<Record<string, string | number>> {
  const { deadlineMs } = policy;
  const isPast = deadlineMs !== undefined && now.getTime() - backlog.newest.getTime() > deadlineMs;
  return { policy: policy.missed, ...(isPast && policy.missed !== 'skip' ? { deadlineMs } : {}) };
}
