/** Due runs that are held back: by conditions, by other tasks, by pools. They are on record as waiting meanwhile. */
import type { Gate } from '../model/gate.js';
import type { Reason, Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import { dependentsOf } from './dependent.js';
import type { StopRequest } from './door.js';
import { type GateAnswer, type GateParts, lookAtGate } from './gate.js';
import { type Held, isAttempt } from './later.js';
import { gateFor } from './planned-gate.js';
import { createPoolQueue } from './pool.js';
import { type Busy, busyWith, describeHolder, fullPool, messageOf, type Shut } from './shut.js';
import type { Pending } from './turn.js';
import { sinceOf, untilOf } from './waiting-time.js';

export type WaitingRoomParts = GateParts & {
  readonly jobOf: (jobId: string) => ScheduledTask | undefined;
  readonly followersOf: (taskId: string) => readonly ScheduledTask[];
  /** Hold it until another look. */
  readonly hold: (held: Held) => void;
  /** These are looked at now, as far as they are held. */
  readonly hasten: (runIds: Iterable<string>) => void;
  /** Nothing is in its way: it starts, or waits for its turn. */
  readonly start: (held: Held) => Promise<void>;
  readonly end: (pending: Pending, change: Partial<Run>) => Promise<void>;
  /** Keep why it waits. */
  readonly note: (run: Run) => void;
  readonly isOurs: (runId: string) => boolean;
  /** One that is held; it is so no longer. */
  readonly take: (runId: string) => Pending | undefined;
  /** How many runs go on here. */
  readonly going: () => number;
  /** A run of the job is held back, or is so no longer. */
  readonly count: (job: ScheduledTask, by: 1 | -1) => void;
  readonly trigger: (planned: Planned) => void;
  readonly isClosed: () => boolean;
  readonly settled: () => void;
  readonly failed: (error: unknown) => void;
};

export type WaitingRoom = {
  /** Runs that are being looked at. */
  readonly size: number;
  /** Those that are held back, or are being looked at. */
  ids(): Iterable<string>;
  /** See whether it may start; nothing is left to do for who calls. */
  examine(held: Held): void;
  /** It has waited under an earlier scheduler: the next moments of its job come after it. */
  expect(held: Held): void;
  /** It waits no longer, or does not go on any more. */
  leave(runId: string): void;
  /** It has passed, and the store says that a pool has no place for it. Until then it was about to start. */
  noteFull(
    planned: Planned,
    run: Run,
    full: { readonly limit: string; readonly holder: Run | undefined },
  ): void;
  /** A run has ended, or was recorded without having started: what waited for it is looked at. */
  noteEnd(run: Run): void;
  /** So many runs of the same job that are due no later than this one give way to it, oldest first. */
  replace(planned: Planned, evidence: NonNullable<Run['evidence']>, most: number): Promise<void>;
  /** Ask one that is being looked at not to start. @returns Whether there is one. */
  stop(runId: string, how: StopRequest): boolean;
  close(): void;
};

/** Others do not tell when they make room, nor when they have ended. */
const LOOK_AT_POOLS_MS = 250;
const LOOK_AT_OTHERS_MS = 1_000;
/** Of those that are far from having a place; each end here wakes those that have come nearer. */
const FAR_FROM_POOL_MS = 30_000;

type WaitingRun = Held & { readonly run: Run };
/** Why one is dropped that waits. */
type Drop = {
  readonly reason: 'operator' | 'overlap';
  readonly evidence: NonNullable<Run['evidence']>;
};

export function createWaitingRoom(parts: WaitingRoomParts): WaitingRoom {
  const { clock } = parts;
  /** Runs that have passed and not ended yet. */
  const passed = new Set<string>();
  const queue = createPoolQueue();
  const waiting = new Map<string, Planned>();
  /** Of these, those that wait for something else than pools. */
  const elsewhere = new Set<string>();
  const looking = new Map<string, Drop | undefined>();
  /** Of those that wait, the ones that count here among the runs of their jobs. */
  const counted = new Map<string, ScheduledTask>();

  const count = (runId: string, job: ScheduledTask): void => {
    if (counted.has(runId)) return;
    counted.set(runId, job);
    parts.count(job, 1);
  };
  const uncount = (runId: string): void => {
    const job = counted.get(runId);
    counted.delete(runId);
    if (job !== undefined) parts.count(job, -1);
  };
  const stopWaiting = (runId: string): void => {
    waiting.delete(runId);
    elsewhere.delete(runId);
    uncount(runId);
  };
  const startWaiting = (runId: string, planned: Planned): void => {
    count(runId, planned.job);
    if (waiting.has(runId)) return;
    waiting.set(runId, planned);
    elsewhere.add(runId);
  };
  const hold = (held: WaitingRun): void => {
    // A further attempt counts by itself while it is held.
    if (isAttempt(held)) uncount(held.run.id);
    parts.hold(held);
  };
  const isOther = ({ id }: Run): boolean => !parts.isOurs(id) && !passed.has(id);
  const leave = (runId: string): void => {
    passed.delete(runId);
    queue.remove(runId);
    stopWaiting(runId);
  };

  const examine = (held: Held): void => {
    const { planned, run } = held;
    const gate = gateFor(planned);
    if (run === undefined || gate === undefined) {
      parts.start(held).catch(parts.failed);
      return;
    }
    startWaiting(run.id, planned);
    looking.set(run.id, undefined);
    look({ ...held, run }, gate)
      .catch(parts.failed)
      .finally(() => {
        looking.delete(run.id);
        parts.settled();
      });
  };

  const look = async (held: WaitingRun, gate: Gate): Promise<void> => {
    const { planned, run } = held;
    const since = sinceOf(run, clock.now());
    const until = untilOf(gate, since, 'dependency', planned);
    // Conditions and other tasks are done with once it waits for a pool: it keeps those behind it waiting.
    const isThrough = run.evidence?.['pool'] !== undefined;
    const answer = isThrough ? OPEN : await lookAtGate(gate, planned, run, until, parts);
    const busy = answer.kind === 'open' ? await pass(run, gate) : undefined;
    const how = looking.get(run.id);
    if (how !== undefined || parts.isClosed()) passed.delete(run.id);
    if (how !== undefined) {
      await drop(held, how);
    } else if (parts.isClosed()) {
      // Whether it waits on for the next scheduler or ends here is decided where all that is held is.
      hold(held);
    } else if (answer.kind === 'shut') {
      await holdBack(held, gate, since, answer);
    } else if (busy !== undefined) {
      await holdBack(held, gate, since, busy);
    } else {
      queue.remove(run.id);
      stopWaiting(run.id);
      await parts.start(held);
    }
  };

  const drop = (held: Omit<WaitingRun, 'atMs'>, { reason, evidence }: Drop): Promise<void> =>
    finish(held, 'skipped', reason, evidence);

  /** @returns What is in the way; nothing when it may ask for its places. */
  const pass = async ({ id }: Run, { pools, whenIdle }: Gate): Promise<Busy | undefined> => {
    const going = whenIdle ? await countOthers() : 0;
    // From here on nothing is waited for: of two that look at the same time, one finds the other.
    if (going > 0) return busyWith('nothing else to be going', `${going} are going`);
    const far = queue.far(id, pools);
    if (far !== undefined) return fullPool(far.name, 'many wait longer');
    passed.add(id);
    return undefined;
  };

  const countOthers = async (): Promise<number> => {
    const others = (await parts.surroundings.going()).filter(isOther);
    const arriving = [...passed].filter((each) => !parts.isOurs(each)).length;
    return parts.going() + arriving + others.length;
  };

  const holdBack = async (held: WaitingRun, gate: Gate, since: Date, shut: Shut): Promise<void> => {
    const { by, what, found, hopeless } = shut;
    const pool = shut.by === 'pool' ? shut.pool : undefined;
    const now = clock.now();
    const until = untilOf(gate, since, by, held.planned);
    const waited = {
      waitingFor: what,
      found,
      waitingSince: since.toISOString(),
      ...(pool === undefined ? {} : { pool }),
    };
    if (hopeless) return finish(held, 'errored', 'dependency', waited);
    if (by === 'condition' && gate.waitMs === undefined)
      return finish(held, 'skipped', 'condition', { condition: what, found });
    if (until !== undefined && now >= until) return finish(held, 'errored', 'wait-timeout', waited);
    if (pool !== undefined) enqueue(held.run.id, gate);
    const nextMs = now.getTime() + everyMsOf(gate, by, held.run.id);
    const atMs = Math.min(nextMs, until?.getTime() ?? nextMs);
    const plannedFor = new Date(atMs).toISOString();
    const run = { ...held.run, evidence: { ...waited, plannedFor } };
    if (held.run.evidence?.['waitingFor'] !== what) parts.note(run);
    hold({ ...held, run, atMs });
  };

  const enqueue = (runId: string, { pools }: Gate): void => {
    queue.add(runId, pools);
    elsewhere.delete(runId);
  };

  const everyMsOf = ({ everyMs }: Gate, by: Shut['by'], runId: string): number => {
    if (by !== 'pool') return everyMs;
    if (!queue.has(runId)) return LOOK_AT_OTHERS_MS;
    return queue.rest(runId) ? FAR_FROM_POOL_MS : LOOK_AT_POOLS_MS;
  };

  const noteFull: WaitingRoom['noteFull'] = (planned, run, { limit, holder }) => {
    const gate = gateFor(planned);
    if (gate === undefined) return;
    passed.delete(run.id);
    startWaiting(run.id, planned);
    const held = { planned, run, atMs: clock.now().getTime() };
    const how = looking.get(run.id);
    const done =
      how === undefined
        ? holdBack(held, gate, sinceOf(run, clock.now()), fullPool(limit, describeHolder(holder)))
        : drop(held, how);
    done.catch(parts.failed);
  };

  const finish = async (
    held: Omit<WaitingRun, 'atMs'>,
    status: 'skipped' | 'errored',
    reason: Reason,
    evidence: NonNullable<Run['evidence']>,
  ): Promise<void> => {
    leave(held.run.id);
    const message = status === 'errored' ? { message: messageOf(reason, evidence) } : {};
    await parts.end(held, { status, reason, evidence, ...message });
  };

  return {
    get size() {
      return looking.size;
    },
    ids: () => waiting.keys(),
    examine,
    expect({ planned, run }) {
      const gate = gateFor(planned);
      // A further attempt counts by itself.
      if (run === undefined || gate === undefined || planned.trigger === 'retry') return;
      startWaiting(run.id, planned);
      if (run.evidence?.['pool'] !== undefined) enqueue(run.id, gate);
    },
    leave,
    noteFull,
    noteEnd(run) {
      leave(run.id);
      const ended = parts.jobOf(run.job);
      if (ended !== undefined)
        dependentsOf(run, ended, parts.followersOf, clock.now()).forEach(parts.trigger);
      if (waiting.size > 0) parts.hasten([...elsewhere, ...queue.next()]);
    },
    async replace({ job, dueAt }, evidence, most) {
      const earlier = [...waiting]
        .filter(([, other]) => other.job.task.id === job.task.id && other.dueAt <= dueAt)
        .sort(([, one], [, other]) => one.dueAt.getTime() - other.dueAt.getTime());
      for (const [runId] of earlier.slice(0, most)) {
        if (looking.has(runId)) {
          looking.set(runId, looking.get(runId) ?? { reason: 'overlap', evidence });
          // It is dropped once it has been looked at; its place is free now.
          stopWaiting(runId);
        }
        const pending = parts.take(runId);
        if (pending !== undefined) await drop(pending, { reason: 'overlap', evidence });
      }
    },
    stop(runId, { by }) {
      if (!looking.has(runId)) return false;
      const cause = 'it was stopped before its turn came';
      const evidence = { cause, ...(by === undefined ? {} : { by }) };
      looking.set(runId, { reason: 'operator', evidence });
      return true;
    },
    close: () => parts.surroundings.close(),
  };
}

const OPEN: GateAnswer = { kind: 'open' };
