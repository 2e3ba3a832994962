/** Due runs that are held back: by conditions, by other tasks, by pools. They are on record as waiting meanwhile. */
import { type Gate, isMeant, type Pool } from '../model/gate.js';
import type { Reason, Run, Trigger } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Planned } from './claim.js';
import type { StopRequest } from './door.js';
import { type GateAnswer, type GateParts, lookAtGate } from './gate.js';
import type { Held } from './later.js';

export type WaitingRoomParts = GateParts & {
  /** Hold it until another look. */
  readonly hold: (held: Held) => void;
  /** What is held and fits is looked at now. */
  readonly hasten: (isMeant: (held: Held) => boolean) => void;
  /** Nothing is in its way: it starts, or waits for its turn. */
  readonly start: (held: Held) => Promise<void>;
  readonly end: (held: Held, change: Partial<Run>) => Promise<void>;
  /** Keep why it waits. */
  readonly note: (run: Run) => void;
  readonly isOurs: (runId: string) => boolean;
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
  /** See whether it may start; nothing is left to do for who calls. */
  examine(held: Held): void;
  /** It waits no longer, or does not go on any more. */
  leave(runId: string): void;
  /** A run has ended, or was recorded without having started: what waited for it is looked at. */
  noteEnd(run: Run): void;
  /** Ask one that is being looked at not to start. @returns Whether there is one. */
  stop(runId: string, how: StopRequest): boolean;
  close(): void;
};

/** Others do not tell when they make room. */
const LOOK_AT_POOLS_MS = 1_000;

/** What of its gate holds back a run; undefined: nothing. Who asks by hand has seen to the conditions. */
export function gateFor({ job, trigger }: Planned): Gate | undefined {
  const { gate } = job.task;
  if (gate === undefined) return undefined;
  if (BY_SCHEDULE.includes(trigger)) return gate;
  return gate.pools.length === 0 && !gate.whenIdle ? undefined : { ...gate, conditions: [], after: [] };
}

const BY_SCHEDULE: readonly Trigger[] = ['schedule', 'catch-up', 'once', 'dependency'];

type Shut = Exclude<GateAnswer, { readonly kind: 'open' }> | (Busy & { readonly kind: 'shut' });
type Busy = { readonly by: 'pool'; readonly what: string; readonly found: string; readonly hopeless: false };

