/** The port through which the engine runs targets. */
import type { Stream } from '../model/event.js';
import type { Json } from '../model/json.js';
import type { StopPolicy } from '../model/policy.js';
import type { Outcome, ProcessId } from '../model/run.js';
import type { Target } from '../model/target.js';

/** All that is needed to run one target once. */
export type ExecutionRequest = {
  readonly runId: string;
  readonly target: Target;
  /** Complete: nothing else is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Names in `env` that the task itself sets: a container gets these and the run's own `SUPERTASK_*`, not the
   * whole environment of the host. Undefined: those that differ from supertask's own environment.
   */
  readonly ownEnv?: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly timeoutMs: number | undefined;
  readonly stop: StopPolicy;
  readonly context: TaskContext;
  /**
   * Told soon after the process was started, and before anything that it writes; not told of one that could not be
   * started or has ended by then.
   */
  readonly started?: (process: ProcessId) => void;
  /** Bytes in the order they were read. Returning a promise pauses that stream until it settles. */
  readonly output: (stream: Stream, chunk: Buffer) => Promise<void> | undefined;
};

/** What snippets and functions see as `task`. */
export type TaskContext = {
  readonly namespace: string;
  readonly job: string;
  readonly runId: string;
  readonly attempt: number;
  readonly trigger: string;
  readonly scheduledAt: Date;
  readonly startedAt: Date;
  /** When the scheduler (or the one-shot) started: `task.elapsed` counts from it. */
  readonly schedulerStartedAt: Date;
  /** Parameters of this run, by name. */
  readonly params?: Readonly<Record<string, Json>>;
};

/** A target that is being run. */
export interface Execution {
  /** Settles when the process group has ended and its output was read. Never rejects. */
  readonly ended: Promise<Outcome>;
  /** Signal the whole group (default: the request's stop signal); SIGKILL after the grace (default: the request's). */
  stop(signal?: NodeJS.Signals, graceMs?: number): void;
  /** SIGKILL the whole group now. */
  kill(): void;
}

/** What can be said of a run before its instant: its environment has all but `LATE_VARIABLE`. */
export type Preparation = Pick<ExecutionRequest, 'runId' | 'target' | 'env' | 'cwd'>;

/** Known only when the run has been claimed: it reaches a prepared process when it is let go. */
export const LATE_VARIABLE = 'SUPERTASK_STARTED_AT';

/** A process that stands ready and has not begun its work. One of the two is called, once. */
export interface Prepared {
  /**
   * Let it go.
   *
   * @returns Nothing when it is gone, or is not what the request asks for; then nothing has run.
   */
  start(request: ExecutionRequest): Execution | undefined;
  /** Send it away: nothing of the target runs. */
  discard(): void;
}

export interface Executor {
  /** Start a target at once. Failing to start is an outcome, not an exception. */
  start(request: ExecutionRequest): Execution;
  /**
   * Get a process ready ahead of time, so that starting it costs next to nothing. Should supertask be killed, it
   * goes without having run anything.
   *
   * @returns Nothing for targets that cannot be prepared; `start` says what is wrong with them, if anything.
   */
  prepare?(preparation: Preparation): Prepared | undefined;
  /**
   * End the processes of a run that another supertask started: its stop signal to the group, SIGKILL after the grace.
   * Does nothing when that very process does not live any more.
   */
  endOther(run: { readonly id: string; readonly process: ProcessId }, stop: StopPolicy): void;
}
