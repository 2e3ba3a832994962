/**
 * Types of the HTTP API, made from the table of routes by `npm run generate`: changes made here are lost.
 *
 * Of each operation, by its id: method, path, parameters, what is sent and what comes back.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Namespaces whose past is part of this one's. */
export type Adopted = readonly ({
  readonly id: string;
  readonly host: string;
  readonly user: string;
  readonly source: string;
  readonly createdAt: string;
  readonly adoptedAt: string;
})[];

export type BulkOperation = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v1, with what stands after `?`; characters beyond ASCII are encoded. */
  readonly path: string;
  /** JSON; absent where there is none. */
  readonly body?: Json;
  /** As If-Match. */
  readonly ifMatch?: string;
};

export type BulkResult = {
  readonly status: number;
  readonly headers: {
    readonly etag?: string;
    readonly location?: string;
  };
  /** What it answers, a problem document from 400 on; null where there is no body. */
  readonly body: Json;
  /** True where the body is left out, since all of them together would be too long. */
  readonly leftOut?: boolean;
};

export type BulkResults = {
  /** In the order of the request. */
  readonly results: readonly BulkResult[];
};

export type Check = {
  /** Whether the exit code is 0: no finding is an error, with --strict nor a warning. */
  readonly clean: boolean;
  /** What was checked, relative to the working directory where it lies below it. */
  readonly files: readonly string[];
  /** How many tasks could be read. */
  readonly tasks: number;
  /** File by file, in the order of the text. */
  readonly findings: readonly ({
    readonly severity: "error" | "warning" | "note";
    /** One of docs/check.md, or of docs/errors.md. More may come. */
    readonly code: string;
    readonly message: string;
    readonly file: string;
    readonly line: number | null;
    /** In UTF-16 units. */
    readonly column: number | null;
    /** The way out. */
    readonly hint: string | null;
    /** The id of the task, where a finding is about one. */
    readonly task: string | null;
    /** The line, without secrets; at most 400 characters. */
    readonly excerpt: string | null;
  })[];
};

export type Definition = {
  readonly namespace: string;
  readonly id: string;
  readonly origin: "api";
  readonly task: Task;
  readonly enabled: boolean;
  /** The source of the scheduler has a job of this name, which runs in its place. */
  readonly shadowed: boolean;
  readonly createdAt: string;
  readonly changedAt: string;
  /** Who changed it last. */
  readonly by: string;
};

export type DenseJob = {
  readonly namespace: string;
  readonly job: string;
  readonly count: number;
  readonly expectedMs: number | null;
  readonly attended: boolean;
  readonly hours: readonly ({
    /** When the hour begins. */
    readonly at: string;
    /** Due moments. */
    readonly count: number;
    /** Of these: paused or skipped. */
    readonly held: number;
  })[];
};

/** Stable; docs/errors.md says more of each. More may come. */
export type ErrorCode = "USAGE" | "SCHEDULE_INVALID" | "DURATION_INVALID" | "SIZE_INVALID" | "ZONE_UNKNOWN" | "TARGET_INVALID" | "ARGS_INVALID" | "TEMPLATE_INVALID" | "TIMETABLE_INVALID" | "FILE_NOT_FOUND" | "FILE_UNREADABLE" | "FILE_EXISTS" | "FILE_UNWRITABLE" | "SETTING_INVALID" | "ID_INVALID" | "ID_UNKNOWN" | "ID_AMBIGUOUS" | "ALREADY_RUNNING" | "NOT_RUNNING" | "CONFLICT" | "CHANGED" | "NOT_ALLOWED" | "REFUSED" | "UNANSWERED" | "ADDRESS_UNAVAILABLE" | "INSECURE" | "STATE_UNAVAILABLE" | "STATE_NEWER";

export type Explain = {
  readonly expr: string;
  readonly tz: string;
  readonly meaning: string;
  readonly class: "fixed-time" | "interval" | "start";
  readonly rule: string;
  readonly next: readonly string[];
  readonly clockChange: {
    readonly at: string;
    readonly text: string;
  } | null;
  readonly warnings: readonly string[];
};

export type Health = {
  /** stopping: a scheduler of this process is about to end. */
  readonly status: "ok" | "stopping";
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  /** What the clock of the server says. */
  readonly now: string;
  /** Of this process. */
  readonly schedulers: number;
  /** Runs that are going in this process. */
  readonly running: number;
  /** Of the jobs of this process. */
  readonly nextDueAt: string | null;
  readonly host: Host;
};

