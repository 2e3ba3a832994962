/** A job: what it is, when it is due, and how its runs went. */
import { path } from '../api/client.js';
import type { LiveEvent } from '../api/live.js';
import type { Definition, JobRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { href } from '../route.js';
import { JsonButton } from '../view/json.js';
import { NamespaceName, useNamespaceNames } from '../view/namespace.js';
import { Empty, Loaded } from '../view/state.js';
import { Figures } from './job/figures.js';
import { JobHeadActions } from './job/job-actions.js';
import { JobDialogs } from './job/job-dialog.js';
import { JobFacts } from './job/job-facts.js';
import { JobRuns } from './job/job-runs.js';
import { Labels } from './job/labels.js';
import { Overrides } from './job/overrides.js';
import { Upcoming } from './job/upcoming.js';
import { WhyAsked } from './job/why-asked.js';

export function JobPage({ namespace, job }: { readonly namespace: string; readonly job: string }) {
  const touchedBy = (event: LiveEvent) =>
    (event.type === 'run' && event.run.namespace === namespace && event.run.job === job) ||
    ((event.type === 'jobs' || event.type === 'scheduler') && event.namespace === namespace);
  const resource = useResource<JobRecord>(path(['namespaces', namespace, 'jobs', job]), { touchedBy });
  const record = resource.data.value;
  const task = record?.task ?? job;
  const definition = useResource<Definition>(
    record?.origin === 'api' ? path(['namespaces', namespace, 'jobs', task, 'definition']) : undefined,
    { touchedBy: ({ type }) => type === 'jobs' },
  );
  if (record === undefined && resource.error.value?.status === 404)
    return <Gone namespace={namespace} job={job} />;
  return (
    <Loaded resource={resource} what={job}>
      {(found) => (
        <>
          <p class="crumbs">
            <a href={href({ path: ['jobs'] })}>Jobs</a> /{' '}
            <a href={href({ path: ['jobs'], query: { namespace } })}>
              <NamespaceName id={namespace} />
            </a>
          </p>
          <div class="page-head">
            <h1>{found.name ?? found.id}</h1>
            {found.name !== null && <code class="muted">{found.id}</code>}
            {!found.enabled && <span class="tag">disabled</span>}
            {found.paused && <span class="tag">paused</span>}
            <JobHeadActions job={found} />
            <JsonButton
              value={
                definition.data.value === undefined
                  ? found
                  : { job: found, definition: definition.data.value }
              }
              title={`Job ${found.id}`}
            />
          </div>
          {found.description !== null && <p class="description">{found.description}</p>}
          <Labels job={found} />
          <Overrides job={found} />
          <div class="columns">
            <div>
              <JobFacts job={found} definition={definition.data.value} />
              <Figures job={found} />
            </div>
            <div>
              <Upcoming job={found} />
              <WhyAsked job={found} />
            </div>
          </div>
          <JobRuns job={found} />
          <JobDialogs />
        </>
      )}
    </Loaded>
  );
}

function Gone({ namespace, job }: { readonly namespace: string; readonly job: string }) {
  const nameOf = useNamespaceNames();
  return (
    <Empty title={`There is no job ${job} in ${nameOf(namespace)}.`}>
      <p>
        If there was one, <a href={href({ path: ['runs'], query: { namespace, job } })}>its runs</a> are still
        there.
      </p>
    </Empty>
  );
}
