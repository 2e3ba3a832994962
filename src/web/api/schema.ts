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

/** Stable; docs/errors.md says more of each. More may come. */
export type ErrorCode = "USAGE" | "SCHEDULE_INVALID" | "DURATION_INVALID" | "SIZE_INVALID" | "ZONE_UNKNOWN" | "TARGET_INVALID" | "ARGS_INVALID" | "TEMPLATE_INVALID" | "TIMETABLE_INVALID" | "FILE_NOT_FOUND" | "FILE_UNREADABLE" | "FILE_EXISTS" | "FILE_UNWRITABLE" | "SETTING_INVALID" | "ID_INVALID" | "ID_UNKNOWN" | "ID_AMBIGUOUS" | "ALREADY_RUNNING" | "NOT_RUNNING" | "CONFLICT" | "CHANGED" | "NOT_ALLOWED" | "REFUSED" | "UNANSWERED" | "ADDRESS_UNAVAILABLE" | "INSECURE" | "STATE_UNAVAILABLE" | "STATE_NEWER";

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

export type Job = {
  readonly namespace: string;
  readonly id: string;
  /** The id of its task, where the job has arguments of its own. */
  readonly task?: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly target: string;
  readonly schedules: readonly string[];
  readonly tz: string;
  readonly enabled: boolean;
  readonly paused: boolean;
  /** That concern it and are not over; left out where there are none. */
  readonly pauses?: readonly Pause[];
  /** To come; left out where there are none. */
  readonly skips?: readonly Skip[];
  /** First sight in the namespace. */
  readonly seenAt: string;
  /** Null where no scheduler runs it or nothing is due. */
  readonly nextDueAt: string | null;
  /** The newest that ran or runs. */
  readonly lastRun: Run | null;
  /** When a scheduler that was running took over the definition that holds; absent: it began with it. */
  readonly since?: string;
  /** It was made through the API; absent: it comes from a source. */
  readonly origin?: "api";
  /** Of the HTTP API only: the last runs and moments that were not run, newest last, as far as they are among the newest of the namespace. */
  readonly recent?: readonly RecentRun[];
};

export type JobPage = {
  readonly items: readonly Job[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
  readonly total: number;
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

export type Location = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** In a value of the request: task.when. */
  readonly path?: string;
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

export type RunPage = {
  readonly items: readonly Run[];
  /** The cursor of what follows; null: this is the end. */
  readonly next: string | null;
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

export type StopAnswer = {
  readonly run: string;
  /** dropped: it waited for its turn, and is recorded as skipped. */
  readonly answer: "stopping" | "stopping-already" | "dropped";
};

/** What a timetable has below tasks: ID: */
export type Task = { readonly [key: string]: Json };

export type TriggerAnswer = {
  readonly kind: "started" | "waiting" | "skipped";
  readonly run: Run;
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
  /** The schedulers that answer here. */
  readonly listSchedulers: {
    readonly method: 'GET';
    readonly path: '/schedulers';
    readonly parameters: Record<never, never>;
    readonly query: Record<never, never>;
    readonly body: undefined;
    readonly answer: readonly SchedulerStatus[];
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
      /** Text in the id, the name or the target. */
      readonly search?: string;
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
  /** One job. */
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
      /** An instant, in UTC; until then the run is recorded as waiting. Default: now. */
      readonly at?: string;
    };
    readonly answer: TriggerAnswer;
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
    };
    readonly answer: {
      readonly kind: "started" | "waiting" | "skipped";
      readonly run: Run;
    };
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
