/** The port through which everything is kept and found again. */
import type { Stream } from '../model/event.js';
import type { Job, JobDefinition } from '../model/job.js';
import type { KeptJobs } from '../model/kept-job.js';
import type { Namespace, Origin } from '../model/namespace.js';
import type { Overrides } from '../model/override.js';
import type { ProcessId, Run, RunChange, RunStatus, Trigger } from '../model/run.js';

/** Reading never blocks a writer, never needs a lock and works on a read-only file system. */
export interface Store {
  /**
   * Become a writer of a namespace; creates it on first sight.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE` when nothing can be written, `STATE_NEWER` for a newer format.
   */
  open(id: string, origin: Origin, writer: WriterOptions): Promise<Writer>;
  /** @param isWanted - Summing up a namespace costs as much as it has jobs: only of these it is done. Default: of all. */
  namespaces(isWanted?: (namespace: Namespace) => boolean): Promise<readonly NamespaceSummary[]>;
  /**
   * Jobs of one namespace with their last runs (skipped and missed moments are not runs); `nextDueAt` is left
   * undefined. A job that a later schedule no longer has is left out.
   */
  jobs(namespace: string): Promise<readonly Job[]>;
  /**
   * What schedulers of a namespace had of a job, and since when, oldest first, as far as is remembered. Each entry holds
   * until the next one.
   */
  definitions(namespace: string, job: string): Promise<readonly HeldDefinition[]>;
  /** Newest first. Runs left open by a dead writer appear as `errored/lost`. */
  runs(query: RunQuery): Promise<readonly Run[]>;
  /** Live schedulers of a namespace. */
  schedulers(namespace: string): Promise<readonly SchedulerInfo[]>;
  /**
   * The captured bytes of one stream, in order; nothing when none were kept.
   *
   * @param options - `from`: the first byte wanted; negative counts from the end. What a running run has written so
   *   far can be followed by asking again from the byte after the last one.
   */
  output(
    run: Pick<Run, 'id' | 'namespace'>,
    stream: Stream,
    options?: { readonly from?: number | undefined },
  ): AsyncIterable<Buffer>;
  /**
   * Jobs of a namespace that were made through the API, where they have changed since they looked like `seen`
   * (default: there were none); absent: there never are any.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE`, `STATE_NEWER`
   */
  keptJobs?(
    namespace: string,
    seen?: string,
  ): Promise<{ readonly stamp: string; readonly jobs: KeptJobs } | undefined>;
}

/** `definition`: undefined where the scheduler did not have the job. */
export type HeldDefinition = { readonly at: Date; readonly definition: JobDefinition | undefined };

export type WriterOptions = {
  readonly mode: 'schedule' | 'once';
  readonly startedAt: Date;
  /** Told what is wrong with the state and was mended or worked around. */
  readonly warn?: ((message: string) => void) | undefined;
};

export type NamespaceSummary = Namespace & { readonly jobs: number; readonly runs: number };

/** A scheduler that is alive now. */
export type SchedulerInfo = {
  readonly process: ProcessId;
  readonly startedAt: Date;
  /** The jobs it schedules. */
  readonly jobs: readonly string[];
};

/** Where a run stands among all, newest first; it need not be there (any more). */
export type RunPosition = Pick<Run, 'scheduledAt' | 'attempt' | 'id'>;

export type RunQuery = {
  /** All namespaces when undefined. */
  readonly namespace?: string | undefined;
  readonly job?: string | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  /** Scheduled at or after. */
  readonly since?: Date | undefined;
  /** Scheduled at or before. */
  readonly until?: Date | undefined;
  /** Only records that stand for several due moments, between the first and the last of which this instant lies. */
  readonly covering?: Date | undefined;
  /** Ids that start so. */
  readonly idPrefix?: string | undefined;
  readonly trigger?: readonly Trigger[] | undefined;
  /** Only those that come after this one, newest first: the rest of a list that was cut here. */
  readonly after?: RunPosition | undefined;
  readonly limit: number;
};

