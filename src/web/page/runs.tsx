/** Runs of all jobs, the newest first. */
import { path } from '../api/client.js';
import { usePages } from '../api/pages.js';
import type { RunRecord } from '../api/record.js';
import { jobHref, place, runHref, setQuery } from '../route.js';
import { Chip, Choose, ClearFilters, FilterBar, listIn, Pick, SearchField } from '../view/filter.js';
import { formatCount } from '../view/format.js';
import { Namespace, useNamespaces } from '../view/namespace.js';
import { Empty, Loaded } from '../view/state.js';
import { ENDED, isLive, LIVE, StatusBadge } from '../view/status.js';
import { type Column, Table } from '../view/table.js';
import { Elapsed, Length, Relative } from '../view/time.js';
import { NamespacePick } from './jobs.js';

const FILTERS = ['search', 'namespace', 'job', 'status', 'trigger', 'since', 'until'];
const TRIGGERS = ['schedule', 'catch-up', 'once', 'manual', 'retry', 'rerun', 'action', 'dependency', 'api'];
const SPANS = [
  { value: '', text: 'ever' },
  { value: '1h', text: 'the last hour' },
  { value: '1d', text: 'the last day' },
  { value: '7d', text: 'the last week' },
  { value: '30d', text: 'the last 30 days' },
];
const COLUMNS: readonly Column<RunRecord>[] = [
  {
    key: 'status',
    title: 'Status',
    width: '13rem',
    cell: ({ namespace, id, status, reason }) => (
      <a href={runHref(namespace, id)}>
        <StatusBadge status={status} reason={reason} />
      </a>
    ),
  },
  {
    key: 'job',
    title: 'Job',
    width: 'minmax(12rem, 2fr)',
    cell: ({ namespace, job, note, message }) => (
      <>
        <a href={jobHref(namespace, job)}>{job}</a>{' '}
        <small class="muted" title={note ?? message ?? undefined}>
          {note ?? message}
        </small>
      </>
    ),
  },
  {
    key: 'namespace',
    title: 'Namespace',
    width: 'minmax(6rem, 1fr)',
    cell: ({ namespace }) => <Namespace id={namespace} />,
  },
  { key: 'trigger', title: 'Trigger', width: '8rem', cell: (run) => <TriggerCell run={run} /> },
  { key: 'when', title: 'Due', width: '7rem', cell: ({ scheduledAt }) => <Relative at={scheduledAt} /> },
  { key: 'length', title: 'Duration', width: '6rem', align: 'end', cell: (run) => <RunLength run={run} /> },
];

export function RunsPage() {
  const { query } = place.value;
  const runs = usePages<RunRecord>(path(['runs'], { ...askedIn(query), limit: 200 }), {
    keyOf,
    touchedBy: ({ type }) => type === 'run',
    patch: (run, event) => (event.type === 'run' && event.run.id === run.id ? event.run : run),
  });
  // A column of nothing where all is of one.
  const hasOne = useNamespaces().data.value?.items.length === 1;
  const columns = hasOne ? COLUMNS.filter(({ key }) => key !== 'namespace') : COLUMNS;
  const count = runs.data.value?.length ?? 0;
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <p class="muted">
          {runs.total.value !== undefined
            ? `${formatCount(runs.total.value)} in all`
            : count > 0 && `the newest ${formatCount(count)}`}
        </p>
      </div>
      <Filters query={query} />
      <Loaded resource={runs} what="runs">
        {(rows) =>
          rows.length === 0 ? (
            <Nothing isFiltered={FILTERS.some((name) => query.has(name))} isLoading={runs.loading.value} />
          ) : (
            <Table
              label="Runs"
              columns={columns}
              rows={rows}
              keyOf={keyOf}
              hrefOf={({ namespace, id }) => runHref(namespace, id)}
              narrow={narrow}
              onEnd={runs.more}
              {...(runs.total.value === undefined ? {} : { total: runs.total.value })}
            />
          )
        }
      </Loaded>
    </>
  );
}

function askedIn(query: URLSearchParams) {
  const [search, namespace, job, since, until] = ['search', 'namespace', 'job', 'since', 'until'].map(
    (name) => query.get(name) ?? '',
  );
  return {
    search,
    namespace,
    job,
    since,
    until,
    status: listIn(query, 'status'),
    trigger: listIn(query, 'trigger'),
  };
}

function Filters({ query }: { readonly query: URLSearchParams }) {
  const job = query.get('job');
  const until = query.get('until');
  return (
    <FilterBar
      label="Runs"
      set={FILTERS.filter((name) => name !== 'search' && query.has(name)).length}
      search={<SearchField label="Search" value={query.get('search') ?? ''} />}
    >
      <NamespacePick query={query} />
      <Choose
        label="Status"
        name="status"
        values={listIn(query, 'status')}
        options={optionsOf([...LIVE, ...ENDED])}
      />
      <Choose
        label="Trigger"
        name="trigger"
        values={listIn(query, 'trigger')}
        options={optionsOf(TRIGGERS)}
      />
      <Pick
        label="Due in"
        value={query.get('since') ?? ''}
        options={SPANS}
        onPick={(since) => setQuery({ since })}
      />
      {job !== null && <Chip text={`job ${job}`} onRemove={() => setQuery({ job: undefined })} />}
      {until !== null && <Chip text={`until ${until}`} onRemove={() => setQuery({ until: undefined })} />}
    </FilterBar>
  );
}

function Nothing({ isFiltered, isLoading }: { readonly isFiltered: boolean; readonly isLoading: boolean }) {
  if (isLoading) return <Empty title="Looking for runs …" />;
  if (!isFiltered) return <Empty title="Nothing has run yet." />;
  return (
    <Empty title="No run fits.">
      <ClearFilters names={FILTERS} />
    </Empty>
  );
}

function TriggerCell({ run }: { readonly run: RunRecord }) {
  const { trigger, attempt, attempts = 1 } = run;
  if (attempt < 2) return <>{trigger}</>;
  return (
    <>
      {trigger}{' '}
      <small class="muted">
        {attempt}
        {attempts > 1 && `/${attempts}`}
      </small>
    </>
  );
}

function RunLength({ run }: { readonly run: RunRecord }) {
  if (isLive(run.status) && run.startedAt !== null) return <Elapsed since={run.startedAt} />;
  return <Length ms={run.durationMs} />;
}

function optionsOf(values: readonly string[]) {
  return values.map((value) => ({ value, text: value }));
}

function keyOf({ namespace, id }: RunRecord): string {
  return `${namespace}/${id}`;
}

function narrow(run: RunRecord) {
  return (
    <>
      <div class="line">
        <a href={runHref(run.namespace, run.id)}>{run.job}</a>
        <Relative at={run.scheduledAt} />
      </div>
      <div class="line">
        <StatusBadge status={run.status} reason={run.reason} />
        <RunLength run={run} />
      </div>
    </>
  );
}
