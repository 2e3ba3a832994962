/** All jobs, and how they are doing. */
import { path } from '../api/client.js';
import { usePages } from '../api/pages.js';
import type { JobRecord } from '../api/record.js';
import { jobHref, place, setQuery } from '../route.js';
import { plural } from '../view/format.js';
import { Sparkline } from '../view/sparkline.js';
import { Empty, Loaded } from '../view/state.js';
import { StatusBadge } from '../view/status.js';
import { type Column, Table } from '../view/table.js';
import { Countdown, Relative } from '../view/time.js';

const COLUMNS: readonly Column<JobRecord>[] = [
  {
    key: 'id',
    title: 'Job',
    width: 'minmax(12rem, 2fr)',
    cell: ({ namespace, id, name }) => (
      <a href={jobHref(namespace, id)} title={name ?? id}>
        {name ?? id}
      </a>
    ),
  },
  { key: 'namespace', title: 'Namespace', width: 'minmax(6rem, 1fr)', cell: ({ namespace }) => namespace },
  {
    key: 'schedule',
    title: 'Schedule',
    width: 'minmax(8rem, 1fr)',
    cell: ({ schedules }) => <code title={schedules.join('\n')}>{schedules.join(', ')}</code>,
  },
  { key: 'next', title: 'Next', width: '8rem', cell: (job) => <NextDue job={job} /> },
  {
    key: 'last',
    title: 'Last run',
    width: '13rem',
    cell: ({ lastRun }) => lastRun && <StatusBadge status={lastRun.status} reason={lastRun.reason} />,
  },
  {
    key: 'when',
    title: 'When',
    width: '6rem',
    cell: ({ lastRun }) => <Relative at={lastRun?.startedAt ?? null} />,
  },
  { key: 'recent', title: 'Outcomes', width: '7rem', cell: ({ recent }) => <Sparkline runs={recent} /> },
];

export function JobsPage() {
  const search = place.value.query.get('search') ?? '';
  const jobs = usePages<JobRecord>(path(['jobs'], { search, limit: 500 }), {
    keyOf,
    touchedBy: ({ type }) => type === 'jobs' || type === 'run',
  });
  return (
    <>
      <div class="page-head">
        <h1>Jobs</h1>
        <p class="muted">{jobs.total.value !== undefined && plural(jobs.total.value, 'job')}</p>
        <input
          type="search"
          aria-label="Search jobs"
          placeholder="Search (/)"
          value={search}
          onInput={(event) => setQuery({ search: event.currentTarget.value })}
        />
      </div>
      <Loaded resource={jobs} what="jobs">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={search === '' ? 'There are no jobs yet.' : `No job fits “${search}”.`} />
          ) : (
            <Table
              label="Jobs"
              columns={COLUMNS}
              rows={rows}
              keyOf={keyOf}
              hrefOf={({ namespace, id }) => jobHref(namespace, id)}
              narrow={narrow}
              onEnd={jobs.more}
              {...(jobs.total.value === undefined ? {} : { total: jobs.total.value })}
            />
          )
        }
      </Loaded>
    </>
  );
}

function keyOf({ namespace, id }: JobRecord): string {
  return `${namespace}/${id}`;
}

function NextDue({ job }: { readonly job: JobRecord }) {
  if (!job.enabled) return <span class="muted">disabled</span>;
  if (job.paused) return <span class="muted">paused</span>;
  return job.nextDueAt === null ? <span class="muted">–</span> : <Countdown at={job.nextDueAt} />;
}

function narrow(job: JobRecord) {
  return (
    <>
      <div class="line">
        <a href={jobHref(job.namespace, job.id)}>{job.name ?? job.id}</a>
        <NextDue job={job} />
      </div>
      <div class="line">
        {job.lastRun ? <StatusBadge status={job.lastRun.status} reason={job.lastRun.reason} /> : <span />}
        <Sparkline runs={job.recent} />
      </div>
    </>
  );
}
