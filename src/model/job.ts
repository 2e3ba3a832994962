/** A task as it lives in a namespace. */
import type { Run } from './run.js';

/** What the bookkeeping keeps of a task; no environment values. */
export type JobDefinition = {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** The target's text; steps are joined by `; `. */
  readonly target: string;
  /** As written, in order. */
  readonly schedules: readonly string[];
  /** The zone of the schedules. */
  readonly tz: string;
  readonly enabled: boolean;
};

export type Job = JobDefinition & {
  readonly namespace: string;
  readonly paused: boolean;
  /** First sight in the namespace: nothing before it is caught up. */
  readonly seenAt: Date;
  /** When the running scheduler will run it next; undefined where none runs or nothing is due. */
  readonly nextDueAt: Date | undefined;
  readonly lastRun: Run | undefined;
};
