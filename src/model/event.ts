/** Everything that is told to reporters. */
import type { Problem } from '../errors.js';
import type { OverrideChange } from './override.js';
import type { Run } from './run.js';
import type { TimetableChange } from './timetable-change.js';

export type Stream = 'stdout' | 'stderr';

export type Event =
  /** The scheduler has read its timetable and begins. */
  | {
      readonly type: 'scheduler-started';
      readonly at: Date;
      readonly namespace: string;
      /** How many there are. */
      readonly jobCount: number;
      /** The first 1,000 of them. */
      readonly jobs: readonly JobPreview[];
      readonly warnings: readonly string[];
    }
  | {
      readonly type: 'scheduler-stopping';
      readonly at: Date;
      readonly reason: string;
      readonly running: number;
    }
  | { readonly type: 'scheduler-stopped'; readonly at: Date; readonly reason: string }
  | { readonly type: 'run-started'; readonly at: Date; readonly run: Run }
  | {
      readonly type: 'run-output';
      readonly at: Date;
      readonly run: Run;
      readonly stream: Stream;
      readonly chunk: Uint8Array;
    }
  | { readonly type: 'run-finished'; readonly at: Date; readonly run: Run }
  /** A due moment, or several, that was deliberately not run. */
  | { readonly type: 'run-skipped'; readonly at: Date; readonly run: Run }
  /** A due moment, or several, that could not be run. */
  | { readonly type: 'run-missed'; readonly at: Date; readonly run: Run }
  /** A run is recorded as waiting for an instant to come: the next attempt of one that failed, or one for later. */
  | {
      readonly type: 'run-planned';
      readonly at: Date;
      readonly run: Run;
      readonly plannedFor: Date;
      readonly before?: Run | undefined;
    }
  /** The wall clock and the steady clock disagree: suspended, set, or the process stood still. */
  | {
      readonly type: 'clock-jumped';
      readonly at: Date;
      readonly cause: 'asleep' | 'clock' | 'late';
      /** Milliseconds; negative when the wall clock was set back. */
      readonly byMs: number;
    }
  /** Somebody has paused or resumed jobs, or asked for moments to be left out. */
  | { readonly type: 'overrides-changed'; readonly at: Date; readonly change: OverrideChange }
  /** A changed timetable was taken over whole. */
  | {
      readonly type: 'timetable-reloaded';
      readonly at: Date;
      readonly cause: ReloadCause;
      readonly change: TimetableChange;
      /** Of those that were added or changed and are enabled. */
      readonly jobs: readonly JobPreview[];
      readonly warnings: readonly string[];
    }
  /** A changed timetable could not be taken over: the last good one goes on. */
  | {
      readonly type: 'timetable-rejected';
      readonly at: Date;
      readonly cause: ReloadCause;
      readonly problems: readonly Problem[];
    }
  /** Something is wrong that does not stop the schedule. */
  | { readonly type: 'warning'; readonly at: Date; readonly message: string };

/** What made a scheduler look at its timetable again: its files, its URL, SIGHUP, or somebody who asked for it. */
/** `api`: jobs made through the API have changed. */
export type ReloadCause = 'file' | 'url' | 'signal' | 'request' | 'api';

/** What is told about a job on start. */
export type JobPreview = {
  readonly id: string;
  readonly name: string | undefined;
  readonly target: string;
  /** Per schedule: as written, in plain English, and the next instants. */
  readonly schedules: readonly {
    readonly text: string;
    readonly meaning: string;
    readonly tz: string;
    readonly next: readonly Date[];
    /** How surprising parts were read. */
    readonly warnings: readonly string[];
  }[];
};

/** For `default:` branches: the compiler proves that every member was handled. */
export function unreachable(value: never): never {
  throw new TypeError(`not handled: ${JSON.stringify(value)}`);
}
