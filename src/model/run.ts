/** One execution of a job, or a due moment that was skipped or missed. */
import type { Row } from './action.js';
import type { Json } from './json.js';
import { md5 } from './md5.js';
import { randomHex } from './random.js';

const LIVE_STATUSES = ['waiting', 'starting', 'running', 'stopping'] as const;
const END_STATUSES = ['succeeded', 'failed', 'errored', 'skipped', 'missed'] as const;

export type LiveStatus = (typeof LIVE_STATUSES)[number];
export type EndStatus = (typeof END_STATUSES)[number];
export type RunStatus = LiveStatus | EndStatus;

export const RUN_STATUSES: readonly RunStatus[] = [...LIVE_STATUSES, ...END_STATUSES];

export type Reason =
  // failed
  | 'exit-code'
  | 'signal'
  | 'timeout'
  | 'stopped'
  | 'expectation'
  // succeeded or failed, as somebody says
  | 'marked'
  // errored
  | 'spawn'
  | 'template'
  | 'wait-timeout'
  | 'dependency'
  | 'lost'
  // skipped
  | 'overlap'
  | 'paused'
  | 'condition'
  | 'duplicate'
  | 'operator'
  // missed
  | 'down'
  | 'asleep'
  | 'late'
  | 'clock'
  | 'capacity'
  | 'storage';

/** What started a run. */
export const TRIGGERS = [
  'schedule',
  'catch-up',
  'once',
  'manual',
  'retry',
  'rerun',
  'action',
  'dependency',
  'api',
] as const;

export type Trigger = (typeof TRIGGERS)[number];

/** The run that led to another one. */
export type Cause = { readonly run: string; readonly kind: 'retry' | 'rerun' | 'action' | 'dependency' };

/** How an execution ended. */
export type Outcome = {
  readonly status: 'succeeded' | 'failed' | 'errored';
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** For people: what happened, where reason and code do not say it. */
  readonly message?: string;
  /** Signals that supertask sent, in order. */
  readonly sent?: readonly NodeJS.Signals[];
  /** Processes that were left in the background after a normal exit. */
  readonly leftovers?: number;
};

/** What became of a step of a run. */
export type StepRecord = {
  /** As given, else `step 2`. */
  readonly name: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'errored' | 'skipped';
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly message?: string;
  readonly startedAt?: Date;
  readonly durationMs?: number;
  readonly outputs?: Readonly<Record<string, string>>;
};

/** Identity of an operating-system process that survives pid reuse and reboots. */
export type ProcessId = {
  readonly pid: number;
  /** Start time in clock ticks since boot, as `/proc/PID/stat` gives it; '' where there is no /proc. */
  readonly start: string;
  /** `/proc/sys/kernel/random/boot_id`; '' where there is none. */
  readonly boot: string;
};

/** What somebody says of a run that has ended, and what was found out about it by itself. */
export type Mark = {
  readonly status: 'succeeded' | 'failed';
  readonly at: Date;
  readonly by?: string;
  readonly note?: string;
  readonly original: Pick<Run, 'status' | 'reason' | 'exitCode' | 'signal' | 'message'>;
};

export type Run = {
  readonly id: string;
  readonly namespace: string;
  readonly job: string;
  readonly status: RunStatus;
  readonly reason?: Reason;
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  readonly message?: string;
  readonly trigger: Trigger;
  /** The id of the task, where the job is the task with arguments of its own. */
  readonly task?: string;
  readonly args?: Readonly<Record<string, Json>>;
  readonly cause?: Cause;
  /** Who asked for it. */
  readonly by?: string;
  readonly note?: string;
  /** From 1. */
  readonly attempt: number;
  /** At most so many, where its task is tried again. */
  readonly attempts?: number;
  /** The due instant; for runs that nothing scheduled, when they were asked for. */
  readonly scheduledAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** By the steady clock: right even when the wall clock was set in between. */
  readonly durationMs?: number;
  readonly process?: ProcessId;
  readonly sent?: readonly NodeJS.Signals[];
  readonly leftovers?: number;
  /** Bytes the run wrote; more than were kept when `truncated`. */
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
  readonly truncated?: boolean;
  /** What the run named in the file `SUPERTASK_OUTPUT`. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Of a task with several steps: those that were come to, in order. */
  readonly steps?: readonly StepRecord[];
  /** It was held to be lost, and ended after all. */
  readonly recovered?: boolean;
  /** Somebody has said how it is to be taken; `status` is what he said. */
  readonly marked?: Mark;
  /** Skipped and missed: how many due moments this record stands for, the first and the last of them. */
  readonly count?: number;
  readonly firstAt?: Date;
  readonly lastAt?: Date;
  /** What caused it, in words and figures; `plannedFor`: the instant for which a run was planned beforehand. */
  readonly evidence?: Readonly<Record<string, string | number>>;
  /** Of a task with actions: the runs that failed one after another, this one included; of a success, those it ended. */
  readonly outage?: Row;
};

/** What may change in a run once it exists. */
export type RunChange = Partial<Omit<Run, 'namespace' | 'job'>> & { readonly id: string };

/** The instant for which a waiting run is planned; undefined: it waits for something else. */
export function plannedFor({ status, evidence }: Pick<Run, 'status' | 'evidence'>): Date | undefined {
  const at = status === 'waiting' ? evidence?.['plannedFor'] : undefined;
  const date = typeof at === 'string' ? new Date(at) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/** Whether a run is yet to come: it waits for an instant, not for its turn or for what it was held up by at its instant. */
export function isPlanned(run: Pick<Run, 'status' | 'evidence'>): boolean {
  return plannedFor(run) !== undefined && run.evidence?.['waitingFor'] === undefined;
}

/** Whether a status is final. */
export function isEnded(status: RunStatus): status is EndStatus {
  return (END_STATUSES as readonly RunStatus[]).includes(status);
}

/**
 * The id of a scheduled run: a UUID (version 8) that every scheduler calculates alike.
 *
 * The first 48 bits are the due instant in milliseconds, the rest a digest of namespace, job, instant and attempt,
 * so ids sort by time and creating the run's output file exclusively is the claim.
 */
export function scheduledRunId(key: {
  namespace: string;
  job: string;
  dueAt: Date;
  attempt: number;
  /** The run of which it is the next attempt. */
  after?: string;
}): string {
  const parts = [key.namespace, key.job, key.dueAt.getTime(), key.attempt];
  const digest = md5(JSON.stringify(key.after === undefined ? parts : [...parts, key.after]));
  return uuid(digest, key.dueAt, 8);
}

/** The id of a run that nothing scheduled: a UUIDv7 (RFC 9562). */
export function freshRunId(now: Date): string {
  return uuid(randomHex(32), now, 7);
}

/** The instant in the first 48 bits of a run's id. */
export function runIdInstant(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** @param hex - 32 digits, of which 74 bits are kept. */
function uuid(hex: string, at: Date, version: 7 | 8): string {
  const ms = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  const variant = (8 | (Number.parseInt(hex.charAt(16), 16) & 3)).toString(16);
  return `${ms.slice(0, 8)}-${ms.slice(8)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
