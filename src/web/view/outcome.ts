/** Groups of what may have become of a run. Pure. */
import type { RunStatus } from '../api/record.js';

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
