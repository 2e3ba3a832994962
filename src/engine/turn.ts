/** Runs that are claimed and wait: for another run of their job, wherever it lives, or for room in this process. */
import type { Run } from '../model/run.js';
import type { Claimed } from '../store/store.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { Clock } from './clock.js';
import type { LiveRun } from './live-run.js';

/** A due run that is recorded as waiting. */
export type Pending = { readonly planned: Planned; readonly run: Run };

export type JobState = {
  readonly live: Map<string, LiveRun>;
  /** Those that wait for a run of this job, oldest first. */
  readonly queue: Pending[];
  /** How many wait for room. */
  reserved: number;
  /** How many are the next attempts of a run, and wait for their instant: they hold the place of that run. */
  held: number;
};

export type TurnParts = {
  readonly clock: Clock;
  /** @param next - Who would take it. */
  readonly hasRoom: (next: Pending | undefined) => boolean;
  /** Try to start it, and as what; undefined when the state could not be written. */
  readonly claim: (pending: Pending) => Promise<{ readonly run: Run; readonly answer: Claimed } | undefined>;
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
  next(state: JobState): Promise<void>;
  /** Those of a job that wait for their turn and are due by then; they do so no longer. */
  takeQueue(state: JobState, dueBy: Date): readonly Pending[];
  takeAll(): readonly Pending[];
  /** One that waits; it does so no longer. */
  take(runId: string): Pending | undefined;
  /** Do something about runs that wait no longer; they count until it is done. */
  giveUp<Each>(pending: readonly Each[], end: (pending: Each) => Promise<void>): Promise<void>;
  close(): void;
};

/** Nobody tells when a run of another process ends. */
const LOOK_EVERY_MS = 250;
/** Whoever owns a run that is to be replaced stops it; where nobody does, it is ended from here after this time. */
const PATIENCE_MS = 1_000;

