/** Groups of what may have become of a run. Pure. */
import type { RunRecord, RunStatus } from '../api/record.js';

export const LIVE: readonly RunStatus[] = ['waiting', 'starting', 'running', 'stopping'];
export const ENDED: readonly RunStatus[] = ['succeeded', 'failed', 'errored', 'skipped', 'missed'];

/** Somebody should look at these. */
export const BAD: readonly RunStatus[] = ['failed', 'errored', 'missed'];

export function isLive(status: RunStatus): boolean {
  return LIVE.includes(status);
}

export function isBad(status: RunStatus): boolean {
  return BAD.includes(status);
}

/** The instant that it waits for; undefined: it has begun, or waits for its turn. */
export function plannedFor({
  status,
  evidence = {},
}: Pick<RunRecord, 'status' | 'evidence'>): string | undefined {
  if (status !== 'waiting' || evidence['waitingFor'] !== undefined) return undefined;
  const at = evidence['plannedFor'];
  return typeof at === 'string' ? at : undefined;
}

/** When it began, or is to begin. */
export function beginOf(run: Pick<RunRecord, 'status' | 'evidence' | 'startedAt' | 'scheduledAt'>): string {
  return run.startedAt ?? plannedFor(run) ?? run.scheduledAt;
}
