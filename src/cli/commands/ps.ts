/** `ps` and `status`: what lives now. */
import { type Overview, overview, type SchedulerView } from '../../app/control/live.js';
import { findNamespace, listJobs } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { describeEnd } from '../../model/describe.js';
import type { Json } from '../../model/json.js';
import { namespaceRecord, runRecord } from '../../model/record.js';
import type { Run } from '../../model/run.js';
import { formatElapsed, formatInstant, shortId, summarize } from '../cells.js';
import { openReading, type Reading } from '../reading.js';
import type { Flags } from '../steering.js';

export async function psCommand(flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const now = new Date();
  const found = await overview(reading.store, flags['all'] ? undefined : reading.namespace, now);
  if (reading.json) return reading.printJson(overviewRecord(found));
  await printOverview(reading, found, now);
}

async function printOverview(reading: Reading, { schedulers, runs }: Overview, now: Date): Promise<void> {
  await reading.table(
    ['NAMESPACE', 'PID', 'SINCE', 'JOBS', 'NEXT DUE', 'RUNNING', 'TERMINAL', 'SOURCE'],
    schedulers.map((each) => [
      shortId(each.namespace),
      String(each.process.pid),
      formatInstant(each.startedAt),
      String(each.jobs.length),
      formatInstant(each.nextDueAt),
      String(each.running),
      each.terminal?.replace('/dev/', '') ?? '',
      summarize(each.source),
    ]),
  );
  if (runs.length === 0) return;
  await reading.streams.write('stdout', '\n');
  await reading.table(
    ['RUN', 'JOB', 'STATUS', 'SINCE', 'FOR', 'PID', 'NAMESPACE'],
    runs.map((run) => [
      run.id.slice(0, 18),
      summarize(run.job),
      run.status,
      formatInstant(run.startedAt ?? run.scheduledAt),
      formatElapsed(now.getTime() - (run.startedAt ?? run.scheduledAt).getTime()),
      run.process === undefined ? '' : String(run.process.pid),
      shortId(run.namespace),
    ]),
  );
}

export async function statusCommand(prefix: string | undefined, flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const { store } = reading;
  const id = prefix === undefined ? (reading.namespace ?? (await onlyNamespace(reading))) : prefix;
  const namespace = await findNamespace(store, id);
  const now = new Date();
  const found = await overview(store, namespace.id, now);
  const [last] = await store.runs({
    namespace: namespace.id,
    status: ['succeeded', 'failed', 'errored'],
    limit: 1,
  });
  if (reading.json) {
    return reading.printJson({
      namespace: namespaceRecord(namespace),
      ...overviewRecord(found),
      lastRun: last === undefined ? null : runRecord(last),
    });
  }
  const jobs = await listJobs(store, namespace.id, now);
  await reading.streams.write('stdout', formatStatus(namespace, found, jobs.length, last, now));
  await reading.streams.flush();
}

function formatStatus(
  namespace: { readonly id: string; readonly source: string },
  { schedulers, runs }: Overview,
  jobs: number,
  last: Run | undefined,
  now: Date,
): string {
  const lines = [
    `namespace  ${namespace.id}`,
    `source     ${summarize(namespace.source)}`,
    `jobs       ${jobs}`,
    ...(schedulers.length === 0 ? ['scheduler  none is running'] : schedulers.flatMap(describeScheduler)),
    ...runs.map(
      (run) =>
        `${run.status.padEnd(10)} ${summarize(run.job)} run ${run.id.slice(0, 18)} for ${formatElapsed(now.getTime() - (run.startedAt ?? run.scheduledAt).getTime())}`,
    ),
    ...(last === undefined
      ? []
      : [`last run   ${summarize(last.job)} ${describeEnd(last)}, ${formatInstant(last.endedAt)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function describeScheduler(view: SchedulerView): string[] {
  const where = [
    view.terminal && `on ${view.terminal}`,
    view.directory && `in ${summarize(view.directory)}`,
    view.socket === undefined && 'without a control socket',
  ].filter((part) => typeof part === 'string');
  return [
    `scheduler  pid ${view.process.pid} since ${formatInstant(view.startedAt)} ${where.join(' ')}`.trimEnd(),
    `next due   ${view.nextDueAt === undefined ? 'nothing' : formatInstant(view.nextDueAt)}`,
  ];
}

async function onlyNamespace({ store }: Reading): Promise<string> {
  const all = await store.namespaces();
  const { schedulers } = await overview(store, undefined, new Date());
  const living = new Set(schedulers.map(({ namespace }) => namespace));
  const [first, ...others] = living.size > 0 ? [...living] : all.map(({ id }) => id);
  if (first !== undefined && others.length === 0) return first;
  throw new SupertaskError(
    first === undefined ? 'NOT_RUNNING' : 'ID_AMBIGUOUS',
    first === undefined ? 'nothing has been run yet' : 'there is more than one namespace',
    { hint: 'supertask ps and supertask list-namespaces show what there is; name one of them.' },
  );
}

function overviewRecord({ schedulers, runs }: Overview): { readonly schedulers: Json; readonly runs: Json } {
  return {
    schedulers: schedulers.map((each) => ({
      namespace: each.namespace,
      source: each.source,
      kind: each.kind,
      pid: each.process.pid,
      startedAt: each.startedAt.toISOString(),
      jobs: each.jobs.length,
      nextDueAt: each.nextDueAt?.toISOString() ?? null,
      running: each.running,
      terminal: each.terminal ?? null,
      directory: each.directory ?? null,
      socket: each.socket ?? null,
    })),
    runs: runs.map(runRecord),
  };
}
