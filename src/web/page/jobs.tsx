/** All jobs, and how they are doing. */
import { path } from '../api/client.js';
import { usePages } from '../api/pages.js';
import type { JobRecord } from '../api/record.js';
import { may } from '../api/session.js';
import { href, jobHref, place, setQuery } from '../route.js';
import { DueClocks, NextDue } from '../view/due.js';
import { Choose, ClearFilters, FilterBar, listIn, Pick, SearchField, Terms } from '../view/filter.js';
import { plural } from '../view/format.js';
import { Icon } from '../view/icon.js';
import { Namespace, useNamespaceNames, useNamespaces } from '../view/namespace.js';
import { Sparkline } from '../view/sparkline.js';
import { Empty, Loaded } from '../view/state.js';
import { ENDED, StatusBadge } from '../view/status.js';
import { type Column, Table } from '../view/table.js';
import { Length, Relative } from '../view/time.js';
import { JobRowActions } from './job/job-actions.js';
import { JobDialogs } from './job/job-dialog.js';
import { Labels } from './job/labels.js';

const FILTERS = ['search', 'namespace', 'status', 'state', 'label', 'arg'];
const STATES = [
  { value: '', text: 'any' },
  { value: 'enabled', text: 'enabled' },
  { value: 'disabled', text: 'disabled' },
  { value: 'paused', text: 'paused' },
];
const STATE_QUERIES: Readonly<Record<string, object>> = {
  enabled: { enabled: true },
  disabled: { enabled: false },
  paused: { paused: true },
};
const SORTS = [
  { value: '', text: 'by name' },
  { value: 'due', text: 'due next first' },
  { value: 'last-run', text: 'last run first' },
  { value: 'failures', text: 'failures first' },
];
const STATUSES = ['running', ...ENDED, 'never'].map((value) => ({ value, text: value }));

const COLUMNS: readonly Column<JobRecord>[] = [
  { key: 'id', title: 'Job', width: 'minmax(12rem, 2fr)', cell: (job) => <JobName job={job} /> },
  {
    key: 'schedule',
    title: 'Schedule',
    width: 'minmax(8rem, 1fr)',
    cell: ({ schedules }) => <code title={schedules.join('\n')}>{schedules.join(', ') || '–'}</code>,
  },
  {
    key: 'next',
    title: 'Next',
    width: 'minmax(8.5rem, 11rem)',
    cell: (job) => (
      <span class="two">
        <NextDue job={job} />
        <small>
          <DueClocks job={job} />
        </small>
      </span>
    ),
  },
  { key: 'last', title: 'Last run', width: '12rem', cell: (job) => <LastRun job={job} /> },
  { key: 'recent', title: 'Outcomes', width: '7rem', cell: ({ recent }) => <Sparkline runs={recent} /> },
  {
    key: 'actions',
    title: <span class="hidden">Actions</span>,
    width: '7rem',
    align: 'end',
    cell: (job) => <JobRowActions job={job} />,
  },
];

export function JobsPage() {
  const { query } = place.value;
  const asked = path(['jobs'], { ...askedIn(query), limit: 500 });
  const jobs = usePages<JobRecord>(asked, {
    keyOf,
    touchedBy: ({ type }) => type === 'jobs' || type === 'run' || type === 'scheduler',
  });
  const isFiltered = FILTERS.some((name) => query.has(name));
  return (
    <>
      <div class="page-head">
        <h1>Jobs</h1>
        <p class="muted">{jobs.total.value !== undefined && plural(jobs.total.value, 'job')}</p>
        {may('admin') && (
          <a class="button main-link" href={href({ path: ['jobs', 'new'] })}>
            <Icon name="plus" /> New job
          </a>
        )}
      </div>
      <Filters query={query} />
      <Loaded resource={jobs} what="jobs">
        {(rows) =>
          rows.length === 0 ? (
            <Nothing isFiltered={isFiltered} />
          ) : (
            <Table
              label="Jobs"
              columns={COLUMNS}
              rows={rows}
              rowHeight={52}
              keyOf={keyOf}
              hrefOf={({ namespace, id }) => jobHref(namespace, id)}
              narrow={narrow}
              onEnd={jobs.more}
              {...(jobs.total.value === undefined ? {} : { total: jobs.total.value })}
            />
          )
        }
      </Loaded>
      <JobDialogs />
    </>
  );
}

