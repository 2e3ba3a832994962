/** What is known about a run, as far as there is something to tell. */
import type { ComponentChildren } from 'preact';
import type { RunRecord } from '../../api/record.js';
import { runHref } from '../../route.js';
import { CopyButton } from '../../view/copy.js';
import { formatInstant } from '../../view/format.js';
import { plannedFor } from '../../view/outcome.js';
import { isLive } from '../../view/status.js';
import { Elapsed, Length, Relative } from '../../view/time.js';

type Fact = readonly [title: string, value: ComponentChildren];

export function RunFacts({ run }: { readonly run: RunRecord }) {
  return (
    <>
      {run.message !== null && <p class="message">{run.message}</p>}
      <dl class="tiles">
        {tilesOf(run).map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <dl class="facts">
        {factsOf(run).flatMap(([title, value]) => [
          <dt key={`${title} term`}>{title}</dt>,
          <dd key={title}>{value}</dd>,
        ])}
      </dl>
    </>
  );
}

function tilesOf(run: RunRecord): readonly Fact[] {
  const { status, scheduledAt, startedAt, endedAt, durationMs, attempt, attempts, exitCode, signal } = run;
  const tries = attempts ?? 1;
  const planned = plannedFor(run);
  const isTried = attempt > 1 || tries > 1;
  return [
    ['Due', <At at={scheduledAt} />],
    ...(planned === undefined ? [] : [['Planned', <At at={planned} />] as const]),
    ...(startedAt === null ? [] : [['Started', <At at={startedAt} />] as const]),
    ...(endedAt === null ? [] : [['Ended', <At at={endedAt} />] as const]),
    [
      'Duration',
      isLive(status) && startedAt !== null ? <Elapsed since={startedAt} /> : <Length ms={durationMs} />,
    ],
    ...(exitCode === null ? [] : [['Exit code', <span class="figures">{exitCode}</span>] as const]),
    ...(signal === null ? [] : [['Signal', signal] as const]),
    ...(isTried ? [['Attempt', `${attempt}${tries > 1 ? ` of ${tries}` : ''}`] as const] : []),
    ['Trigger', run.trigger],
  ];
}

function factsOf(run: RunRecord): readonly Fact[] {
  const { cause, by, note, args, outputs, pid, marked, evidence, leftovers, recovered, sent } = run;
  const found: (Fact | false)[] = [
    by !== undefined && ['Asked by', by],
    note !== undefined && ['Note', note],
    cause !== undefined && [
      'Because of',
      <>
        {CAUSES[cause.kind] ?? 'after'}{' '}
        <a href={runHref(run.namespace, cause.run)}>{cause.run.slice(0, 13)}…</a>
      </>,
    ],
    marked !== undefined && [
      'Marked',
      <>
        {marked.status} <Relative at={marked.at} />
        {marked.by !== null && ` by ${marked.by}`}
        {marked.note !== null && `: ${marked.note}`}
        <span class="muted">
          {' '}
          · it was {marked.original.status}
          {marked.original.reason !== null && `, ${marked.original.reason}`}
        </span>
      </>,
    ],
    args !== undefined && Object.keys(args).length > 0 && ['Arguments', <Values values={args} />],
    outputs !== undefined && Object.keys(outputs).length > 0 && ['Outputs', <Values values={outputs} />],
    evidence !== undefined && Object.keys(evidence).length > 0 && ['Evidence', <Values values={evidence} />],
    sent !== undefined && sent.length > 0 && ['Signals sent', sent.join(', ')],
    leftovers !== undefined && leftovers > 0 && ['Left behind', `${leftovers} processes, ended after it`],
    recovered === true && ['Recovered', 'It was held to be lost, and ended after all.'],
    pid !== null && ['Process', <span class="figures">{pid}</span>],
    [
      'Id',
      <span class="with-copy">
        <code>{run.id}</code> <CopyButton text={run.id} label="Copy the id" />
      </span>,
    ],
  ];
  return found.filter((fact) => fact !== false);
}

const CAUSES: Readonly<Record<string, string>> = {
  retry: 'another attempt after',
  rerun: 'the same once more as',
  action: 'an action of',
  dependency: 'it comes after',
};

function At({ at }: { readonly at: string }) {
  return (
    <>
      <Relative at={at} />
      <small class="muted figures">{formatInstant(new Date(at))}</small>
    </>
  );
}

function Values({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <code>
            {name} = {typeof value === 'string' ? value : JSON.stringify(value)}
          </code>
        </div>
      ))}
    </>
  );
}
