/** Jobs whose last run was not good: the newest of them first. */
import { change, path } from '../../api/client.js';
import type { JobRecord, Page } from '../../api/record.js';
import type { Resource } from '../../api/resource.js';
import { may } from '../../api/session.js';
import { href, jobHref, runHref } from '../../route.js';
import { formatCount } from '../../view/format.js';
import { Icon } from '../../view/icon.js';
import { Namespace } from '../../view/namespace.js';
import { BAD } from '../../view/outcome.js';
import { Sparkline } from '../../view/sparkline.js';
import { Loaded } from '../../view/state.js';
import { StatusBadge } from '../../view/status.js';
import { Relative } from '../../view/time.js';
import { attempt } from '../../view/toast.js';
import { Panel } from './panel.js';
import { streakOf } from './recent.js';

const SHOWN = 5;

export function FailingPanel({ jobs }: { readonly jobs: Resource<Page<JobRecord>> }) {
  const page = jobs.data.value;
  // That nothing fails is said above; a panel for it would be in the way.
  if (jobs.error.value === undefined && (page === undefined || page.items.length === 0)) return null;
  const total = page?.total ?? page?.items.length ?? 0;
  return (
    <Panel
      title="Failing"
      kind="failing"
      note={total > SHOWN ? `the newest ${SHOWN} of ${formatCount(total)}` : undefined}
      end={
        total > SHOWN && (
          <a href={href({ path: ['jobs'], query: { status: BAD.join(',') } })}>All that fail</a>
        )
      }
    >
      <Loaded resource={jobs} what="what fails">
        {({ items }) => (
          <ul class="rows">
            {items.slice(0, SHOWN).map((job) => (
              <Failing key={`${job.namespace}/${job.id}`} job={job} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function Failing({ job }: { readonly job: JobRecord }) {
  const { namespace, id, name, lastRun, recent } = job;
  if (lastRun === null) return null;
  const streak = streakOf(recent);
  const runNow = () =>
    attempt(
      () => change(path(['namespaces', namespace, 'jobs', id, 'trigger'])),
      `${name ?? id} was told to run.`,
    );
  return (
    <li class="row">
      <a class="row-mark" href={runHref(namespace, lastRun.id)} title="To the run that went wrong">
        <StatusBadge status={lastRun.status} reason={lastRun.reason} />
      </a>
      <div class="row-main">
        <p class="row-title">
          <a href={jobHref(namespace, id)}>{name ?? id}</a> <Namespace id={namespace} />
        </p>
        {lastRun.message !== null && <p class="row-text muted">{lastRun.message}</p>}
      </div>
      <p class="row-note muted">
        {streak > 1 ? `${streak === recent.length ? 'at least ' : ''}${streak} in a row, ` : ''}
        <Relative at={lastRun.endedAt ?? lastRun.scheduledAt} />
      </p>
      <div class="row-spark">
        <Sparkline runs={recent} />
      </div>
      {may('operate') && (
        <button
          type="button"
          class="quiet"
          title="Run now"
          aria-label={`Run ${name ?? id} now`}
          onClick={runNow}
        >
          <Icon name="play" />
        </button>
      )}
    </li>
  );
}
