/** What led to a run, how often it was tried, and what it led to: as links. */

import { path } from '../../api/client.js';
import type { RunChain, RunRecord } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { runHref } from '../../route.js';
import { beginOf } from '../../view/outcome.js';
import { Problem } from '../../view/state.js';
import { StatusBadge } from '../../view/status.js';
import { Length, Relative } from '../../view/time.js';

export function Chain({ run }: { readonly run: RunRecord }) {
  const chain = useResource<RunChain>(path(['namespaces', run.namespace, 'runs', run.id, 'chain']), {
    touchedBy: (event) =>
      event.type === 'run' && (event.run.id === run.id || event.run.cause?.run === run.id),
  });
  if (chain.error.value !== undefined) return <Problem error={chain.error.value} onRetry={chain.refresh} />;
  if (chain.data.value === undefined) return null;
  const { ledBy, attempts, ledTo } = chain.data.value;
  const tries = attempts.length > 1 ? attempts : [];
  if (ledBy.length + tries.length + ledTo.length === 0) return null;
  return (
    <section class="panel section" aria-label="Chain">
      <header>
        <h2>What belongs to it</h2>
      </header>
      <Links title="What led to it" runs={ledBy.map((link) => link.run)} own={run.id} />
      <Links title="Attempts" runs={tries} own={run.id} />
      <Links title="What it led to" runs={ledTo.map((link) => link.run)} own={run.id} />
    </section>
  );
}

function Links({
  title,
  runs,
  own,
}: {
  readonly title: string;
  readonly runs: readonly RunRecord[];
  readonly own: string;
}) {
  if (runs.length === 0) return null;
  return (
    <>
      <h3 class="section-title">{title}</h3>
      <ul class="steps">
        {runs.map((run) => (
          <li key={run.id}>
            <span class="figures muted">{run.attempt}.</span>
            <span class="step-name">
              <a
                href={runHref(run.namespace, run.id)}
                {...(run.id === own ? { 'aria-current': 'true' as const } : {})}
              >
                {run.job}
              </a>{' '}
              <small class="muted">
                {run.id === own ? 'this one' : run.trigger} · <Relative at={beginOf(run)} />
              </small>
            </span>
            <StatusBadge status={run.status} reason={run.reason} />
            <span class="end">
              <Length ms={run.durationMs} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
