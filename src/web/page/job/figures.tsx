/** How the runs of a job went over a span of time. */
import { useState } from 'preact/hooks';
import { path } from '../../api/client.js';
import type { JobRecord, RunStatus, Spread, Statistics } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { Pick } from '../../view/filter.js';
import { formatCount, formatLength } from '../../view/format.js';
import { Sparkline } from '../../view/sparkline.js';
import { Loaded } from '../../view/state.js';
import { ENDED, StatusBadge } from '../../view/status.js';

const SPANS = [
  { value: '1d', text: 'a day' },
  { value: '7d', text: 'a week' },
  { value: '30d', text: '30 days' },
  { value: '365d', text: 'a year' },
];

export function Figures({ job }: { readonly job: JobRecord }) {
  const { namespace, id, recent } = job;
  const [since, setSince] = useState('30d');
  const figures = useResource<Statistics>(
    path(['namespaces', namespace, 'jobs', id, 'statistics'], { since }),
    {
      touchedBy: (event) => event.type === 'run' && event.run.job === id && event.change === 'ended',
    },
  );
  return (
    <section class="panel section" aria-label="Statistics">
      <header>
        <h2>Statistics</h2>
        <Pick label="over" value={since} options={SPANS} onPick={setSince} />
      </header>
      <div class="inside">
        <Sparkline runs={recent} />
        <Loaded resource={figures} what="statistics">
          {(found) => <Told found={found} />}
        </Loaded>
      </div>
    </section>
  );
}

function Told({ found }: { readonly found: Statistics }) {
  const { runs, outcomes, successRate, durationMs, latenessMs, truncated } = found;
  const rate = successRate === null ? '–' : `${formatRate(successRate)} %`;
  return (
    <>
      <dl class="tiles">
        <div>
          <dt>Runs</dt>
          <dd class="figures">
            {formatCount(runs)}
            {truncated && '+'}
          </dd>
        </div>
        <div>
          <dt>Succeeded</dt>
          <dd class="figures">{rate}</dd>
        </div>
        <SpreadTile title="Duration" spread={durationMs} />
        <SpreadTile title="Start after due" spread={latenessMs} />
      </dl>
      <p class="badges">
        {ENDED.filter((status) => (outcomes[status] ?? 0) > 0).map((status: RunStatus) => (
          <StatusBadge key={status} status={status} reason={formatCount(outcomes[status] ?? 0)} />
        ))}
      </p>
    </>
  );
}

function SpreadTile({ title, spread }: { readonly title: string; readonly spread: Spread | null }) {
  if (spread === null) return null;
  const { min, p50, p95, max } = spread;
  return (
    <div title={`from ${formatLength(min)} to ${formatLength(max)}`}>
      <dt>{title}</dt>
      <dd class="figures">
        {formatLength(p50)}
        <small class="muted">95 % within {formatLength(p95)}</small>
      </dd>
    </div>
  );
}

/** Never 100 where something failed. */
function formatRate(rate: number): string {
  const percent = rate * 100;
  return percent === 100 || percent === 0 ? String(percent) : Math.min(99.9, percent).toFixed(1);
}
