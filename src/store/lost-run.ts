/** Runs whose writer is gone: which of them are lost, and which wait for the next scheduler. Pure. */
import { plannedFor, type Run } from '../model/run.js';
import type { WriterOptions } from './store.js';

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
