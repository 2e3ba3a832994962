/** Values as JSON for programs: the names are a contract, instants are ISO 8601 in UTC, what is absent is null. */
import type { Problem } from '../errors.js';
import type { Row } from './action.js';
import { type Job, plannedAt } from './job.js';
import { zonesOf } from './job-zone.js';
import type { Json } from './json.js';
import type { Adoption, Namespace } from './namespace.js';
import { ALL_JOBS, type Overrides, type Pause, type Skip } from './override.js';
import type { Mark, Run, StepRecord } from './run.js';

export type JsonRecord = { readonly [key: string]: Json };

export function runRecord(run: Run): JsonRecord {
  return {
    id: run.id,
    namespace: run.namespace,
    job: run.job,
    status: run.status,
    reason: run.reason ?? null,
    exitCode: run.exitCode ?? null,
    signal: run.signal ?? null,
    trigger: run.trigger,
    attempt: run.attempt,
    scheduledAt: instant(run.scheduledAt),
    startedAt: instant(run.startedAt),
    endedAt: instant(run.endedAt),
    durationMs: run.durationMs ?? null,
    message: run.message ?? null,
    pid: run.process?.pid ?? null,
    stdoutBytes: run.stdoutBytes ?? null,
    stderrBytes: run.stderrBytes ?? null,
    truncated: run.truncated ?? false,
    ...(run.attempts === undefined ? {} : { attempts: run.attempts }),
    ...(run.task === undefined ? {} : { task: run.task }),
    ...(run.args === undefined ? {} : { args: run.args }),
    ...(run.cause === undefined ? {} : { cause: run.cause }),
    ...(run.by === undefined ? {} : { by: run.by }),
    ...(run.note === undefined ? {} : { note: run.note }),
    ...(run.outputs === undefined ? {} : { outputs: run.outputs }),
    ...(run.steps === undefined ? {} : { steps: run.steps.map(stepRecord) }),
    ...(run.sent === undefined ? {} : { sent: run.sent }),
    ...(run.leftovers === undefined ? {} : { leftovers: run.leftovers }),
    ...(run.recovered === undefined ? {} : { recovered: run.recovered }),
    ...(run.marked === undefined ? {} : { marked: markRecord(run.marked) }),
    ...(run.count === undefined ? {} : { count: run.count }),
    ...(run.firstAt === undefined ? {} : { firstAt: instant(run.firstAt) }),
    ...(run.lastAt === undefined ? {} : { lastAt: instant(run.lastAt) }),
    ...(run.evidence === undefined ? {} : { evidence: run.evidence }),
    ...(run.outage === undefined ? {} : { outage: outageRecord(run.outage) }),
  };
}

function markRecord({ status, at, by, note, original }: Mark): JsonRecord {
  return {
    status,
    at: instant(at),
    by: by ?? null,
    note: note ?? null,
    original: {
      status: original.status,
      reason: original.reason ?? null,
      exitCode: original.exitCode ?? null,
      signal: original.signal ?? null,
      message: original.message ?? null,
    },
  };
}

function stepRecord({ startedAt, ...step }: StepRecord): JsonRecord {
  return startedAt === undefined ? step : { ...step, startedAt: instant(startedAt) };
}

function outageRecord({ failures, since, acted }: Row): JsonRecord {
  return { failures, since, ...(acted === undefined ? {} : { acted }) };
}

export function jobRecord(job: Job): JsonRecord {
  const zones = zonesOf(job);
  return {
    namespace: job.namespace,
    id: job.id,
    ...(job.task === undefined ? {} : { task: job.task }),
    name: job.name ?? null,
    description: job.description ?? null,
    ...(job.labels === undefined ? {} : { labels: job.labels }),
    ...(job.args === undefined ? {} : { args: job.args }),
    target: job.target,
    schedules: job.schedules,
    tz: job.tz,
    ...(zones === undefined ? {} : { zones }),
    ...(job.isRemoved ? { removed: true } : {}),
    enabled: job.enabled,
    paused: job.paused,
    ...(job.overrides === undefined ? {} : overridesRecord(job.overrides)),
    seenAt: instant(job.seenAt),
    nextDueAt: instant(job.nextDueAt),
    lastRun: job.lastRun === undefined ? null : runRecord(job.lastRun),
    ...(job.planned === undefined ? {} : { planned: { run: job.planned.id, at: instant(plannedAt(job)) } }),
    ...(job.since === undefined ? {} : { since: job.since }),
    ...(job.origin === undefined ? {} : { origin: job.origin }),
  };
}

/** What is said about moments of a job to come. */
function overridesRecord({ pauses, skips }: Overrides): JsonRecord {
  return {
    ...(pauses.length === 0 ? {} : { pauses: pauses.map(pauseRecord) }),
    ...(skips.length === 0 ? {} : { skips: skips.map(skipRecord) }),
  };
}

/** `job` is null for all jobs of the namespace. */
export function pauseRecord({ job, since, until, by, note }: Pause): JsonRecord {
  return {
    job: job === ALL_JOBS ? null : job,
    since: instant(since),
    until: instant(until),
    by: by ?? null,
    note: note ?? null,
  };
}

export function skipRecord({ job, at, askedAt, by, note }: Skip): JsonRecord {
  return { job, at: instant(at), askedAt: instant(askedAt), by: by ?? null, note: note ?? null };
}

export function namespaceRecord(
  namespace: Namespace & { readonly jobs: number; readonly runs: number },
): JsonRecord {
  return {
    id: namespace.id,
    source: namespace.source,
    kind: namespace.kind,
    host: namespace.host,
    user: namespace.user,
    author: namespace.author ?? null,
    generator: namespace.generator,
    createdAt: instant(namespace.createdAt),
    updatedAt: instant(namespace.updatedAt),
    jobs: namespace.jobs,
    runs: namespace.runs,
    ...(namespace.adopted === undefined ? {} : { adopted: namespace.adopted.map(adoptionRecord) }),
  };
}

export function problemRecord({ code, message, hint, location }: Problem): JsonRecord {
  return {
    code,
    message,
    hint: hint ?? null,
    file: location?.file ?? null,
    line: location?.line ?? null,
    column: location?.column ?? null,
  };
}

function adoptionRecord({ id, host, user, source, createdAt, adoptedAt }: Adoption): JsonRecord {
  return { id, host, user, source, createdAt: instant(createdAt), adoptedAt: instant(adoptedAt) };
}

function instant(at: Date | undefined): string | null {
  return at === undefined ? null : at.toISOString();
}