export type Host = {
  readonly name: string;
  readonly platform: string;
  readonly cpus: number;
  /** Of the last 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly uptimeSeconds: number;
};

export type HourOutcomes = {
  readonly at: string;
  readonly counts: OutcomeCounts;
};

export type Job = {
  readonly namespace: string;
  readonly id: string;
  /** The id of its task, where the job has arguments of its own. */
  readonly task?: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Left out where it has none; the value of one that is only a name is empty. */
  readonly labels?: { readonly [key: string]: string };
  /** Of a job with arguments; *** in the place of secret ones. */
  readonly args?: { readonly [key: string]: Json };
  readonly target: string;
  readonly schedules: readonly string[];
  readonly tz: string;
  /** Of each schedule; left out where all have the zone of the job. */
  readonly zones?: readonly string[];
  readonly enabled: boolean;
  /** No timetable has it any more, and it is known by its runs: of supertask show; left out of others. */
  readonly removed?: true;
  readonly paused: boolean;
  /** That concern it and are not over; left out where there are none. */
  readonly pauses?: readonly Pause[];
  /** To come; left out where there are none. */
  readonly skips?: readonly Skip[];
  /** First sight in the namespace. */
  readonly seenAt: string;
  /** Null where no scheduler runs it or nothing is due. */
  readonly nextDueAt: string | null;
  /** The newest that ran or runs, or was due and waits for its turn. */
  readonly lastRun: Run | null;
  /** The soonest run that is planned for an instant: by trigger --at, or as the next attempt. Left out where none is. */
  readonly planned?: {
    /** The id of its record, which waits until then. */
    readonly run: string;
    readonly at: string;
  };
  /** When a scheduler that was running took over the definition that holds; absent: it began with it. */
  readonly since?: string;
  /** api: it was made through the API. Absent, or file: it comes from the source of a scheduler. */
  readonly origin?: "file" | "api";
  /** Of the HTTP API only, where one job is asked for: what is kept of its definition. */
  readonly definition?: KeptDefinition;
  /** Of the HTTP API only: the last runs and moments that were not run, newest last. */
  readonly recent?: readonly RecentRun[];
};

export type JobPage = {
  readonly items: readonly Job[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
  readonly total: number;
};

export type JobUpcoming = {
  readonly items: readonly Occurrence[];
};

export type KeptDefinition = {
  readonly schedules: readonly ({
    /** As it was written. */
    readonly text: string;
    /** In plain English; null: only another version can read it. */
    readonly meaning: string | null;
    readonly class: "fixed-time" | "interval" | "start" | null;
    readonly tz: string;
    readonly enabled: boolean;
    readonly warnings: readonly string[];
  })[];
  /** How late a missed instant may still be run; null: without limit. */
  readonly deadlineMs: number | null;
  /** How much of its past is kept; null: as much as of any job. */
  readonly keep: {
    readonly runs?: number;
    readonly ageMs?: number;
    readonly bytes?: number;
  } | null;
  /** From when its schedules count that count from a start; null: the start of its scheduler. */
  readonly countsFrom: string | null;
};

export type KeptTimetable = {
  readonly namespace: string;
  /** Ids and tasks, as a timetable has them below tasks:. */
  readonly tasks: { readonly [key: string]: Task };
  /** Those of which the source of the scheduler has the name, which runs in their place. */
  readonly shadowed: readonly string[];
};

export type Link = {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  /** How the run before it led to it; null for the first. */
  readonly kind: string | null;
  /** How many steps away, below 0 for those before. */
  readonly depth: number;
};

export type ListedScheduler = {
  readonly namespace: string;
  readonly source: string;
  /** inline, file, url or stdin. */
  readonly kind: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  /** Jobs that are paused now. */
  readonly paused: number;
  /** Soonest of its jobs; null where nothing is due. */
  readonly nextDueAt: string | null;
  /** Of its namespace. */
  readonly running: readonly Run[];
  /** It is about to end; known of schedulers of the process that answers. */
  readonly stopping: boolean;
  /** It can be asked, and told to do something. */
  readonly reachable: boolean;
  /** Such as /dev/pts/3. */
  readonly terminal: string | null;
  /** Where it was started. */
  readonly directory: string | null;
};

export type Location = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** In a value of the request: task.when. */
  readonly path?: string;
};

export type Mark = {
  /** unchanged: it had that outcome, and nothing is kept. More may come. */
  readonly kind: "marked" | "unchanged" | "dry-run";
  /** With what was said; with dry-run, as it would be. */
  readonly run: Run;
};

export type Namespace = {
  readonly id: string;
  readonly source: string;
  readonly kind: "inline" | "file" | "url" | "stdin" | "api";
  readonly host: string;
  readonly user: string;
  readonly author: string | null;
  readonly generator: string;
  readonly createdAt: string;
  /** When a job of it ran last, or was first seen. */
  readonly updatedAt: string;
  readonly jobs: number;
  readonly runs: number;
  readonly adopted?: Adopted;
  /** Of the HTTP API only: those that live. */
  readonly schedulers?: readonly Scheduler[];
};

