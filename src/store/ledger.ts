/** What every store holds to be true of runs: how changes are merged, how runs are found and ordered. Pure. */
import { isMarkedAfter } from '../model/mark.js';
import { isEnded, plannedFor, type Run, type RunChange } from '../model/run.js';
import type { RunPosition, RunQuery, WriterOptions } from './store.js';

/**
 * Apply a change. A final status stays (later changes are ignored), except that a run held to be lost may still
 * turn out to have succeeded or failed; it is then called recovered. A change with `marked` is all of the run: it takes
 * the place of what was there, unless that was said later.
 */
export function changeRun(run: Run, change: RunChange): Run {
  // Ten times as fast in V8 as spreading the second one, and every run goes through here.
  if (!isEnded(run.status)) return Object.assign({}, run, change);
  if (change.marked !== undefined)
    return isMarkedAfter(change, run) ? ({ ...change, namespace: run.namespace, job: run.job } as Run) : run;
  if (!isLost(run) || (change.status !== 'succeeded' && change.status !== 'failed')) return run;
  const { reason: _reason, message: _message, evidence: _evidence, ...rest } = run;
  return { ...rest, ...change, recovered: true };
}

export function isLost(run: Pick<Run, 'status' | 'reason'>): boolean {
  return run.status === 'errored' && run.reason === 'lost';
}

/** So long after its instant a planned run is waited for that no scheduler has taken over. */
const AWAITED_MS = 7 * 86_400_000;

/** Whether a run whose writer is gone waits for the next scheduler. Nobody comes after a one-shot. */
export function isAwaited(run: Run, mode: WriterOptions['mode'] | undefined, now: Date): boolean {
  const at = mode === 'schedule' ? plannedFor(run) : undefined;
  return at !== undefined && now.getTime() - at.getTime() < AWAITED_MS;
}

/** A run that nobody watches any more. When it ended is unknown, so nothing is said about it. */
export function loseRun(run: Run, message: string, evidence: Run['evidence'] = {}): Run {
  return { ...run, status: 'errored', reason: 'lost', message, evidence: { ...run.evidence, ...evidence } };
}

/** The record of a run that was not started because others of its job are alive. */
export function skipForOverlap(run: Run, holder: Run | undefined): Run {
  const evidence: Record<string, string | number> = { ...run.evidence };
  const { startedAt, ...rest } = run;
  const decided = startedAt === undefined ? rest : { ...rest, endedAt: startedAt };
  if (holder !== undefined) {
    const since = holder.startedAt ?? holder.scheduledAt;
    evidence['run'] = holder.id;
    evidence['status'] = holder.status;
    if (holder.process !== undefined) evidence['pid'] = holder.process.pid;
    evidence['since'] = since.toISOString();
    if (startedAt !== undefined) evidence['runningMs'] = Math.max(0, startedAt.getTime() - since.getTime());
  }
  return { ...decided, status: 'skipped', reason: 'overlap', evidence };
}

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
