/** How runs are found and ordered in every store. Pure. */
import type { Run } from '../model/run.js';
import type { RunPosition, RunQuery } from './store.js';

/** Newest first: by due instant, then by attempt, then by id. */
export function compareNewest(left: RunPosition, right: RunPosition): number {
  const later = right.scheduledAt.getTime() - left.scheduledAt.getTime() || right.attempt - left.attempt;
  return later || (left.id < right.id ? 1 : -1);
}

export function matchesQuery(run: Run, query: RunQuery): boolean {
  if (query.namespace !== undefined && run.namespace !== query.namespace) return false;
  if (query.job !== undefined && run.job !== query.job) return false;
  if (query.status !== undefined && !query.status.includes(run.status)) return false;
  if (query.since !== undefined && run.scheduledAt.getTime() < query.since.getTime()) return false;
  if (query.until !== undefined && run.scheduledAt.getTime() > query.until.getTime()) return false;
  if (query.trigger !== undefined && !query.trigger.includes(run.trigger)) return false;
  if (query.after !== undefined && (run.id === query.after.id || compareNewest(run, query.after) < 0))
    return false;
  if (query.covering !== undefined && !covers(run, query.covering)) return false;
  return query.idPrefix === undefined || run.id.startsWith(query.idPrefix);
}

function covers({ firstAt, lastAt }: Run, at: Date): boolean {
  return firstAt !== undefined && lastAt !== undefined && firstAt <= at && at <= lastAt;
}
