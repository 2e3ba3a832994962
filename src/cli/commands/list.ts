/** `list-namespaces`, `list-jobs`, `list-runs`. */
import { listJobs, listNamespaces, listRuns } from '../../app/read.js';
import { SupertaskError } from '../../errors.js';
import { attemptOf } from '../../model/describe.js';
import { parseDuration } from '../../model/duration.js';
import { parseInstantIn } from '../../model/instant.js';
import { type Job, plannedAt } from '../../model/job.js';
import { zonesOf } from '../../model/job-zone.js';
import { jobRecord, namespaceRecord, runRecord } from '../../model/record.js';
import { RUN_STATUSES, type Run, type RunStatus } from '../../model/run.js';
import { looksLikeInstant } from '../../model/schedule-instant.js';
import { systemZone } from '../../settings/zone.js';
import { formatInstant, formatSpan, formatTook, shortId, summarize } from '../cells.js';
import { openReading } from '../reading.js';

type Flags = Readonly<Record<string, unknown>>;

export async function listNamespacesCommand(flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const namespaces = await listNamespaces(reading.store);
  if (reading.json) return reading.printJson(namespaces.map(namespaceRecord));
  await reading.table(
    ['NAMESPACE', 'KIND', 'JOBS', 'RUNS', 'UPDATED', 'HOST', 'USER', 'SOURCE'],
    namespaces.map((namespace) => [
      shortId(namespace.id),
      namespace.kind,
      String(namespace.jobs),
      String(namespace.runs),
      formatInstant(namespace.updatedAt),
      summarize(namespace.host),
      summarize(namespace.user),
      summarize(namespace.source),
    ]),
  );
}

export async function listJobsCommand(flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const jobs = await listJobs(reading.store, reading.namespace, new Date());
  if (reading.json) return reading.printJson(jobs.map(jobRecord));
  await reading.table(
    ['JOB', 'SCHEDULE', 'ZONE', 'NEXT DUE', 'LAST RUN', 'STATUS', 'NAMESPACE', 'TARGET'],
    jobs.map((job) => [
      summarize(job.name ?? job.id),
      job.enabled ? summarize(job.schedules.join(' | ')) : 'disabled',
      summarize(zonesOf(job)?.join(' | ') ?? job.tz),
      nextDueText(job),
      formatInstant(job.lastRun?.startedAt ?? job.lastRun?.scheduledAt),
      job.lastRun === undefined ? '' : statusText(job.lastRun),
      shortId(job.namespace),
      summarize(job.target),
    ]),
  );
}

/** When it is due, or planned where that is sooner, and what keeps it from that. */
function nextDueText(job: Job): string {
  const { nextDueAt, paused, overrides } = job;
  const planned = plannedAt(job);
  if (planned !== undefined && (nextDueAt === undefined || planned < nextDueAt))
    return `${formatInstant(planned)} (planned)`;
  if (!paused) return formatInstant(nextDueAt);
  const until = overrides?.pauses.map((pause) => pause.until) ?? [];
  const isOpen = until.some((at) => at === undefined);
  return isOpen || nextDueAt === undefined ? 'paused' : `${formatInstant(nextDueAt)} (paused)`;
}

export async function listRunsCommand(flags: Flags): Promise<void> {
  const reading = await openReading(flags);
  const runs = await listRuns(reading.store, {
    namespace: reading.namespace,
    job: typeof flags['job'] === 'string' ? flags['job'] : undefined,
    status: parseStatuses(flags['status']),
    since: parseSince(flags['since'], new Date()),
    limit: parseLimit(flags['limit']) ?? 20,
  });
  if (reading.json) return reading.printJson(runs.map(runRecord));
  await reading.table(
    ['RUN', 'JOB', 'STATUS', 'DUE', 'TOOK', 'TRIGGER', 'NAMESPACE'],
    runs.map((run) => [
      run.id.slice(0, 18),
      summarize(run.job),
      statusText(run),
      formatSpan(run.firstAt ?? run.scheduledAt, run.lastAt ?? run.scheduledAt),
      formatTook(run),
      run.attempt > 1 || run.attempts !== undefined ? `${run.trigger} ${attemptOf(run)}` : run.trigger,
      shortId(run.namespace),
    ]),
  );
}

/** `failed (exit-code 3)`, `missed 12 times (down)`. */
function statusText(run: Run): string {
  const count = run.count !== undefined && run.count > 1 ? ` ${run.count} times` : '';
  const code =
    run.reason === 'exit-code' ? ` ${run.exitCode}` : run.reason === 'signal' ? ` ${run.signal}` : '';
  return `${run.status}${count}${run.reason === undefined ? '' : ` (${run.reason}${code})`}`;
}

export function parseStatuses(value: unknown): readonly RunStatus[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value
    .flatMap((text) => String(text).split(','))
    .map((text) => {
      const status = RUN_STATUSES.find((known) => known === text.trim());
      if (status !== undefined) return status;
      throw usage(`"${text}" is not a status of a run`, `Known: ${RUN_STATUSES.join(', ')}.`);
    });
}

/** A duration before `now`, or an instant; one without a zone is that of the tables. @throws {SupertaskError} `USAGE` */
export function parseSince(value: unknown, now: Date): Date | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return looksLikeInstant(value)
      ? parseInstantIn(value, systemZone(process.env))
      : new Date(now.getTime() - parseDuration(value));
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw usage(
      `--since "${value}" is neither a duration nor an instant: ${error.message}`,
      'Write 7d, 36h, 2026-01-31 or 2026-01-31T12:00Z.',
    );
  }
}

export function parseLimit(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw usage(`"${value}" is not a number of lines`, 'Give a whole number, such as 50.');
}

function usage(message: string, hint: string): SupertaskError {
  return new SupertaskError('USAGE', message, { hint });
}
