/** What is due next: a line for each job, so that those that are due every minute leave room for others. */
import { useEffect } from 'preact/hooks';
import type { JobRecord, Page } from '../../api/record.js';
import type { Resource } from '../../api/resource.js';
import { href, jobHref } from '../../route.js';
import { clock } from '../../view/clock.js';
import { nextOf } from '../../view/due.js';
import { formatNear } from '../../view/format.js';
import { Namespace } from '../../view/namespace.js';
import { Loaded } from '../../view/state.js';
import { Countdown } from '../../view/time.js';
import { Nothing, Panel } from './panel.js';

const SHOWN = 8;
const OVERDUE_MS = 2_500;

export type DueProps = {
  readonly jobs: Resource<Page<JobRecord>>;
  /** Namespaces that have a scheduler; nothing becomes of what is due in others. */
  readonly live: readonly string[] | undefined;
};

export function DuePanel({ jobs, live }: DueProps) {
  useOverdue(jobs);
  return (
    <Panel title="Due next" end={<a href={href({ path: ['week'] })}>Week</a>}>
      <Loaded resource={jobs} what="what is due">
        {({ items }) => {
          const due = items.filter(
            (job) => nextOf(job) !== undefined && live?.includes(job.namespace) !== false,
          );
          if (due.length === 0) return <Nothing>Nothing is due.</Nothing>;
          return (
            <ul class="rows">
              {due.slice(0, SHOWN).map((job) => (
                <Due key={`${job.namespace}/${job.id}`} job={job} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** What is over time was run, most likely, but for whatever reason nothing was heard of it: ask again, once. */
function useOverdue(jobs: Resource<Page<JobRecord>>): void {
  const [job] = jobs.data.value?.items ?? [];
  const first = job && nextOf(job)?.at;
  const isOver = first !== undefined && clock.value - Date.parse(first) > OVERDUE_MS;
  useEffect(() => {
    if (isOver) jobs.refresh();
  }, [isOver, first]);
}

function Due({ job }: { readonly job: JobRecord }) {
  const { namespace, id, name, schedules } = job;
  const next = nextOf(job);
  if (next === undefined) return null;
  return (
    <li class="row">
      <p class="row-clock figures muted">{formatNear(Date.parse(next.at), clock.value)}</p>
      <div class="row-main">
        <p class="row-title">
          <a href={jobHref(namespace, id)}>{name ?? id}</a> <Namespace id={namespace} />
        </p>
      </div>
      <p class="row-schedule muted">
        {next.run === undefined ? <code>{schedules.join(', ')}</code> : 'planned'}
      </p>
      <p class="row-note">
        <Countdown at={next.at} />
      </p>
    </li>
  );
}