function askedIn(query: URLSearchParams) {
  return {
    search: query.get('search') ?? '',
    namespace: query.get('namespace') ?? '',
    status: listIn(query, 'status'),
    label: query.getAll('label'),
    arg: query.getAll('arg'),
    ...STATE_QUERIES[query.get('state') ?? ''],
    sort: query.get('sort') ?? '',
  };
}

function Filters({ query }: { readonly query: URLSearchParams }) {
  return (
    <FilterBar
      label="Jobs"
      set={FILTERS.filter((name) => name !== 'search' && query.has(name)).length}
      search={<SearchField label="Search" value={query.get('search') ?? ''} />}
    >
      <NamespacePick query={query} />
      <Choose label="Last run" name="status" values={listIn(query, 'status')} options={STATUSES} />
      <Pick
        label="State"
        value={query.get('state') ?? ''}
        options={STATES}
        onPick={(state) => setQuery({ state })}
      />
      <Pick
        label="Order"
        value={query.get('sort') ?? ''}
        options={SORTS}
        onPick={(sort) => setQuery({ sort })}
      />
      <Terms label="Label" name="label" values={query.getAll('label')} />
      <Terms label="Argument" name="arg" values={query.getAll('arg')} />
    </FilterBar>
  );
}

/** Where there are several. */
export function NamespacePick({ query }: { readonly query: URLSearchParams }) {
  const items = useNamespaces().data.value?.items ?? [];
  const nameOf = useNamespaceNames();
  if (items.length < 2 && !query.has('namespace')) return null;
  return (
    <Pick
      label="Namespace"
      value={query.get('namespace') ?? ''}
      options={[{ value: '', text: 'all' }, ...items.map(({ id }) => ({ value: id, text: nameOf(id) }))]}
      onPick={(namespace) => setQuery({ namespace })}
    />
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="No job fits.">
        <ClearFilters names={FILTERS} />
      </Empty>
    );
  return (
    <Empty title="There are no jobs yet.">
      <p>
        A timetable has them: <code>supertask init</code>, then <code>supertask run</code>. Or make one here.
      </p>
    </Empty>
  );
}

function JobName({ job }: { readonly job: JobRecord }) {
  const { namespace, id, name, origin } = job;
  return (
    <span class="two">
      <span>
        <a href={jobHref(namespace, id)} title={id}>
          {name ?? id}
        </a>
      </span>
      <small>
        <Namespace id={namespace} /> {origin === 'api' && 'made through the API'}
        <Labels job={job} add />
      </small>
    </span>
  );
}

function LastRun({ job: { lastRun } }: { readonly job: JobRecord }) {
  if (lastRun === null) return <span class="muted">never</span>;
  return (
    <span class="two">
      <span>
        <StatusBadge status={lastRun.status} reason={lastRun.reason} />
      </span>
      <small>
        <Relative at={lastRun.startedAt ?? lastRun.scheduledAt} />
        {lastRun.durationMs !== null && (
          <>
            {' '}
            · <Length ms={lastRun.durationMs} />
          </>
        )}
      </small>
    </span>
  );
}

function keyOf({ namespace, id }: JobRecord): string {
  return `${namespace}/${id}`;
}

function narrow(job: JobRecord) {
  return (
    <>
      <div class="line">
        <a href={jobHref(job.namespace, job.id)}>{job.name ?? job.id}</a>
        <JobRowActions job={job} />
      </div>
      <div class="line">
        {job.lastRun ? (
          <StatusBadge status={job.lastRun.status} reason={job.lastRun.reason} />
        ) : (
          <span class="muted">never run</span>
        )}
        <span class="due">
          <NextDue job={job} />
        </span>
        <Sparkline runs={job.recent} />
      </div>
    </>
  );
}
