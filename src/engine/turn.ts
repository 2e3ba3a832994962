/** Runs that are claimed and wait: for another run of their job, wherever it lives, or for room in this process. */
import type { Run } from '../model/run.js';
import type { Claimed } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Clock } from './clock.js';
import type { LiveRun } from './live-run.js';
import {
  advance,
  countHeld,
  fill,
  giveUp,
  take,
  takeAll,
  takeQueue,
  waitForRoom,
  waitForTurn,
} from './queue.js';

/** A due run that is recorded as waiting. */
export type Pending = { readonly planned: Planned; readonly run: Run };

export type JobState = {
  /** Mostly one, and never changed in place: as many jobs as there are have such a list. */
  live: readonly LiveRun[];
  /** Those that wait for a run of this job, oldest first. */
  readonly queue: Pending[];
  /** How many wait for room. */
  reserved: number;
  /** How many are the next attempts of a run, and wait for their instant: they hold the place of that run. */
  held: number;
};

/** As it was claimed, and what came of that. */
export type ClaimedRun = { readonly pending: Pending; readonly answer: Claimed };

export type TurnParts = {
  readonly clock: Clock;
  /** @param next - Who would take it. @param beside - How many others are about to start. */
  readonly hasRoom: (next: Pending | undefined, beside?: number) => boolean;
  /**
   * Try to start them.
   *
   * @param act - Told as what, before their room is counted as free again; undefined: the state could not be written.
   */
  readonly claim: <Result>(
    some: readonly Pending[],
    act: (claimed: readonly ClaimedRun[] | undefined) => Result,
  ) => Promise<Result>;
  readonly accept: (pending: Pending, answer: Claimed) => void;
  readonly endOther: (run: Run, job: ScheduledTask) => void;
  readonly settled: () => void;
  readonly failed: (error: unknown) => void;
};

export type Turns = {
  readonly size: number;
  /** Whether some wait for room: who comes now has to wait behind them. */
  readonly isCrowded: boolean;
  of(job: ScheduledTask): JobState;
  /** A run of the job is held elsewhere, or is so no longer. */
  count(job: ScheduledTask, by: 1 | -1): void;
  /** Let a run wait for room in this process, or for its turn among the runs of its job. */
  add(pending: Pending, what: 'room' | 'turn'): void;
  /** A place has become free: the next of the job, and those that wait for room. */
  next(ofJob: JobState): Promise<void>;
  /** Those of a job that wait for their turn and are due by then; they do so no longer. */
  takeQueue(ofJob: JobState, dueBy: Date): readonly Pending[];
  takeAll(): readonly Pending[];
  /** One that waits; it does so no longer. */
  take(runId: string): Pending | undefined;
  /** Do something about runs that wait no longer; they count until it is done. */
  giveUp<Each>(pending: readonly Each[], end: (pending: Each) => Promise<void>): Promise<void>;
  close(): void;
};

/** What waits, for what, and how many are on their way from waiting to somewhere else. */
export type TurnState = {
  /** Asked for once something waits. */
  readonly parts: () => TurnParts;
  readonly jobs: Map<string, JobState>;
  /** Those that wait for room. */
  readonly crowd: Pending[];
  /** Jobs whose runs wait for a run of another process, or for storage, and since when. */
  readonly blocked: Map<JobState, { readonly sinceMs: number; hasAsked: boolean }>;
  queued: number;
  /** Those that leave the crowd, and have not been accepted yet. */
  rising: number;
  leaving: number;
  /** Somebody starts those for which there is room. */
  isFilling: boolean;
  isClosed: boolean;
  cancelLook: (() => void) | undefined;
};

/** @param makeParts - Called when something waits for the first time: in a one-shot, nothing does. */
export function createTurns(makeParts: () => TurnParts): Turns {
  let made: TurnParts | undefined;
  const state: TurnState = {
    parts() {
      made ??= makeParts();
      return made;
    },
    jobs: new Map(),
    crowd: [],
    blocked: new Map(),
    queued: 0,
    rising: 0,
    leaving: 0,
    isFilling: false,
    isClosed: false,
    cancelLook: undefined,
  };
  const of = (job: ScheduledTask): JobState => jobStateOf(state, job);
  return {
    get size() {
      return state.queued + state.crowd.length + state.rising + state.leaving;
    },
    get isCrowded() {
      return state.crowd.length > 0;
    },
    of,
    count: (job, by) => countHeld(state, of(job), by),
    add(pending, what) {
      const ofJob = of(pending.planned.job);
      if (what === 'room') waitForRoom(state, ofJob, pending);
      else waitForTurn(state, ofJob, pending);
    },
    async next(ofJob) {
      if (state.isClosed) return;
      if (ofJob.queue.length > 0) await advance(state, ofJob);
      if (state.crowd.length > 0) await fill(state);
    },
    takeQueue: (ofJob, dueBy) => takeQueue(state, ofJob, dueBy),
    takeAll: () => takeAll(state),
    take: (runId) => take(state, runId),
    giveUp: (pending, end) => giveUp(state, pending, end),
    close() {
      state.isClosed = true;
      state.cancelLook?.();
    },
  };
}

function jobStateOf({ jobs }: TurnState, { task: { id } }: ScheduledTask): JobState {
  const known = jobs.get(id);
  if (known) return known;
  const ofJob: JobState = { live: [], queue: [], reserved: 0, held: 0 };
  jobs.set(id, ofJob);
  return ofJob;
}
