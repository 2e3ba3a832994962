/** `ps` and `status`: what lives now. */
import { type Overview, overview, type SchedulerView } from '../../app/control/live.js';
import { findNamespace, listJobs } from '../../app/read.js';
import { describeEnd } from '../../model/describe.js';
import type { Job } from '../../model/job.js';
import type { Json } from '../../model/json.js';
import { namespaceRecord, runRecord } from '../../model/record.js';
import { isPlanned, plannedFor, type Run } from '../../model/run.js';
import { formatElapsed, formatInstant, shortId, summarize } from '../cells.js';
import { openReading, type Reading } from '../reading.js';
import { type Flags, theNamespace } from '../steering.js';

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
      `${each.jobs.length}${pausedText(each)}`,
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
      isPlanned(run) ? `${run.status} until ${formatInstant(plannedFor(run))}` : run.status,
      ...(isPlanned(run)
        ? ['', '']
        : [formatInstant(run.startedAt ?? run.scheduledAt), formatSince(run, now)]),
      run.process === undefined ? '' : String(run.process.pid),
      shortId(run.namespace),
    ]),
  );
}

export async function statusCommand(prefix: string | undefined, flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const { store } = reading;
  const namespace = await findNamespace(store, prefix ?? (await theNamespace(reading)));
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
  await reading.streams.write('stdout', formatStatus(namespace, found, jobs, last, now));
  await reading.streams.flush();
}

function formatStatus(
  namespace: { readonly id: string; readonly source: string },
  { schedulers, runs }: Overview,
  all: readonly Job[],
  last: Run | undefined,
  now: Date,
): string {
  const jobs = all.length;
  const paused = all.filter((job) => job.paused).length;
  const lines = [
    `namespace  ${namespace.id}`,
    `source     ${summarize(namespace.source)}`,
    `jobs       ${jobs}${paused === 0 ? '' : ` (${paused} paused)`}`,
    ...(schedulers.length === 0 ? ['scheduler  none is running'] : schedulers.flatMap(describeScheduler)),
    ...runs.map(
      (run) =>
        `${run.status.padEnd(10)} ${summarize(run.job)} run ${run.id.slice(0, 18)} ${timeText(run, now)}`,
    ),
    ...(last === undefined
      ? []
      : [`last run   ${summarize(last.job)} ${describeEnd(last)}, ${formatInstant(last.endedAt)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** How long it has been going or waiting; one that began while we read has only just begun. */
function formatSince({ startedAt, scheduledAt }: Run, now: Date): string {
  return formatElapsed(Math.max(0, now.getTime() - (startedAt ?? scheduledAt).getTime()));
}

function timeText(run: Run, now: Date): string {
  return isPlanned(run) ? `until ${formatInstant(plannedFor(run))}` : `for ${formatSince(run, now)}`;
}

function pausedText({ paused }: SchedulerView): string {
  return paused === 0 ? '' : ` (${paused} paused)`;
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
      paused: each.paused,
      terminal: each.terminal ?? null,
      directory: each.directory ?? null,
      socket: each.socket ?? null,
    })),
    runs: runs.map(runRecord),
  };
}
