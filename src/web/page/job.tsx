/** A job: what it is, and how its last runs went. */
import { path } from '../api/client.js';
import type { JobRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { href, runHref } from '../route.js';
import { JsonButton } from '../view/json.js';
import { Sparkline } from '../view/sparkline.js';
import { Loaded } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { Countdown, Relative } from '../view/time.js';

export function JobPage({ namespace, job }: { readonly namespace: string; readonly job: string }) {
  const resource = useResource<JobRecord>(path(['namespaces', namespace, 'jobs', job]), {
    touchedBy: (event) =>
      (event.type === 'run' && event.run.namespace === namespace && event.run.job === job) ||
      (event.type === 'jobs' && event.namespace === namespace),
  });
  return (
    <Loaded resource={resource} what={job}>
      {(record) => (
        <>
          <div class="page-head">
            <h1>{record.name ?? record.id}</h1>
            <p class="muted">{record.namespace}</p>
            <JsonButton value={record} title={`Job ${record.id}`} />
          </div>
          <dl class="facts">
            <dt>Schedule</dt>
            <dd>
              <code>{record.schedules.join('\n')}</code>
            </dd>
            <dt>Target</dt>
            <dd>
              <code>{record.target}</code>
            </dd>
            <dt>Next</dt>
            <dd>{record.nextDueAt === null ? '–' : <Countdown at={record.nextDueAt} />}</dd>
            <dt>Last run</dt>
            <dd>
              {record.lastRun === null ? (
                '–'
              ) : (
                <a href={runHref(namespace, record.lastRun.id)}>
                  <StatusBadge status={record.lastRun.status} reason={record.lastRun.reason} />{' '}
                  <Relative at={record.lastRun.startedAt} />
                </a>
              )}
            </dd>
            <dt>Outcomes</dt>
            <dd>
              <Sparkline runs={record.recent} />
            </dd>
          </dl>
          <p>
            <a href={href({ path: ['runs'], query: { namespace, job } })}>All runs of this job</a>
          </p>
        </>
      )}
    </Loaded>
  );
}
