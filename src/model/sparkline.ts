/** How the last runs of a job went, a character each. Pure. */
import type { Run, RunStatus } from './run.js';

const BARS = '▁▂▃▄▅▆▇█';

const MARKS: Partial<Record<RunStatus, string>> = {
  failed: '✗',
  errored: '!',
  skipped: '·',
  missed: '?',
  waiting: '…',
  starting: '»',
  running: '»',
  stopping: '»',
};

export type SparkCell = { readonly char: string; readonly status: RunStatus };

/**
 * One cell for each run, oldest first: a bar as high as the run was long against the longest of them, or the mark of
 * what became of it, so that it can be read without colours.
 */
export function sparkline(runs: readonly Run[]): readonly SparkCell[] {
  const longest = Math.max(1, ...runs.map(({ durationMs }) => durationMs ?? 0));
  return runs.map(({ status, durationMs = 0 }) => {
    const height = Math.min(BARS.length - 1, Math.floor((durationMs / longest) * BARS.length));
    return { char: MARKS[status] ?? BARS.charAt(height), status };
  });
}

/** The duration in the middle of those that succeeded, in ms; undefined when none did. */
export function usualDuration(runs: readonly Run[]): number | undefined {
  const known = runs.flatMap(({ status, durationMs }) =>
    status === 'succeeded' && durationMs !== undefined ? [durationMs] : [],
  );
  const sorted = known.sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
