/** What went wrong, what runs, what comes next, and what it all runs on. */
import { path } from '../api/client.js';
import type { JobRecord, Page, RunRecord } from '../api/record.js';
import { useResource } from '../api/resource.js';
import { useNamespaces } from '../view/namespace.js';
import { BAD, LIVE } from '../view/outcome.js';
import { DuePanel } from './dashboard/due.js';
import { FailingPanel } from './dashboard/failing.js';
import { Figures } from './dashboard/figures.js';
import { Lost } from './dashboard/lost.js';
import { RunningPanel, withLive } from './dashboard/running.js';
import { HostLine, NoScheduler, SchedulerPanel } from './dashboard/scheduler.js';
import { TimelinePanel } from './dashboard/timeline.js';
import { useTimeline } from './dashboard/timeline-data.js';

const MOST = 50;
/** Runs that are planned come first, and are not shown. */
const MOST_LIVE = 200;

export function Dashboard() {
  const namespaces = useNamespaces();
  const failing = useResource<Page<JobRecord>>(
    path(['jobs'], { status: BAD, sort: 'last-run', limit: MOST }),
    { touchedBy: (event) => (event.type === 'run' && event.change === 'ended') || event.type === 'jobs' },
  );
  const running = useResource<Page<RunRecord>>(path(['runs'], { status: LIVE, limit: MOST_LIVE }), {
    touchedBy: ({ type }) => type === 'run' || type === 'scheduler',
    apply: withLive,
  });
  const due = useResource<Page<JobRecord>>(
    path(['jobs'], { sort: 'due', enabled: true, paused: false, limit: MOST }),
    {
      touchedBy: ({ type }) => type !== 'reset',
    },
  );
  const timeline = useTimeline();
  const known = namespaces.data.value?.items;
  const live = known?.flatMap(({ id, schedulers = [] }) => (schedulers.length > 0 ? [id] : []));
  return (
    <>
      <div class="page-head">
        <h1>Dashboard</h1>
        <HostLine />
      </div>
      <Lost />
      {live?.length === 0 && <NoScheduler namespaces={known ?? []} />}
      <Figures failing={failing} running={running} timeline={timeline} />
      <FailingPanel jobs={failing} />
      <TimelinePanel timeline={timeline} />
      <div class="side-by-side">
        <RunningPanel runs={running} />
        <DuePanel jobs={due} live={live} />
      </div>
      <SchedulerPanel namespaces={namespaces} />
    </>
  );
}
