/** The last runs of a job. */
import { path } from '../../api/client.js';
import type { JobRecord, Page, RunRecord } from '../../api/record.js';
import { useResource } from '../../api/resource.js';
import { href, runHref } from '../../route.js';
import { beginOf } from '../../view/outcome.js';
import { Empty, Loaded } from '../../view/state.js';
import { isLive, StatusBadge } from '../../view/status.js';
import { Elapsed, Length, Relative } from '../../view/time.js';

const COUNT = 12;

export function JobRuns({ job }: { readonly job: JobRecord }) {
  const { namespace, id } = job;
  const runs = useResource<Page<RunRecord>>(path(['runs'], { namespace, job: id, limit: COUNT }), {
    touchedBy: (event) => event.type === 'run' && event.run.job === id && event.run.namespace === namespace,
  });
  return (
    <section class="panel section" aria-label="Runs">
      <header>
        <h2>Runs</h2>
        <a href={href({ path: ['runs'], query: { namespace, job: id } })}>All runs</a>
      </header>
      <Loaded resource={runs} what="runs">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="It has not run yet." />
          ) : (
            <ul class="rows">
              {items.map((run) => (
                <li key={run.id}>
                  <a class="row-link" href={runHref(namespace, run.id)}>
                    <StatusBadge status={run.status} reason={run.reason} />
                    <span class="row-text muted">{run.note ?? run.message ?? run.trigger}</span>
                    <Relative at={beginOf(run)} />
                    <span class="end">
                      {isLive(run.status) && run.startedAt !== null ? (
                        <Elapsed since={run.startedAt} />
                      ) : (
                        <Length ms={run.durationMs} />
                      )}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
