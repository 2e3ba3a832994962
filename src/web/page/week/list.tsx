/** The same as the calendar, one below the other. */
import { jobHref, runHref } from '../../route.js';
import { formatClock, formatCount, formatDay, plural } from '../../view/format.js';
import { Namespace } from '../../view/namespace.js';
import { StatusBadge } from '../../view/status.js';
import { type Column, Table } from '../../view/table.js';
import { Length } from '../../view/time.js';
import type { DayPlan, Frequent, Occurrence } from './occurrence.js';

/** What comes often has one line for the day, before all others. */
type Line = { readonly key: string; readonly at: number } & (
  | { readonly one: Occurrence }
  | { readonly many: Frequent }
);

const COLUMNS: readonly Column<Line>[] = [
  { key: 'day', title: 'Day', width: '7rem', cell: ({ at }) => formatDay(at) },
  { key: 'at', title: 'Time', width: '6rem', cell: (line) => <TimeOf line={line} /> },
  { key: 'job', title: 'Job', width: 'minmax(10rem, 2fr)', cell: (line) => <NameOf line={line} /> },
  {
    key: 'namespace',
    title: 'Namespace',
    width: 'minmax(6rem, 1fr)',
    cell: (line) => <Namespace id={jobIn(line).namespace} />,
  },
  { key: 'state', title: 'State', width: '11rem', cell: (line) => <StateOf line={line} /> },
  { key: 'length', title: 'Duration', width: '7rem', align: 'end', cell: (line) => <LengthOf line={line} /> },
];

export function Agenda({ plans }: { readonly plans: readonly DayPlan[] }) {
  const lines = plans.flatMap(linesOf);
  return (
    <Table
      label="Runs of the week"
      columns={COLUMNS}
      rows={lines}
      keyOf={({ key }) => key}
      hrefOf={targetOf}
      narrow={(line) => (
        <>
          <div class="line">
            <NameOf line={line} />
            <TimeOf line={line} />
          </div>
          <div class="line">
            <StateOf line={line} />
            <LengthOf line={line} />
          </div>
        </>
      )}
    />
  );
}

function linesOf({ day, frequent, occurrences }: DayPlan): Line[] {
  return [
    ...frequent.map((many) => ({ key: `${day.key} ${many.namespace} ${many.job}`, at: day.from, many })),
    ...occurrences.map((one) => ({ key: one.key, at: one.at, one })),
  ];
}

function jobIn(line: Line): { readonly namespace: string; readonly job: string } {
  return 'one' in line ? line.one : line.many;
}

function targetOf(line: Line): string {
  const { namespace, job } = jobIn(line);
  return 'one' in line && line.one.run !== undefined
    ? runHref(namespace, line.one.run)
    : jobHref(namespace, job);
}

function NameOf({ line }: { readonly line: Line }) {
  return <a href={targetOf(line)}>{jobIn(line).job}</a>;
}

function TimeOf({ line }: { readonly line: Line }) {
  if ('many' in line) return <span class="muted figures">{plural(line.many.count, 'time')}</span>;
  return <span class="figures">{formatClock(line.at, { seconds: true })}</span>;
}

function StateOf({ line }: { readonly line: Line }) {
  if ('many' in line)
    return line.many.bad > 0 ? <span class="chip-bad">{formatCount(line.many.bad)} bad</span> : null;
  const { status, override } = line.one;
  return status === 'due' ? <span class="muted">{override ?? 'due'}</span> : <StatusBadge status={status} />;
}

function LengthOf({ line }: { readonly line: Line }) {
  if ('many' in line || line.one.lengthMs === 0) return null;
  return <Length ms={line.one.lengthMs} />;
}
