/** Runs of all jobs, the newest first. */
import { path } from '../api/client.js';
import { usePages } from '../api/pages.js';
import type { RunRecord } from '../api/record.js';
import { jobHref, place, runHref } from '../route.js';
import { plural } from '../view/format.js';
import { Empty, Loaded } from '../view/state.js';
import { isLive, StatusBadge } from '../view/status.js';
import { type Column, Table } from '../view/table.js';
import { Elapsed, Length, Relative } from '../view/time.js';

const COLUMNS: readonly Column<RunRecord>[] = [
  {
    key: 'status',
    title: 'Status',
    width: '14rem',
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
    cell: ({ namespace, job }) => <a href={jobHref(namespace, job)}>{job}</a>,
  },
  { key: 'namespace', title: 'Namespace', width: 'minmax(6rem, 1fr)', cell: ({ namespace }) => namespace },
  { key: 'trigger', title: 'Trigger', width: '8rem', cell: ({ trigger }) => trigger },
  { key: 'when', title: 'Due', width: '8rem', cell: ({ scheduledAt }) => <Relative at={scheduledAt} /> },
  { key: 'length', title: 'Duration', width: '7rem', align: 'end', cell: (run) => <RunLength run={run} /> },
];

export function RunsPage() {
  const { query } = place.value;
  const asked = path(['runs'], { ...Object.fromEntries(query), limit: 200 });
  const runs = usePages<RunRecord>(asked, {
    keyOf: ({ id }) => id,
    touchedBy: ({ type }) => type === 'run',
    patch: (run, event) => (event.type === 'run' && event.run.id === run.id ? event.run : run),
  });
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <p class="muted">{runs.total.value !== undefined && plural(runs.total.value, 'run')}</p>
      </div>
      <Loaded resource={runs} what="runs">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="There are no such runs." />
          ) : (
            <Table
              label="Runs"
              columns={COLUMNS}
              rows={rows}
              keyOf={({ id }) => id}
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

function RunLength({ run }: { readonly run: RunRecord }) {
  if (isLive(run.status) && run.startedAt !== null) return <Elapsed since={run.startedAt} />;
  return <Length ms={run.durationMs} />;
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