export function createTurns(parts: TurnParts): Turns {
  const { clock } = parts;
  const states = new Map<string, JobState>();
  const crowd: Pending[] = [];
  /** Jobs whose runs wait for a run of another process, or for storage, and since when. */
  const blocked = new Map<JobState, { readonly sinceMs: number; hasAsked: boolean }>();
  let queued = 0;
  /** Those that leave the crowd, and have not been accepted yet. */
  let rising = 0;
  let leaving = 0;
  let isClosed = false;
  let cancelLook: (() => void) | undefined;

  const of = (job: ScheduledTask): JobState => {
    const known = states.get(job.task.id);
    if (known) return known;
    const state: JobState = { live: new Map(), queue: [], reserved: 0, held: 0 };
    states.set(job.task.id, state);
    return state;
  };

  const enqueue = (state: JobState, pending: Pending): void => {
    // Ids begin with the instant at which a run is due.
    const later = state.queue.findIndex(({ run }) => run.id > pending.run.id);
    state.queue.splice(later < 0 ? state.queue.length : later, 0, pending);
    queued++;
  };

  const block = (state: JobState): void => {
    if (!blocked.has(state)) blocked.set(state, { sinceMs: clock.steadyMs(), hasAsked: false });
    lookLater();
  };

  const lookLater = (): void => {
    if (cancelLook !== undefined || isClosed) return;
    cancelLook = clock.after(LOOK_EVERY_MS, () => {
      cancelLook = undefined;
      look().catch(parts.failed);
    });
  };

  const look = async (): Promise<void> => {
    for (const state of [...blocked.keys()]) {
      if (state.queue.length === 0 || isTaken(state)) blocked.delete(state);
      else await tryHead(state);
    }
    await fill();
    if (blocked.size > 0) lookLater();
    parts.settled();
  };

  /** @returns Whether the job has come one step further. */
  const tryHead = async (state: JobState): Promise<boolean> => {
    if (state.queue.length === 0 || isTaken(state)) return false;
    const pending = parts.hasRoom(state.queue[0]) ? state.queue.shift() : undefined;
    if (pending === undefined) {
      block(state);
      return false;
    }
    const claimed = await parts.claim(pending);
    queued--;
    // What waits for places that jobs share does not wait for its job any more.
    const isThrough = claimed?.answer.kind !== 'waiting' || claimed.answer.limit !== undefined;
    if (claimed !== undefined && isThrough) {
      blocked.delete(state);
      parts.accept({ ...pending, run: claimed.run }, claimed.answer);
      return true;
    }
    enqueue(state, pending);
    block(state);
    if (claimed?.answer.kind === 'waiting') askHolder(state, pending, claimed.answer.holder);
    return false;
  };

  const askHolder = (state: JobState, { planned: { job } }: Pending, holder: Run | undefined): void => {
    const wait = blocked.get(state);
    if (wait === undefined || wait.hasAsked || job.task.policy.overlap !== 'replace') return;
    if (holder?.status === 'stopping' || clock.steadyMs() - wait.sinceMs < PATIENCE_MS) return;
    if (holder?.process === undefined) return;
    wait.hasAsked = true;
    parts.endOther(holder, job);
  };

  const fillRoom = async (): Promise<void> => {
    while (parts.hasRoom(crowd[0])) {
      const pending = crowd.shift();
      if (pending === undefined) return;
      rising++;
      try {
        const claimed = await parts.claim(pending);
        if (claimed === undefined) {
          crowd.unshift(pending);
          return;
        }
        of(pending.planned.job).reserved--;
        parts.accept({ ...pending, run: claimed.run }, claimed.answer);
      } finally {
        rising--;
      }
    }
  };

  const fill = async (): Promise<void> => {
    await fillRoom();
    if (crowd.length > 0) lookLater();
  };

  const takeQueue = (state: JobState, isMeant: (pending: Pending) => boolean = () => true): Pending[] => {
    const [taken, left] = [state.queue.filter(isMeant), state.queue.filter((each) => !isMeant(each))];
    state.queue.splice(0, state.queue.length, ...left);
    queued -= taken.length;
    return taken;
  };

  return {
    get size() {
      return queued + crowd.length + rising + leaving;
    },
    get isCrowded() {
      return crowd.length > 0;
    },
    of,
    count(job, by) {
      const state = of(job);
      state.held += by;
      // Where it does not start, nobody tells those behind it.
      if (state.queue.length > 0 && !isTaken(state)) block(state);
    },
    add(pending, what) {
      const state = of(pending.planned.job);
      if (what === 'room') {
        crowd.push(pending);
        state.reserved++;
        // Those that hold the room may turn out to be somebody else's.
        lookLater();
        return;
      }
      enqueue(state, pending);
      if (!isTaken(state)) block(state);
    },
    async next(state) {
      if (isClosed) return;
      // What was recorded as waiting and turns out to be somebody else's makes way for the one behind it.
      while (state.queue.length > 0 && !isTaken(state) && (await tryHead(state)));
      await fill();
    },
    takeQueue: (state, dueBy) => takeQueue(state, ({ planned }) => planned.dueAt <= dueBy),
    takeAll() {
      const all = [...crowd.splice(0), ...[...states.values()].flatMap((state) => takeQueue(state))];
      for (const state of states.values()) state.reserved = 0;
      blocked.clear();
      return all;
    },
    take(runId) {
      const at = crowd.findIndex(({ run }) => run.id === runId);
      const [reserve] = at < 0 ? [] : crowd.splice(at, 1);
      if (reserve !== undefined) {
        of(reserve.planned.job).reserved--;
        return reserve;
      }
      for (const { queue } of states.values()) {
        const place = queue.findIndex(({ run }) => run.id === runId);
        if (place < 0) continue;
        queued--;
        return queue.splice(place, 1)[0];
      }
      return undefined;
    },
    async giveUp(pending, end) {
      if (pending.length === 0) return;
      leaving += pending.length;
      await Promise.all(pending.map(end)).finally(() => {
        leaving -= pending.length;
      });
      parts.settled();
    },
    close() {
      isClosed = true;
      cancelLook?.();
    },
  };
}

/** Whether those that wait for their turn will be told when it comes. */
function isTaken(state: JobState): boolean {
  return state.live.size > 0 || state.held > 0;
}
