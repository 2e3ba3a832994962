/** What becomes of a due run while an earlier run of its job is going. Pure. */
import type { OverlapPolicy, Policy } from '../model/policy.js';

export type Placing = 'start' | 'skip' | 'queue' | 'replace';

/** One run may wait behind the one that is going; the next ones are skipped. */
export const QUEUE_DEPTH = 1;

/** How many runs of a job may go at once before its overlap policy has its say. */
export function placesOf({ maxRunning = 1, skipDuplicate }: Policy): number {
  return skipDuplicate ? 1 : maxRunning;
}

/**
 * Place one due run of a job.
 *
 * @param job.live - Runs of the job that are going, or are held back.
 * @param job.queued - Runs of the job that wait for one that is going.
 * @param catchUp - One of several missed instants that are run late: these wait for each other, oldest first.
 * @param maxRunning - So many runs of the job may go at once.
 */
export function placeRun(
  policy: OverlapPolicy,
  job: { readonly live: number; readonly queued: number },
  catchUp: boolean,
  maxRunning = 1,
): Placing {
  if (policy === 'parallel' || (job.queued === 0 && job.live < maxRunning)) return 'start';
  if (catchUp) return 'queue';
  if (policy === 'replace') return 'replace';
  // Those that something else holds back wait here as well, but for the one that is next.
  const waiting = job.queued + Math.max(0, job.live - maxRunning);
  if (policy === 'queue' && waiting < QUEUE_DEPTH) return 'queue';
  return 'skip';
}
