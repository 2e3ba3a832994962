/** Why missed instants were not run late. */
import type { MissedPolicy } from '../model/policy.js';
import type { Backlog } from './missed.js';

export type MissEvidence = Readonly<Record<string, string | number>>;

/** What of a job's own policy kept missed instants from being run late. */
export function missEvidence(
  backlog: Pick<Backlog, 'newest'>,
  now: Date,
  policy: { readonly missed: MissedPolicy; readonly deadlineMs: number | undefined },
): MissEvidence {
  const { deadlineMs } = policy;
  const isPast = deadlineMs !== undefined && now.getTime() - backlog.newest.getTime() > deadlineMs;
  return { policy: policy.missed, ...(isPast && policy.missed !== 'skip' ? { deadlineMs } : {}) };
}
