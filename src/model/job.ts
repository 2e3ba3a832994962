/** A task as it lives in a namespace. */
import type { Json } from './json.js';
import type { Keep } from './keep.js';
import type { Labels } from './label.js';
import type { Overrides } from './override.js';
import { plannedFor, type Run } from './run.js';

/**
 * How a job was given on a command line, so that it can be run again. What was secret in it is never kept, and neither
 * are values of variables: then it `lacks` them.
 */
export type KeptCommand =
  | {
      /** Where it was given, absolute. */
      readonly cwd: string;
      readonly words: readonly string[];
      /** Those flags of `run` that matter to its runs, by their names in camel case. */
      readonly flags: Readonly<Record<string, Json>>;
    }
  | { readonly lacks: 'secret' | 'variables' };

/** What the bookkeeping keeps of a task; no environment values. */
export type JobDefinition = {
  readonly id: string;
  /** The id of its task, where the job has arguments of its own. */
  readonly task?: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly labels?: Labels;
  /** Of a job with arguments; `***` in the place of secret ones. */
  readonly args?: Readonly<Record<string, Json>>;
  /** The target's text; steps are joined by `; `. */
  readonly target: string;
  /** As written, in order. */
  readonly schedules: readonly string[];
  /** The same as `parseScheduleObject` reads them, where the texts do not say all. */
  readonly scheduleForms?: readonly Json[];
  /** The zone of the schedules. */
  readonly tz: string;
  readonly enabled: boolean;
  /** How late a missed instant may still be run, in ms; absent: without limit, or written by an older version. */
  readonly deadlineMs?: number;
  /** How much of its past is kept; absent: as much as of any job. */
  readonly keep?: Keep;
  /** When it took the place of another definition in a scheduler that was running, ISO 8601; absent: it did not. */
  readonly since?: string;
  /** From when its schedules count that count from a start, ISO 8601; absent: the start of its scheduler. */
  readonly countsFrom?: string;
  /** Of what its timetable says beside all this, without values of variables; absent: it is from no file. */
  readonly digest?: string;
  /** Absent: it is from no command line, or written by an older version. */
  readonly command?: KeptCommand;
  /** What flags of its scheduler said in the place of its timetable; absent: nothing. */
  readonly given?: {
    /** `--when`, as written. */
    readonly when?: string;
    /** Names of those of its arguments that `--arg` gave. */
    readonly args?: readonly string[];
  };
  /** It was made through the API; absent: it comes from the source of a scheduler. */
  readonly origin?: 'api';
};

export type Job = JobDefinition & {
  readonly namespace: string;
  /** No timetable has it any more: it is known by its runs. */
  readonly isRemoved?: true;
  /** Whether it is paused now. */
  readonly paused: boolean;
  /** Pauses and skips that concern it and are not over; absent: there are none. */
  readonly overrides?: Overrides;
  /** First sight in the namespace: nothing before it is caught up. */
  readonly seenAt: Date;
  /** First sight by a scheduler; absent: none ever had it. */
  readonly scheduledSince?: Date;
  /** Until when some scheduler that had it is known to have been alive. */
  readonly attendedUntil?: Date;
  /** When the running scheduler will run it next; undefined where none runs or nothing is due. */
  readonly nextDueAt: Date | undefined;
  /** The newest that has begun, or was to begin: none that is planned. */
  readonly lastRun: Run | undefined;
  /** The soonest of its runs that are planned for an instant, by hand or as the next attempt; absent: there is none. */
  readonly planned?: Run;
};

/** When a run of it that is planned is to begin. */
export function plannedAt({ planned }: Pick<Job, 'planned'>): Date | undefined {
  return planned && (plannedFor(planned) ?? planned.scheduledAt);
}

/** When it runs next, by its schedule or because that was planned. */
export function nextRunAt(job: Pick<Job, 'nextDueAt' | 'planned'>): Date | undefined {
  const [due, planned] = [job.nextDueAt, plannedAt(job)];
  if (due === undefined || planned === undefined) return due ?? planned;
  return planned < due ? planned : due;
}