/** One process that records what happens in one namespace. */
export interface Writer {
  readonly namespace: string;
  /** Whether nothing was known of the namespace before. */
  readonly isNew?: boolean;
  /**
   * Reserve runs for this process and keep them, durably, before anything of them starts.
   *
   * At most one caller ever owns a run id, on one host, whatever happens to clocks and locks. A caller that dies
   * afterwards loses the run; nobody else gets it. Answers stand in the order of the claims. Claims whose status
   * is already final (`skipped`, `missed`) are recorded as such and have no output; those with status `waiting` are
   * owned and recorded, and hold no place among those that live or wait for them, but that of `inPlaceOf`.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE` when the journal cannot be written; then nothing was claimed.
   */
  claim(claims: readonly Claim[]): Promise<readonly Claimed[]>;
  /** What `OutputSink.namedOutput` will be for a run, should it be owned. */
  namedOutput(runId: string): string | undefined;
  /**
   * Keep a change. Durable when the promise settles if `durable` (the default for final states). One with `marked` is
   * all of a run that has ended, in whatever process, and takes the place of its record.
   */
  record(change: RunChange, options?: { readonly durable?: boolean }): Promise<void>;
  /**
   * What is scheduled; replaces the earlier set of this writer.
   *
   * @param jobs - May be gone through again later, and must be the same then.
   * @param at - Since when; as told by the last heartbeat, else the start, if not given.
   * @throws {SupertaskError} `STATE_UNAVAILABLE` when it could not be kept; the earlier set holds.
   */
  setJobs(jobs: Iterable<JobDefinition>, at?: Date): Promise<void>;
  /** What is known of the namespace's jobs and how long it was unattended; asked once, on start. */
  past(): Promise<ReadonlyMap<string, JobPast>>;
  /**
   * Say that this writer lives, and end the runs of writers that do not. Returns the runs found lost, and, as
   * `waiting`, those planned for an instant by schedulers that are gone, which a scheduler takes over: they are now
   * its own.
   *
   * @param attendedUntil - All that was due up to then was claimed; `now` if not given.
   */
  heartbeat(now: Date, attendedUntil?: Date): Promise<readonly Run[]>;
  /**
   * Pauses and skips, where they have changed since this was asked last; absent: there never are any.
   *
   * @throws {SupertaskError} `STATE_UNAVAILABLE` when they cannot be read; they still count as changed then.
   */
  overrides?(): Promise<Overrides | undefined>;
  /**
   * Flush, say that this writer ended, and let go of everything.
   *
   * @param attendedUntil - All that was due up to then was claimed; as the last heartbeat said if not given.
   */
  close(reason: string, attendedUntil?: Date): Promise<void>;
}

/** At most `max` live runs of the whole namespace, of whatever jobs, share a key. */
export type Limit = { readonly key: string; readonly max: number };

export type Claim = {
  readonly run: Run;
  /** At most this many live runs of the job in the whole namespace; undefined: no limit. */
  readonly maxLive?: number | undefined;
  /**
   * Where `maxLive` is reached, at most this many runs of the job wait, in the whole namespace, and start in the order
   * of their ids. Default 0: it is recorded as skipped.
   */
  readonly maxWaiting?: number | undefined;
  /**
   * Of one that waits: a run of this writer that is about to end. It hands over its place, so that others of the job
   * are held off until the one that waits has ended as well.
   */
  readonly inPlaceOf?: string | undefined;
  /**
   * Of one that is to start: a place of each key is needed, and none is held while one of them is missing. Those that
   * are due earlier come first. Meanwhile it waits, and keeps the place that it has among the runs of its job.
   */
  readonly limits?: readonly Limit[] | undefined;
};

export type Claimed =
  | { readonly kind: 'owned'; readonly output: OutputSink }
  /** Recorded as it was given: a skipped or missed moment. */
  | { readonly kind: 'recorded' }
  /** Owned and recorded as `waiting`. To try again, claim it again; to give it up, record its end. */
  | {
      readonly kind: 'waiting';
      readonly run: Run;
      readonly holder: Run | undefined;
      /** The key of the limit that it waits for; absent: it waits for something else. */
      readonly limit?: string | undefined;
    }
  /** Somebody has this run already. */
  | { readonly kind: 'duplicate' }
  /** Owned, but `maxLive` runs of the job are alive; it is recorded as `skipped/overlap`, naming `holder`. */
  | { readonly kind: 'overlap'; readonly run: Run; readonly holder: Run | undefined };

/** Only of jobs that some earlier writer of mode `schedule` had. */
export type JobPast = {
  readonly seenAt: Date;
  /** Until when some scheduler of the namespace that had this job is known to have been alive. */
  readonly attendedUntil: Date | undefined;
  /** The latest due instant that has a record; runs by hand have none. */
  readonly lastDueAt: Date | undefined;
  /** The latest that is to come and has a record all the same: the clock was set back since; absent: there is none. */
  readonly aheadAt?: Date | undefined;
  /** The newest that ran or runs; skipped and missed moments are not runs. */
  readonly lastRun: Run | undefined;
};

/** Where a run's bytes go. Never throws: output that cannot be kept is counted and marked. */
export interface OutputSink {
  /** A file that the run may write `NAME=value` lines to; undefined where there is none. */
  readonly namedOutput: string | undefined;
  write(stream: Stream, chunk: Uint8Array): void;
  /** What is written from now on is of this step, from 1. Of runs with one step it is not told. */
  beginStep(step: number): void;
  /** What was named in `namedOutput` since this was asked; undefined: nothing. The file is gone afterwards. */
  takeOutputs(): Readonly<Record<string, string>> | undefined;
  close(): OutputSummary;
}

export type OutputSummary = {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly truncated: boolean;
  /** What the run named in `namedOutput`; absent when it named nothing. */
  readonly outputs?: Readonly<Record<string, string>>;
};