export function createWaitingRoom(parts: WaitingRoomParts): WaitingRoom {
  const { clock } = parts;
  /** Runs that have passed and not ended yet, with the pools in which they have a place. */
  const passed = new Map<string, readonly Pool[]>();
  const waiting = new Map<string, ScheduledTask>();
  const looking = new Map<string, StopRequest | undefined>();

  const stopWaiting = (runId: string): void => {
    const job = waiting.get(runId);
    waiting.delete(runId);
    if (job !== undefined) parts.count(job, -1);
  };
  const isOther = ({ id }: Run): boolean => !parts.isOurs(id) && !passed.has(id);
  const leave = (runId: string): void => {
    passed.delete(runId);
    stopWaiting(runId);
  };

  const examine = (held: Held): void => {
    const { planned, run } = held;
    const gate = gateFor(planned);
    if (run === undefined || gate === undefined) {
      parts.start(held).catch(parts.failed);
      return;
    }
    if (!waiting.has(run.id)) {
      waiting.set(run.id, planned.job);
      parts.count(planned.job, 1);
    }
    looking.set(run.id, undefined);
    look({ ...held, run }, gate)
      .catch(parts.failed)
      .finally(() => {
        looking.delete(run.id);
        parts.settled();
      });
  };

  const look = async (held: Held & { readonly run: Run }, gate: Gate): Promise<void> => {
    const { planned, run } = held;
    const since = sinceOf(run, clock.now());
    const until = untilOf(gate, since, 'dependency', planned);
    const answer = await lookAtGate(gate, planned, run, until, parts);
    const busy = answer.kind === 'open' ? await takePlaces(run.id, gate) : undefined;
    const how = looking.get(run.id);
    if (how !== undefined || parts.isClosed()) passed.delete(run.id);
    if (how !== undefined) {
      const by = how.by === undefined ? {} : { by: how.by };
      await finish(held, 'skipped', 'operator', { cause: 'it was stopped before its turn came', ...by });
    } else if (parts.isClosed()) {
      // Whether it waits on for the next scheduler or ends here is decided where all that is held is.
      parts.hold(held);
    } else if (answer.kind === 'shut') {
      await holdBack(held, gate, since, answer);
    } else if (busy !== undefined) {
      await holdBack(held, gate, since, busy);
    } else {
      stopWaiting(run.id);
      await parts.start(held);
    }
  };

  /** @returns What is in the way; nothing when the run has its places. */
  const takePlaces = async (runId: string, { pools, whenIdle }: Gate): Promise<Shut | undefined> => {
    const needsRoom = pools.length > 0 || whenIdle;
    const others = needsRoom ? (await parts.surroundings.going()).filter(isOther) : [];
    // From here on nothing is waited for: of two that look at the same time, one finds the last place.
    const shut = (what: string, found: string): Shut => ({
      kind: 'shut',
      by: 'pool',
      what,
      found,
      hopeless: false,
    });
    const arriving = [...passed.keys()].filter((id) => !parts.isOurs(id)).length;
    const going = parts.going() + arriving + others.length;
    if (whenIdle && going > 0) return shut('nothing else to be going', `${going} are going`);
    for (const { name, max } of pools) {
      const here = [...passed.values()].filter((all) => all.some((pool) => pool.name === name)).length;
      const members = new Set([...parts.jobs()].filter(({ task }) => hasPool(task.gate, name)).map(idOf));
      const there = others.filter(({ job }) => members.has(job)).length;
      if (here + there >= max)
        return shut(`room in pool ${name}`, `${here + there} of ${max} places are taken`);
    }
    passed.set(runId, pools);
    return undefined;
  };

  const holdBack = async (
    held: Held & { readonly run: Run },
    gate: Gate,
    since: Date,
    { by, what, found, hopeless }: Shut,
  ): Promise<void> => {
    const now = clock.now();
    const until = untilOf(gate, since, by, held.planned);
    const waited = { waitingFor: what, found, waitingSince: since.toISOString() };
    if (hopeless) return finish(held, 'errored', 'dependency', waited);
    if (by === 'condition' && gate.waitMs === undefined)
      return finish(held, 'skipped', 'condition', { condition: what, found });
    if (until !== undefined && now >= until) return finish(held, 'errored', 'wait-timeout', waited);
    const nextMs = now.getTime() + (by === 'pool' ? LOOK_AT_POOLS_MS : gate.everyMs);
    const atMs = Math.min(nextMs, until?.getTime() ?? nextMs);
    const evidence = { ...waited, plannedFor: new Date(atMs).toISOString() };
    const run = { ...held.run, evidence };
    if (held.run.evidence?.['waitingFor'] !== what) parts.note(run);
    parts.hold({ ...held, run, atMs });
  };

  const finish = async (
    held: Held & { readonly run: Run },
    status: 'skipped' | 'errored',
    reason: Reason,
    evidence: NonNullable<Run['evidence']>,
  ): Promise<void> => {
    leave(held.run.id);
    const message = status === 'errored' ? { message: messageOf(reason, evidence) } : {};
    await parts.end(held, { status, reason, evidence, ...message });
  };

  /** Tasks without a schedule of their own run whenever what they come after has ended. */
  const triggerDependents = (run: Run): void => {
    const ended = [...parts.jobs()].find(({ task }) => task.id === run.job);
    if (ended === undefined) return;
    const other = { task: ended.task.taskId ?? ended.task.id, args: ended.task.args ?? {} };
    for (const job of parts.jobs()) {
      const { gate, schedules, args = {} } = job.task;
      if (schedules.length > 0 || gate === undefined) continue;
      const isNext = gate.after.some(
        (dependency) =>
          isMeant(dependency, args, other) && (dependency.outcomes as readonly string[]).includes(run.status),
      );
      if (!isNext) continue;
      const detail = { cause: { run: run.id, kind: 'dependency' as const } };
      const dueAt = clock.now();
      parts.trigger({ job, dueAt, trigger: 'dependency', attempt: 1, isCatchUp: false, detail });
    }
  };

  return {
    get size() {
      return looking.size;
    },
    examine,
    leave,
    noteEnd(run) {
      leave(run.id);
      triggerDependents(run);
      if (waiting.size > 0) parts.hasten((held) => held.run !== undefined && waiting.has(held.run.id));
    },
    stop(runId, how) {
      if (!looking.has(runId)) return false;
      looking.set(runId, how);
      return true;
    },
    close: () => parts.surroundings.close(),
  };
}

/** Since when a run waits: what it waited under an earlier scheduler counts. */
function sinceOf({ evidence }: Run, now: Date): Date {
  const since = new Date(String(evidence?.['waitingSince']));
  return Number.isNaN(since.getTime()) ? now : since;
}

/** How long it may wait: for another task as long as a run may be late, where nothing else is said. */
function untilOf({ waitMs }: Gate, since: Date, by: Shut['by'], { job }: Planned): Date | undefined {
  const ms = waitMs ?? (by === 'dependency' ? job.task.policy.deadlineMs : undefined);
  return ms === undefined ? undefined : new Date(since.getTime() + ms);
}

function messageOf(reason: Reason, { waitingFor, found }: NonNullable<Run['evidence']>): string {
  return reason === 'dependency'
    ? `${waitingFor} cannot come true any more: ${found}`
    : `waited too long for ${waitingFor}: ${found}`;
}

function hasPool(gate: Gate | undefined, name: string): boolean {
  return gate?.pools.some((pool) => pool.name === name) === true;
}

function idOf({ task }: ScheduledTask): string {
  return task.id;
}
