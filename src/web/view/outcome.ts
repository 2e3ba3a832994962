/** Groups of what may have become of a run. Pure. */
import type { RunStatus } from '../api/record.js';

export const LIVE: readonly RunStatus[] = ['waiting', 'starting', 'running', 'stopping'];
export const ENDED: readonly RunStatus[] = ['succeeded', 'failed', 'errored', 'skipped', 'missed'];

export function isLive(status: RunStatus): boolean {
  return LIVE.includes(status);
}

/** Whether somebody should look at it. */
export function isBad(status: RunStatus): boolean {
  return status === 'failed' || status === 'errored' || status === 'missed';
}