export type NamespacePage = {
  readonly items: readonly Namespace[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
};

export type Occurrence = {
  readonly namespace: string;
  readonly job: string;
  readonly at: string;
  /** How long its runs take; null: none has succeeded lately. */
  readonly expectedMs: number | null;
  /** Why it will not be run; null: nobody has said so. */
  readonly override: "paused" | "skip" | null;
  /** A scheduler lives that will come to it. */
  readonly attended: boolean;
};

/** By status; those with none are left out. A record of several moments counts as many. */
export type OutcomeCounts = {
  readonly waiting?: number;
  readonly starting?: number;
  readonly running?: number;
  readonly stopping?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly errored?: number;
  readonly skipped?: number;
  readonly missed?: number;
};

export type OutputPage = {
  readonly items: readonly OutputPiece[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
  /** The output was removed, since it was old or too much. */
  readonly pruned: boolean;
};

export type OutputPiece = {
  /** When it was read. */
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  /** From 1, of a run with several steps. */
  readonly step?: number;
  /** Where in its stream it begins, in bytes. */
  readonly from: number;
  readonly text?: string;
  /** In place of `text`, where the bytes are not UTF-8. */
  readonly base64?: string;
};

export type Pause = {
  /** Null: all jobs of the namespace. */
  readonly job: string | null;
  readonly since: string;
  /** Null: until it is resumed. */
  readonly until: string | null;
  /** Who asked for it. */
  readonly by: string | null;
  readonly note: string | null;
};

export type PauseFile = {
  /** pause: paused, paused-already; resume: resumed, not-paused; skip: skip, skip-already; dry-run: nothing was changed. More may come. */
  readonly kind: string;
  readonly namespace: string;
  /** Null: all jobs of the namespace. */
  readonly job: string | null;
  /** That holds now; of resume, those that it ended. */
  readonly pauses: readonly Pause[];
  /** That holds now; of resume, those that it took back. */
  readonly skips: readonly Skip[];
  /** Pids of schedulers that know of it already. */
  readonly told: readonly number[];
};

/** A problem document (RFC 9457). */
export type Problem = {
  readonly type: string;
  /** What the code means; always the same. */
  readonly title: string;
  readonly status: number;
  /** What it is this time. */
  readonly detail?: string;
  readonly code?: ErrorCode;
  /** A way out. */
  readonly hint?: string;
  /** All that is wrong, where it is more than one thing or has a place. */
  readonly errors?: readonly ProblemPart[];
};

export type ProblemPart = {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint?: string;
  readonly location?: Location;
};

export type RecentRun = {
  readonly id: string;
  readonly status: "waiting" | "starting" | "running" | "stopping" | "succeeded" | "failed" | "errored" | "skipped" | "missed";
  readonly reason: string | null;
  readonly scheduledAt: string;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
};

export type ReplacedTimetable = {
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** Those of which the source of the scheduler has the name, which runs in their place. */
  readonly shadowed: readonly string[];
  /** As supertask check has them; none of them keeps the timetable from being taken. */
  readonly findings: readonly ({
    readonly severity: "error" | "warning" | "note";
    /** One of docs/check.md, or of docs/errors.md. More may come. */
    readonly code: string;
    readonly message: string;
    readonly file: string;
    readonly line: number | null;
    /** In UTF-16 units. */
    readonly column: number | null;
    /** The way out. */
    readonly hint: string | null;
    /** The id of the task, where a finding is about one. */
    readonly task: string | null;
    /** The line, without secrets; at most 400 characters. */
    readonly excerpt: string | null;
  })[];
};

export type Resume = PauseFile;

export type Run = {
  /** A UUID whose first 48 bits are the due instant in milliseconds: ids sort by time. */
  readonly id: string;
  readonly namespace: string;
  readonly job: string;
  readonly status: "waiting" | "starting" | "running" | "stopping" | "succeeded" | "failed" | "errored" | "skipped" | "missed";
  /** exit-code, signal, timeout, stopped, expectation; marked, for both outcomes that somebody may say; spawn, template, wait-timeout, dependency, lost; overlap, paused, condition, duplicate, operator; down, asleep, late, clock, capacity, storage. More may come. */
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** schedule, catch-up, once, manual, retry, rerun, action, dependency or api. More may come. */
  readonly trigger: string;
  /** The id of the task, where the job is the task with arguments of its own. */
  readonly task?: string;
  /** Arguments of the run, by name. */
  readonly args?: { readonly [key: string]: Json };
  /** The run that led to this one; kind is retry, rerun, action or dependency. More may come. */
  readonly cause?: {
    readonly run: string;
    readonly kind: string;
  };
  /** Who asked for it. */
  readonly by?: string;
  readonly note?: string;
  readonly attempt: number;
  /** At most so many, where its task is tried again. */
  readonly attempts?: number;
  /** Of show only, where there are several: all attempts at its moment, oldest first. */
  readonly attemptRuns?: readonly ({
    readonly id: string;
    readonly attempt: number;
    readonly status: string;
  })[];
  /** Of show only: the runs that led to it, the first first; attempts are in attemptRuns. */
  readonly ledBy?: readonly Link[];
  /** Of show only: the runs that it led to, each followed by those that it led to. */
  readonly ledTo?: readonly Link[];
  readonly scheduledAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** By the steady clock. */
  readonly durationMs: number | null;
  readonly message: string | null;
  readonly pid: number | null;
  readonly stdoutBytes: number | null;
  readonly stderrBytes: number | null;
  /** Not all that it wrote was kept. */
  readonly truncated: boolean;
  /** What the run named in the file SUPERTASK_OUTPUT. */
  readonly outputs?: { readonly [key: string]: string };
  /** Signals that supertask sent, in order. */
  readonly sent?: readonly string[];
  /** Processes left in the background. */
  readonly leftovers?: number;
  /** Of a task with several steps: those that were come to, in order. */
  readonly steps?: readonly ({
    /** As given, else step 2. */
    readonly name: string;
    readonly status: "running" | "succeeded" | "failed" | "errored" | "skipped";
    readonly reason?: string;
    readonly exitCode?: number;
    readonly signal?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly durationMs?: number;
    readonly outputs?: { readonly [key: string]: string };
  })[];
  /** Somebody has said how the run is to be taken; the status of the run is what they said. */
  readonly marked?: {
    readonly status: "succeeded" | "failed";
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
    /** What was found out about it by itself. */
    readonly original: {
      readonly status: "succeeded" | "failed" | "errored";
      readonly reason: string | null;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly message: string | null;
    };
  };
  /** It was held to be lost, and ended after all. */
  readonly recovered?: boolean;
  /** Skipped and missed: how many due moments this stands for. */
  readonly count?: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** What caused it, in words and figures; plannedFor: the instant for which it was planned beforehand. */
  readonly evidence?: { readonly [key: string]: string | number };
  /** Of a task with actions: the runs that failed one after another, this one included; of a success, those that it ended. */
  readonly outage?: {
    readonly failures: number;
    /** When the first was due. */
    readonly since: string;
    /** When which action was taken last. */
    readonly acted?: { readonly [key: string]: string };
  };
};

export type RunChain = {
  readonly run: Run;
  /** All at its moment, the run among them, oldest first. */
  readonly attempts: readonly Run[];
  /** The first first. */
  readonly ledBy: readonly RunLink[];
  /** Each followed by those that it led to. */
  readonly ledTo: readonly RunLink[];
};

export type RunChanges = {
  readonly run: Run;
  /** The run of the job before it that succeeded; null: none is known. */
  readonly lastSuccess: Run | null;
  /** Between the two; at most 1000 are counted. */
  readonly failures: number;
  /** What became another in the timetable between the two, in order; `other`: what is not kept in words. */
  readonly definition: readonly ({
    readonly at: string;
    readonly field: string;
    /** Null: there was none. */
    readonly before: Json;
    /** Null: there was none. */
    readonly after: Json;
  })[];
  /** Whether that is known from the last success on. */
  readonly remembered: boolean;
  /** Between the records of the two. */
  readonly differences: readonly ({
    readonly field: string;
    /** Null: there was none. */
    readonly before: Json;
    /** Null: there was none. */
    readonly after: Json;
  })[];
};

export type RunLink = {
  readonly run: Run;
  /** Steps away from the run: below 0 before it, above 0 behind it. */
  readonly depth: number;
};

export type RunPage = {
  readonly items: readonly Run[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
};

export type Schedule = {
  readonly expr: string;
  readonly tz: string;
  readonly next: readonly string[];
};

export type Scheduler = {
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  /** It has a socket on which it can be asked. */
  readonly reachable: boolean;
};

export type SchedulerStatus = {
  readonly namespace: string;
  readonly source: string;
  readonly kind: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly jobs: number;
  /** Null where nothing is due. */
  readonly nextDueAt: string | null;
  readonly running: readonly Run[];
  readonly stopping: boolean;
};

export type Session = {
  readonly scope: "read" | "operate" | "admin";
  /** An instant; null with a token, which does not expire. */
  readonly expiresAt: Json;
};

export type Skip = {
  readonly job: string;
  /** The due moment that is not run. */
  readonly at: string;
  readonly askedAt: string;
  readonly by: string | null;
  readonly note: string | null;
};

export type SkipFile = PauseFile;

export type Spread = {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};

export type Statistics = {
  readonly namespace: string;
  readonly job: string;
  readonly since: string;
  readonly until: string;
  /** Of several attempts, the last one counts. */
  readonly runs: number;
  readonly outcomes: OutcomeCounts;
  /** By reason. */
  readonly reasons: { readonly [key: string]: number };
  /** From 0 to 1, of the runs that ended; null: none did. */
  readonly successRate: number | null;
  /** Of the runs that succeeded. */
  readonly durationMs: Spread | null;
  /** From the due instant to the start, of what a schedule made due. */
  readonly latenessMs: Spread | null;
  /** Oldest first, in UTC; days without runs are left out. */
  readonly days: readonly ({
    /** `2026-05-01`. */
    readonly day: string;
    readonly outcomes: OutcomeCounts;
    /** The duration in the middle. */
    readonly p50Ms: number | null;
  })[];
  /** There are more runs; the newest are counted. */
  readonly truncated: boolean;
};

export type StopAnswer = {
  readonly run: string;
  /** dropped: it waited for its turn, and is recorded as skipped. */
  readonly answer: "stopping" | "stopping-already" | "dropped";
};

/** What a timetable has below tasks: ID: */
export type Task = { readonly [key: string]: Json };

export type Timeline = {
  readonly from: string;
  readonly to: string;
  /** Due from the first instant to before the second, and what has gone on since before; the newest first. */
  readonly runs: readonly Run[];
  /** In UTC, oldest first; hours without any are left out. */
  readonly hours: readonly HourOutcomes[];
  /** There are runs that are not among `runs`. */
  readonly truncated: boolean;
  /** There are even more than `hours` counts. */
  readonly uncounted: boolean;
};

export type TriggerAnswer = {
  readonly kind: "started" | "waiting" | "skipped";
  readonly run: Run;
};

export type Upcoming = {
  readonly from: string;
  readonly to: string;
  /** In the order of time. */
  readonly items: readonly Occurrence[];
  /** Jobs with more moments than can be told one by one, those with most first: none of them is among the items. */
  readonly dense: readonly DenseJob[];
  /** Of all jobs together, in UTC; hours without any are left out. */
  readonly hours: readonly ({
    /** When the hour begins. */
    readonly at: string;
    /** Due moments. */
    readonly count: number;
    /** Of these: paused or skipped. */
    readonly held: number;
    /** How long all runs of the hour take, as far as known. */
    readonly expectedMs: number;
  })[];
  /** Some moments are told by `hours` alone: there are too many dense jobs. */
  readonly truncated: boolean;
  /** Jobs that were not looked at, as it would take too long. */
  readonly leftOut: number;
};

export type Why = {
  readonly namespace: string;
  readonly job: string;
  readonly tz: string;
  readonly sentence: string;
  readonly at: string | null;
  /** The status of the run that is recorded, else to-come, nobody-will, unattended, starting, not-due, not-seen-yet, disabled, paused, to-skip, no-schedule, after-finish, removed or unrecorded. More may come. */
  readonly verdict: string;
  readonly previousDueAt: string | null;
  readonly nextDueAt: string | null;
  readonly seenAt: string | null;
  readonly from: string | null;
  readonly until: string | null;
  readonly attendedUntil: string | null;
  /** Pid of the scheduler that will attend to it. */
  readonly scheduler: number | null;
  /** The command that would start one. */
  readonly start: string | null;
  /** Of paused and to-skip; left out elsewhere. */
  readonly override?: Pause | Skip;
  readonly run: Run | null;
};

export type Operations = {
  /** What who asks may do, and how long. */
  readonly showSession: {
    readonly method: 'GET';
    readonly path: '/session';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Session;
  };
  /** Sign in with a code that is good for once: the answer sets the cookie. */
  readonly signIn: {
    readonly method: 'POST';
    readonly path: '/session';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: {
      /** Behind #code= of the link. */
      readonly code: string;
    };
    readonly answer: Session;
  };
  /** Sign out: the cookie is of no use any more. */
  readonly signOut: {
    readonly method: 'DELETE';
    readonly path: '/session';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Whether the process that answers is well, and the machine that it runs on. */
  readonly showHealth: {
    readonly method: 'GET';
    readonly path: '/health';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Health;
  };
  /** The namespaces, with the schedulers that live in them. */
  readonly listNamespaces: {
    readonly method: 'GET';
    readonly path: '/namespaces';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: NamespacePage;
  };
  /** One namespace. */
  readonly showNamespace: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Namespace;
  };
  /** The schedulers that live, in all processes. */
  readonly listSchedulers: {
    readonly method: 'GET';
    readonly path: '/schedulers';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: readonly ListedScheduler[];
  };
  /** The scheduler of a namespace. */
  readonly showScheduler: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/scheduler';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: SchedulerStatus;
  };
  /** End the scheduler: no new runs; those that are going are stopped, or waited for. */
  readonly shutDownScheduler: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/shutdown';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** Wait for the runs that are going. */
      readonly drain?: boolean;
    };
    readonly answer: SchedulerStatus;
  };
  /** Take over pauses and skips at once that were written to the bookkeeping. */
  readonly refreshOverrides: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/overrides/refresh';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: {
      readonly namespace: string;
    };
  };
  /** Read the source again, and take over what has changed in it. */
  readonly reloadSource: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/reload';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: { readonly [key: string]: Json };
  };
  /** Jobs, with what is due next and the last runs of each. */
  readonly listJobs: {
    readonly method: 'GET';
    readonly path: '/jobs';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
      /** Of the last run; never: it has not run. */
      readonly status?: readonly ("waiting" | "starting" | "running" | "stopping" | "succeeded" | "failed" | "errored" | "skipped" | "missed" | "never")[];
      /** Text in the id, the name, the target or a label. */
      readonly search?: string;
      /** `NAME` or `NAME=VALUE`; several: it has all of them. */
      readonly label?: readonly string[];
      /** The same of its arguments. */
      readonly arg?: readonly string[];
      readonly enabled?: boolean;
      readonly paused?: boolean;
      /** Default id. due: what is due first; last-run: what ran last; failures: those whose last run failed before all others. */
      readonly sort?: "id" | "due" | "last-run" | "failures";
      /** At most so many items; default 50. */
      readonly limit?: number;
      /** `next` of the answer before: what follows it. The other parameters have to be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: JobPage;
  };
  /** One job, with what is kept of its definition. */
  readonly showJob: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/jobs/{job}';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** How the runs of a job went; also of one that is no longer there. */
  readonly showJobStatistics: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/jobs/{job}/statistics';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: {
      /** An instant, or a duration before now; default 30d. */
      readonly since?: string;
    };
    readonly body: undefined;
    readonly answer: Statistics;
  };
  /** When a job is due, in order. */
  readonly listJobUpcoming: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/jobs/{job}/upcoming';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: {
      /** An instant, or a duration from now; default: now. */
      readonly from?: string;
      /** Before this one; in the same way. Default: no end. */
      readonly to?: string;
      /** At most so many; default 10. */
      readonly count?: number;
    };
    readonly body: undefined;
    readonly answer: JobUpcoming;
  };
  /** What became of a due moment of a job, or will; also of one that is no longer there. */
  readonly explainMoment: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/jobs/{job}/why';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: {
      /** An ISO 8601 instant, a wall time in the zone of the job, or a time of today such as 02:00; default: the latest due moment. */
      readonly at?: string;
    };
    readonly body: undefined;
    readonly answer: Why;
  };
  /** What is due of all jobs, from one instant to before another one. */
  readonly listUpcoming: {
    readonly method: 'GET';
    readonly path: '/upcoming';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
      /** An instant, or a duration from now; default: now. */
      readonly from?: string;
      /** In the same way, at most 35 days later; default: a day later. */
      readonly to?: string;
      /** Items; default 1000. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: Upcoming;
  };
  /** What ran and was not run, from one instant to before another one. */
  readonly showTimeline: {
    readonly method: 'GET';
    readonly path: '/timeline';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
      /** An instant, or a duration before now; default 24h. */
      readonly from?: string;
      /** In the same way, at most 35 days later; default: now. */
      readonly to?: string;
    };
    readonly body: undefined;
    readonly answer: Timeline;
  };
  /** The jobs that the scheduler has, and when each is due next. */
  readonly listSchedulerJobs: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/scheduler/jobs';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: readonly ({
      readonly id: string;
      readonly nextDueAt: string | null;
    })[];
  };
  /** Run a job now or at an instant to come, as its overlap policy allows then. */
  readonly triggerJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/trigger';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** Arguments of the run, by name. */
      readonly args?: { readonly [key: string]: Json };
      /** Kept with the run. */
      readonly note?: string;
      /** An instant; until then the run is recorded as waiting. Default: now. */
      readonly at?: string;
    };
    readonly answer: TriggerAnswer;
  };
  /** Do not run a job, or the jobs of a task, when it is due. */
  readonly pauseJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/pause';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** When it ends by itself. Default: when somebody ends it. */
      readonly until?: string;
      /** The same as a duration, such as 2h. */
      readonly for?: string;
      /** Why, for the records. */
      readonly note?: string;
    };
    readonly answer: PauseFile;
  };
  /** Run a job when it is due again: ends its pause, and takes back moments that are skipped. */
  readonly resumeJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/resume';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: Resume;
  };
  /** Leave out one due moment of a job. */
  readonly skipMoment: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/skip';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** next, which is the default, or a due moment: an instant, a wall time in the zone of the job such as 2026-12-24T18:00, or a time of day such as 18:00. */
      readonly at?: string;
      /** Why, for the records. */
      readonly note?: string;
    };
    readonly answer: SkipFile;
  };
  /** Do not run any job of a namespace when it is due. */
  readonly pauseNamespace: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/pause';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** When it ends by itself. Default: when somebody ends it. */
      readonly until?: string;
      /** The same as a duration, such as 2h. */
      readonly for?: string;
      /** Why, for the records. */
      readonly note?: string;
    };
    readonly answer: PauseFile;
  };
  /** Run all jobs of a namespace when they are due again, also those that were paused one by one. */
  readonly resumeNamespace: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/resume';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: Resume;
  };
  /** Make a job; it is kept beside what the scheduler has from its source. */
  readonly createJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      readonly id: string;
      readonly task: Task;
    };
    readonly answer: Definition;
  };
  /** What a job is that was made through the API, as it was given. */
  readonly showDefinition: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/jobs/{job}/definition';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Definition;
  };
  /** Put another task in the place of that of a job. */
  readonly replaceDefinition: {
    readonly method: 'PUT';
    readonly path: '/namespaces/{namespace}/jobs/{job}/definition';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      readonly task: Task;
    };
    readonly answer: Definition;
  };
  /** Change parts of the task of a job, by JSON Merge Patch (RFC 7396). */
  readonly patchDefinition: {
    readonly method: 'PATCH';
    readonly path: '/namespaces/{namespace}/jobs/{job}/definition';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      readonly task: Task;
    };
    readonly answer: Definition;
  };
  /** Remove a job that was made through the API; its past stays. */
  readonly deleteJob: {
    readonly method: 'DELETE';
    readonly path: '/namespaces/{namespace}/jobs/{job}/definition';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Have a job run by its schedule again that was made through the API. */
  readonly enableJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/enable';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: Definition;
  };
  /** Keep a job from being run that was made through the API, until it is enabled. */
  readonly disableJob: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/{job}/disable';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a job. */
      readonly job: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: Definition;
  };
  /** Take over at once the jobs that were made through the API and written to the bookkeeping. */
  readonly refreshJobs: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/jobs/refresh';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: Record<never, never>;
    readonly answer: {
      readonly namespace: string;
    };
  };
  /** All jobs of a namespace that were made through the API, as they were given. */
  readonly showTimetable: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/timetable';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: KeptTimetable;
  };
  /** Put a timetable in the place of all jobs of a namespace that were made through the API. */
  readonly replaceTimetable: {
    readonly method: 'PUT';
    readonly path: '/namespaces/{namespace}/timetable';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** Ids and tasks, as a timetable has them below tasks:. */
      readonly tasks?: { readonly [key: string]: Task };
      /** In place of tasks: a timetable in YAML or JSON, which has nothing beside its tasks. */
      readonly text?: string;
      /** Of the text: the extension tells the notation. Else the text does. */
      readonly name?: string;
      /** Change nothing: say what would become of it. */
      readonly dryRun?: boolean;
    };
    readonly answer: ReplacedTimetable;
  };
  /** Runs and due moments that were not run, newest first. */
  readonly listRuns: {
    readonly method: 'GET';
    readonly path: '/runs';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
      /** The id of a job, also of one that is no longer there. */
      readonly job?: string;
      readonly status?: readonly ("waiting" | "starting" | "running" | "stopping" | "succeeded" | "failed" | "errored" | "skipped" | "missed")[];
      readonly trigger?: readonly ("schedule" | "catch-up" | "once" | "manual" | "retry" | "rerun" | "action" | "dependency" | "api")[];
      /** Due at or after: an instant, or a duration before now such as 7d. */
      readonly since?: string;
      /** Due at or before, in the same way. */
      readonly until?: string;
      /** Text in the id, the job, who asked, the note or the message. Looking for it takes several answers where it is rare: one may have no items, and a `next`. */
      readonly search?: string;
      /** At most so many items; default 50. */
      readonly limit?: number;
      /** `next` of the answer before: what follows it. The other parameters have to be the same. */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: RunPage;
  };
  /** One run as it is now, by its id or how its id begins; 404: there was none. */
  readonly showRun: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: Run;
  };
  /** A run when it has ended; 202, as it is now, when that takes longer. */
  readonly waitForRun: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/wait';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: {
      /** How long to wait: a duration up to 60s; default 0s. */
      readonly timeout?: string;
    };
    readonly body: undefined;
    readonly answer: Run;
  };
  /** The attempts of which a run is one, what led to it, and what it led to. */
  readonly showRunChain: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/chain';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: RunChain;
  };
  /** What is other about a run than it was when its job succeeded last. */
  readonly showRunChanges: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/changes';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: RunChanges;
  };
  /** The runs that are going. */
  readonly listSchedulerRuns: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/scheduler/runs';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
    };
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: readonly Run[];
  };
  /** End a run and all its processes: a signal, SIGKILL after the grace. */
  readonly stopRun: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/runs/{run}/stop';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** Default: the task's own. */
      readonly signal?: string;
      /** Default: the task's own. */
      readonly graceMs?: number;
      /** SIGKILL at once. */
      readonly kill?: boolean;
    };
    readonly answer: StopAnswer;
  };
  /** Run the job of a run again, as it is defined now, with the arguments and the instant of the run. */
  readonly rerunRun: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/runs/{run}/rerun';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      /** All arguments, by name, in the place of those of the run. */
      readonly args?: { readonly [key: string]: Json };
      /** Kept with the new run. */
      readonly note?: string;
      /** Only if the job is defined as it was then; else 409. */
      readonly exact?: boolean;
    };
    readonly answer: {
      readonly kind: "started" | "waiting" | "skipped";
      readonly run: Run;
    };
  };
  /** Say how a run that has ended is to be taken from now on. */
  readonly markRun: {
    readonly method: 'POST';
    readonly path: '/namespaces/{namespace}/runs/{run}/mark';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: Record<never, never>;
    readonly body: {
      readonly status: "succeeded" | "failed";
      /** Why, for the records. */
      readonly note?: string;
    };
    readonly answer: Mark;
  };
  /** What a run printed, as it is kept; parts of it with the header Range. */
  readonly readOutput: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/output';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: {
      /** Default: both, in the order in which they were read. */
      readonly stream?: "stdout" | "stderr" | "both";
      /** Begin with this byte; below 0 it is counted from the end. */
      readonly from?: number;
      /** At most so many bytes. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** What a run printed, in pieces with when they were read, their stream and their step. */
  readonly listOutput: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/output/timeline';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: {
      /** Default: both, in the order in which they were read. */
      readonly stream?: "stdout" | "stderr" | "both";
      /** `STDOUT.STDERR`: begin behind so many bytes of each, which is what an event has as its id; `-BYTES`: with the last so many. */
      readonly from?: string;
      /** `next` of the answer before: what follows it. */
      readonly cursor?: string;
      /** At most so many pieces; default 500. There are fewer where they come to 1 MiB. */
      readonly limit?: number;
    };
    readonly body: undefined;
    readonly answer: OutputPage;
  };
  /** What a run printed and what it prints, up to its end: server-sent events. */
  readonly followOutput: {
    readonly method: 'GET';
    readonly path: '/namespaces/{namespace}/runs/{run}/output/follow';
    readonly parameters: {
      /** The id of a namespace. */
      readonly namespace: string;
      /** The id of a run. */
      readonly run: string;
    };
    readonly query: {
      /** Default: both, in the order in which they were read. */
      readonly stream?: "stdout" | "stderr" | "both";
      /** `STDOUT.STDERR`: begin behind so many bytes of each, which is what an event has as its id; `-BYTES`: with the last so many. Last-Event-ID goes first. */
      readonly from?: string;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** What happens from now on, or from the event in the header Last-Event-ID: server-sent events. */
  readonly followEvents: {
    readonly method: 'GET';
    readonly path: '/events';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** When a schedule is due next. */
  readonly nextInstants: {
    readonly method: 'POST';
    readonly path: '/next';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: {
      /** A schedule, such as `*\/5 * * * *`. */
      readonly expr: string;
      /** An IANA name, for schedules that name none; default: the zone of the server. */
      readonly tz?: string;
      /** An ISO 8601 instant, or a wall time in `tz`; default: now. Instants are strictly later. */
      readonly from?: string;
      /** Default 5. */
      readonly count?: number;
    };
    readonly answer: Schedule;
  };
  /** What a schedule means, in plain English. */
  readonly explainSchedule: {
    readonly method: 'POST';
    readonly path: '/explain';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: {
      /** A schedule, such as `*\/5 * * * *`. */
      readonly expr: string;
      /** An IANA name, for schedules that name none; default: the zone of the server. */
      readonly tz?: string;
      /** An ISO 8601 instant, or a wall time in `tz`; default: now. Instants are strictly later. */
      readonly from?: string;
      /** Default 3. */
      readonly count?: number;
    };
    readonly answer: Explain;
  };
  /** What is wrong with a timetable; nothing of it is run or kept. */
  readonly checkTimetable: {
    readonly method: 'POST';
    readonly path: '/timetables/check';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: {
      /** The timetable. Programs, directories and files that it names are looked at for those only who may change what there is (scope admin). */
      readonly text: string;
      /** The name of its file: the extension tells the notation. Else the text does. */
      readonly name?: string;
    };
    readonly answer: Check;
  };
  /** What is counted and measured, for Prometheus. */
  readonly showMetrics: {
    readonly method: 'GET';
    readonly path: '/metrics';
    readonly parameters: Record<never, never>;
    readonly query: {
      /** Only of this one. */
      readonly namespace?: string;
    };
    readonly body: undefined;
    readonly answer: string;
  };
  /** Several requests in one, done in order: each needs the scope that it needs alone. */
  readonly askBulk: {
    readonly method: 'POST';
    readonly path: '/bulk';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: {
      /** Those behind one that fails are done all the same. */
      readonly operations: readonly BulkOperation[];
    };
    readonly answer: BulkResults;
  };
  /** This document: all routes in OpenAPI 3.1. */
  readonly showOpenApi: {
    readonly method: 'GET';
    readonly path: '/openapi.json';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: { readonly [key: string]: Json };
  };
};
