/** How long a job takes. Pure. */
import type { RecentRun } from '../../api/record.js';

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
