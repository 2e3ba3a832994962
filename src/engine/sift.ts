/** What is asked before due moments are run: whether people have said that they are not to be. */
import type { OverrideChange, Overrides } from '../model/override.js';
import type { Run } from '../model/run.js';
import type { JobPast } from '../store/store.js';
import type { DueJob, ScheduledTask } from './agenda.js';
import type { Backlog } from './missed.js';

/** Moments that are not run, told by one record. */
export type Withheld = {
  readonly reason: 'paused' | 'operator';
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
  readonly evidence: NonNullable<Run['evidence']>;
};

/** What is due of a job, once what is withheld is taken out. */
export type SiftedJob = {
  readonly job: ScheduledTask;
  /** Oldest first. */
  readonly backlogs: readonly Backlog[];
  readonly withheld: readonly Withheld[];
  /** The first moment that this stands for. */
  readonly first: Date;
};

export type Sieve = {
  /** What people have said since, or taken back. */
  changeTo(overrides: Overrides, now: Date): OverrideChange | undefined;
  /** Put what people say now in the place of what they said. @returns What is to be recorded of pauses that ended. */
  replace(overrides: Overrides, now: Date): readonly SiftedJob[];
  sift(due: readonly DueJob[]): readonly SiftedJob[];
  /** What is counted and not recorded yet; it counts as recorded from here on. */
  takeAll(): readonly SiftedJob[];
  withholds(job: ScheduledTask, at: Date): boolean;
  /** The first moment from `at` on, which is due, that is run. */
  firstFrom(job: ScheduledTask, at: Date | undefined): Date | undefined;
  /** Up to where a job's moments have a record, as far as pauses go whose scheduler was killed. */
  recordedUntil(jobId: string, attended: Date, past: JobPast | undefined): Date;
};

/** Where nobody can say anything: in a one-shot and in a simulation. */
export const NO_SIEVE: Sieve = {
  changeTo: () => undefined,
  replace: () => [],
  sift: (due) =>
    due.map(({ job, backlog }) => ({ job, backlogs: [backlog], withheld: [], first: backlog.first })),
  takeAll: () => [],
  withholds: () => false,
  firstFrom: (_, at) => at,
  recordedUntil: (_, attended) => attended,
};
