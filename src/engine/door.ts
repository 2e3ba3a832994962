/** What can be asked of a scheduler that is running. */
import type { Run, Trigger } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { RunDetail } from './claim.js';

/** A run of a job that no schedule asks for. */
export type TriggerRequest = {
  /** It need not be one of the scheduler's jobs. */
  readonly job: ScheduledTask;
  readonly trigger: Trigger;
  readonly detail?: RunDetail | undefined;
  /** Default: now. */
  readonly at?: Date | undefined;
  /** From 1, the default. */
  readonly attempt?: number | undefined;
};

/** What became of it, at once. */
export type Triggered =
  | { readonly kind: 'started'; readonly run: Run }
  /** It is recorded, and starts when there is room or its turn has come. */
  | { readonly kind: 'waiting'; readonly run: Run }
  /** It is recorded as skipped: another run of the job is in the way. */
  | { readonly kind: 'skipped'; readonly run: Run }
  /** Nothing was recorded. */
  | { readonly kind: 'refused'; readonly message: string };

/** How a run is to be ended. */
export type StopRequest = {
  /** Default: the task's own. */
  readonly signal?: NodeJS.Signals | undefined;
  /** Until SIGKILL; default: the task's own. */
  readonly graceMs?: number | undefined;
  /** SIGKILL at once. */
  readonly kill?: boolean | undefined;
  /** Who asks. */
  readonly by?: string | undefined;
};

/** What became of the request: a run that waited is recorded as skipped. */
export type StopAnswer = 'stopping' | 'stopping-already' | 'dropped' | 'unknown';
