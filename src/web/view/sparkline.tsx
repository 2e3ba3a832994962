/** How the last runs of a job went: a bar each, as high as the run was long, marked by what became of it. */
import type { RecentRun, RunStatus } from '../api/record.js';
import { formatLength, plural } from './format.js';
import { isBad } from './status.js';

const BARS = 20;
const STEP = 5;
const HEIGHT = 20;

export function Sparkline({ runs }: { readonly runs: readonly RecentRun[] }) {
  if (runs.length === 0) return <span class="muted">no runs yet</span>;
  const shown = runs.slice(-BARS);
  const longest = Math.max(1, ...shown.map(({ durationMs }) => durationMs ?? 0));
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${BARS * STEP} ${HEIGHT}`}
      width={BARS * STEP}
      height={HEIGHT}
      role="img"
      aria-label={summary(shown)}
    >
      {shown.map((run, at) => (
        <Bar key={run.id} run={run} x={(BARS - shown.length + at) * STEP} longest={longest} />
      ))}
    </svg>
  );
}

/** Failures reach up to the top with a gap below it, moments that were not run are a dot: no colour needed. */
function Bar({ run, x, longest }: { readonly run: RecentRun; readonly x: number; readonly longest: number }) {
  const { status, durationMs } = run;
  const share = Math.sqrt((durationMs ?? 0) / longest);
  const height = Math.max(2, Math.round(share * (HEIGHT - 6)));
  const title = `${status}${run.reason ? `: ${run.reason}` : ''}${durationMs === null ? '' : `, ${formatLength(durationMs)}`}`;
  return (
    <g class={`bar status-${status}`}>
      <title>{title}</title>
      {status === 'skipped' || status === 'missed' ? (
        <circle cx={x + 2} cy={HEIGHT - 2} r={1.5} />
      ) : (
        <rect x={x} y={HEIGHT - height} width={4} height={height} rx={1} />
      )}
      {isBad(status) && <rect x={x} y={0} width={4} height={3.5} rx={1} />}
    </g>
  );
}

function summary(runs: readonly RecentRun[]): string {
  const counts = new Map<RunStatus, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `last ${plural(runs.length, 'run')}: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}
