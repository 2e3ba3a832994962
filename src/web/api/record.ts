/** What the server answers: the records of the commands' `--json`. Instants are ISO 8601 in UTC; what is absent is null. */

import type { JobDefinition } from './definition.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type RunStatus =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'succeeded'
  | 'failed'
  | 'errored'
  | 'skipped'
  | 'missed';

export type RunRecord = {
  readonly id: string;
  readonly namespace: string;
  readonly job: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly trigger: string;
  readonly attempt: number;
  readonly attempts?: number;
  readonly scheduledAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly message: string | null;
  readonly pid: number | null;
  readonly stdoutBytes: number | null;
  readonly stderrBytes: number | null;
  readonly truncated: boolean;
  readonly task?: string;
  readonly args?: Readonly<Record<string, Json>>;
  readonly cause?: { readonly run: string; readonly kind: 'retry' | 'rerun' | 'action' | 'dependency' };
  readonly by?: string;
  readonly note?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps?: readonly StepRecord[];
  readonly sent?: readonly string[];
  readonly leftovers?: number;
  readonly recovered?: boolean;
  /** Somebody has said how it is to be taken; `original` is what was found out by itself. */
  readonly marked?: MarkRecord;
  /** How many due moments a skipped or missed run stands for, and the first and last of them. */
  readonly count?: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  readonly evidence?: Readonly<Record<string, string | number>>;
  readonly outage?: Json;
};

export type MarkRecord = {
  readonly status: 'succeeded' | 'failed';
  readonly at: string;
  readonly by: string | null;
  readonly note: string | null;
  readonly original: Pick<RunRecord, 'status' | 'reason' | 'exitCode' | 'signal' | 'message'>;
};

export type StepRecord = {
  readonly name: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'errored' | 'skipped';
  readonly reason?: string;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly durationMs?: number;
  readonly outputs?: Readonly<Record<string, string>>;
};

/** What lists of jobs tell of a job's last runs. */
export type RecentRun = Pick<RunRecord, 'id' | 'status' | 'reason' | 'startedAt' | 'durationMs'>;

export type PauseRecord = {
  readonly job: string | null;
  readonly since: string;
  readonly until: string | null;
  readonly by: string | null;
  readonly note: string | null;
};

export type SkipRecord = {
  readonly job: string;
  readonly at: string;
  readonly askedAt: string;
  readonly by: string | null;
  readonly note: string | null;
};

export type JobRecord = {
  readonly namespace: string;
  readonly id: string;
  readonly task?: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly target: string;
  readonly schedules: readonly string[];
  readonly tz: string | null;
  readonly enabled: boolean;
  readonly paused: boolean;
  readonly pauses?: readonly PauseRecord[];
  readonly skips?: readonly SkipRecord[];
  readonly seenAt: string | null;
  readonly nextDueAt: string | null;
  readonly lastRun: RunRecord | null;
  /** Oldest first. */
  readonly recent: readonly RecentRun[];
  /** Left out where there are none; of one that is only a name, the value is empty. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, Json>>;
  readonly origin?: 'file' | 'api';
  /** Of one job, not in lists. */
  readonly definition?: JobDefinition;
  /** When a scheduler that was running took over the definition that holds. */
  readonly since?: string;
};

export type NamespaceRecord = {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly host: string;
  readonly user: string;
  readonly author: string | null;
  readonly jobs: number;
  readonly runs: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Those that live. */
  readonly schedulers?: readonly LiveScheduler[];
};

export type LiveScheduler = {
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  /** Whether it answers. */
  readonly reachable: boolean;
};

export type SchedulerRecord = {
  readonly namespace: string;
  readonly source: string;
  readonly kind: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  readonly nextDueAt: string | null;
  readonly running: readonly RunRecord[];
  readonly stopping: boolean;
};

/** An occurrence to come. */
export type Upcoming = {
  readonly namespace: string;
  readonly job: string;
  readonly at: string;
  readonly expectedMs: number | null;
  readonly override: 'paused' | 'skip' | null;
  /** A scheduler lives that will come to it. */
  readonly attended: boolean;
};

/** A job with so many occurrences that they are counted by hour: none of them is told one by one. */
export type DenseJob = {
  readonly namespace: string;
  readonly job: string;
  readonly count: number;
  readonly expectedMs: number | null;
  readonly attended: boolean;
  readonly hours: readonly { readonly at: string; readonly count: number; readonly held: number }[];
};

/** All that is due in an hour of UTC. */
export type LoadHour = {
  readonly at: string;
  readonly count: number;
  /** Of these: paused or skipped. */
  readonly held: number;
  /** How long all of it takes, as far as known. */
  readonly expectedMs: number;
};

/** What is due in a span of time: one by one where it is little, by hour where it is much. */
export type UpcomingSpan = {
  readonly items: readonly Upcoming[];
  readonly dense: readonly DenseJob[];
  readonly hours: readonly LoadHour[];
  /** Some of it is told by `hours` alone. */
  readonly truncated: boolean;
  /** Jobs that were not looked at, as it would take too long. */
  readonly leftOut: number;
};

export type Page<Item> = {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total?: number;
};

export type Scope = 'read' | 'operate' | 'admin';

export type Session = { readonly scope: Scope; readonly version?: string; readonly host?: string };

/** Runs of a span of time as bars: the newest, and how many there were of each outcome by hour. */
export type Timeline = {
  readonly from: string;
  readonly to: string;
  readonly runs: readonly TimelineRun[];
  /** Whether there are runs that are not among `runs`. */
  readonly truncated?: boolean;
  /** There are even more than `hours` counts. */
  readonly uncounted?: boolean;
  readonly hours: readonly TimelineHour[];
};

export type TimelineRun = Pick<
  RunRecord,
  'id' | 'namespace' | 'job' | 'status' | 'reason' | 'scheduledAt' | 'startedAt' | 'endedAt' | 'durationMs'
>;

export type TimelineHour = {
  readonly at: string;
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
};

/** The process that answers, and its machine. */
export type Health = {
  readonly status: 'ok' | 'stopping';
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly schedulers: number;
  readonly running: number;
  readonly nextDueAt: string | null;
  readonly host: {
    readonly name: string;
    readonly platform: string;
    readonly cpus: number;
    readonly load: readonly number[];
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
    readonly uptimeSeconds: number;
  };
};
