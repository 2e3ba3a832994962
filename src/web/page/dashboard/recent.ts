/** What the last runs of a job say of it. Pure. */
import type { RecentRun } from '../../api/record.js';
import { isBad } from '../../view/outcome.js';

/** The median of the last good runs, or of all that ran where none was good; undefined: none is known. */
export function usualMs(recent: readonly RecentRun[]): number | undefined {
  const good = lengthsOf(recent.filter(({ status }) => status === 'succeeded'));
  const lengths = good.length > 0 ? good : lengthsOf(recent);
  if (lengths.length === 0) return undefined;
  const middle = (lengths.length - 1) / 2;
  return ((lengths[Math.floor(middle)] ?? 0) + (lengths[Math.ceil(middle)] ?? 0)) / 2;
}

function lengthsOf(runs: readonly RecentRun[]): number[] {
  return runs.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs])).sort((a, b) => a - b);
}

/** How many of the newest runs went wrong without a good one between them; what was left out does not count. */
export function streakOf(recent: readonly RecentRun[]): number {
  const counted = recent.filter(({ status }) => status !== 'skipped');
  const good = counted.findLastIndex(({ status }) => !isBad(status));
  return counted.length - 1 - good;
}
