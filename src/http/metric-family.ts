/** What is measured, by the names that programs know it by: a contract. Pure. */
import type { Counts, JobMetrics, Metrics, NamespaceMetrics } from '../app/metrics.js';
import type { Family, Sample } from './prometheus.js';

/** Of the process that answers. */
export type ProcessMetrics = {
  readonly version: string;
  readonly node: string;
  readonly startedAt: Date;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly cpuSeconds: { readonly user: number; readonly system: number };
};

export function familiesOf(metrics: Metrics, server: ProcessMetrics): readonly Family[] {
  const jobs = metrics.namespaces.flatMap(({ id: namespace, each = [] }) =>
    each.map((job) => ({ labels: { namespace, job: job.id }, of: job })),
  );
  const namespaces = metrics.namespaces.map((of) => ({ labels: { namespace: of.id }, of }));
  return [
    ...serverFamilies(server),
    gauge('jobs_without_series', 'Jobs that are in the sums of their namespaces only.', [
      { value: metrics.jobsLeftOut },
    ]),
    gauge('namespaces_without_series', 'Namespaces of which nothing is told.', [
      { value: metrics.namespacesLeftOut },
    ]),
    ...namespaceFamilies(namespaces),
    ...countFamilies('', 'of the namespace', namespaces),
    ...jobFamilies(jobs),
    ...countFamilies('job_', 'of the job', jobs),
  ];
}

type Row<Of> = { readonly labels: Readonly<Record<string, string>>; readonly of: Of };

function serverFamilies(server: ProcessMetrics): Family[] {
  const { version, node, startedAt, residentBytes, heapBytes, cpuSeconds } = server;
  return [
    gauge('build_info', 'Always 1; the labels say what runs.', [{ labels: { version, node }, value: 1 }]),
    gauge('start_time_seconds', 'When the server started.', [{ value: seconds(startedAt) }]),
    gauge('process_resident_memory_bytes', 'Memory of the server.', [{ value: residentBytes }]),
    gauge('process_heap_bytes', 'Memory of the server that its values take.', [{ value: heapBytes }]),
    counter(
      'process_cpu_seconds_total',
      'Processor time of the server.',
      (['user', 'system'] as const).map((mode) => ({ labels: { mode }, value: cpuSeconds[mode] })),
    ),
  ];
}

function namespaceFamilies(rows: readonly Row<NamespaceMetrics>[]): Family[] {
  const each = (value: (of: NamespaceMetrics) => number | undefined): Sample[] => samplesOf(rows, value);
  return [
    gauge(
      'scheduler_up',
      'Whether a scheduler of the namespace lives.',
      each((of) => (of.schedulers > 0 ? 1 : 0)),
    ),
    gauge(
      'scheduler_start_time_seconds',
      'When the oldest scheduler that lives started.',
      each(({ schedulerStartedAt }) => instant(schedulerStartedAt)),
    ),
    gauge(
      'jobs',
      'Jobs of the namespace.',
      each(({ jobs }) => jobs),
    ),
    gauge(
      'jobs_disabled',
      'Jobs that are disabled.',
      each(({ disabled }) => disabled),
    ),
    gauge(
      'jobs_paused',
      'Jobs that are paused.',
      each(({ paused }) => paused),
    ),
  ];
}

function jobFamilies(rows: readonly Row<JobMetrics>[]): Family[] {
  const each = (value: (of: JobMetrics) => number | undefined): Sample[] => samplesOf(rows, value);
  return [
    gauge(
      'job_enabled',
      'Whether the job is enabled.',
      each(({ enabled }) => (enabled ? 1 : 0)),
    ),
    gauge(
      'job_paused',
      'Whether the job is paused.',
      each(({ paused }) => (paused ? 1 : 0)),
    ),
  ];
}

/** The same of namespaces and of jobs. */
function countFamilies(prefix: '' | 'job_', whose: string, rows: readonly Row<Counts>[]): Family[] {
  const each = (value: (of: Counts) => number | undefined): Sample[] => samplesOf(rows, value);
  const runs = rows.flatMap(({ labels, of: { tally } }) =>
    (['succeeded', 'failed', 'errored'] as const).map((status) => ({
      labels: { ...labels, status },
      value: tally[status] ?? 0,
    })),
  );
  return [
    counter(`${prefix}runs_total`, `Runs ${whose} that have ended, by how.`, runs),
    counter(
      `${prefix}moments_skipped_total`,
      `Due moments ${whose} that were skipped.`,
      each(({ tally }) => tally.skipped ?? 0),
    ),
    counter(
      `${prefix}moments_missed_total`,
      `Due moments ${whose} that were missed.`,
      each(({ tally }) => tally.missed ?? 0),
    ),
    gauge(
      `${prefix}runs_running`,
      `Runs ${whose} that are going.`,
      each(({ running }) => running),
    ),
    gauge(
      `${prefix}runs_waiting`,
      `Runs ${whose} that wait for their turn.`,
      each(({ waiting }) => waiting),
    ),
    gauge(
      `${prefix}next_due_timestamp_seconds`,
      `What is due next ${whose}.`,
      each(({ nextDueAt }) => instant(nextDueAt)),
    ),
    gauge(
      `${prefix}last_success_timestamp_seconds`,
      `When a run ${whose} has succeeded last.`,
      each(({ tally }) => inSeconds(tally.lastSuccessMs)),
    ),
    summary(`${prefix}run_duration_seconds`, `How long runs ${whose} took.`, rows, 'durationMs', 'durations'),
    summary(
      `${prefix}run_lateness_seconds`,
      `How late scheduled runs ${whose} began; what was caught up is not among them.`,
      rows,
      'latenessMs',
      'latenesses',
    ),
  ];
}

function summary(
  name: string,
  help: string,
  rows: readonly Row<Counts>[],
  sum: 'durationMs' | 'latenessMs',
  count: 'durations' | 'latenesses',
): Family {
  const samples = rows.flatMap(({ labels, of: { tally } }): Sample[] => [
    { suffix: '_sum', labels, value: inSeconds(tally[sum]) ?? 0 },
    { suffix: '_count', labels, value: tally[count] ?? 0 },
  ]);
  return { name: `supertask_${name}`, type: 'summary', help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `supertask_${name}`, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `supertask_${name}`, type: 'counter', help, samples };
}

/** What is unknown has no sample. */
function samplesOf<Of>(rows: readonly Row<Of>[], measure: (of: Of) => number | undefined): Sample[] {
  return rows.flatMap(({ labels, of }) => {
    const value = measure(of);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function instant(at: Date | undefined): number | undefined {
  return at && seconds(at);
}

function seconds(at: Date): number {
  return at.getTime() / 1_000;
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
