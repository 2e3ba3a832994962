/** Decides about due runs: which start, wait, are skipped or were missed, and what is to be asked of the store for each. */
import type { Run } from '../model/run.js';
import type { ScheduledTask } from './agenda.js';
import type { Gap, Planned } from './claim.js';
import { drop, STOPPED } from './drop.js';
import type { FiringState } from './firing-state.js';
import type { Held } from './later.js';
import { decideAll, ON_TIME_MS } from './missed.js';
import { type Placing, placeRun, placesOf } from './overlap.js';
import { gateFor } from './planned-gate.js';
import type { SiftedJob } from './sift.js';
import type { JobState } from './turn.js';
import { isFurther, isUncounted, type Wish } from './wish.js';

/** What is asked of the store for what is due of a job, and the first moment for which nothing is. */
type Decided = { readonly wishes: readonly Wish[]; readonly openFrom: Date | undefined };

/** Decide about all that is due of a job, and what was missed of it, as far as one more run may start. */
export function wishesFor(
  state: FiringState,
  { job, backlogs, withheld }: SiftedJob,
  now: Date,
  gap: Gap,
): Decided {
  const { claims, parts } = state;
  const { missed, run } = decideAll(backlogs, now, job.task.policy);
  const wishes: Wish[] = withheldWishes(state, job, withheld);
  for (const { evidence, ...span } of missed)
    wishes.push({ job, claim: () => claims.missed(job, span, gap, evidence) });
  for (const dueAt of run) {
    if (!parts.campaign.mayStart(state.claiming)) return { wishes, openFrom: dueAt };
    const isLate = now.getTime() - dueAt.getTime() > ON_TIME_MS;
    const trigger = parts.plan.mode === 'once' ? 'once' : isLate ? 'catch-up' : 'schedule';
    const inBatch = wishes.filter(({ planned }) => planned !== undefined).length;
    const isCatchUp = run.length > 1;
    wishes.push(...place(state, { job, dueAt, trigger, attempt: 1, isCatchUp }, inBatch));
  }
  return { wishes, openFrom: undefined };
}

export function withheldWishes(
  { claims }: FiringState,
  job: ScheduledTask,
  withheld: SiftedJob['withheld'],
): Wish[] {
  return withheld.map((each) => ({ job, claim: () => claims.withheld(job, each) }));
}

/**
 * Decide about one due run; what is to be claimed for it now, if anything.
 *
 * @param inBatch - Runs of its job that were decided about with it and are not claimed yet.
 */
export function place(state: FiringState, planned: Planned, inBatch = 0): Wish[] {
  const { claims, gates, parts } = state;
  if (!isUncounted(planned) && !parts.campaign.mayStart(state.claiming)) return [];
  const { job } = planned;
  const { skipDuplicate } = job.task.policy;
  const placing = placingOf(state, planned, inBatch);
  const isReplacing = placing === 'replace';
  if (placing === 'skip' || (skipDuplicate && isAround(state, job, inBatch))) {
    const reason = skipDuplicate ? 'duplicate' : 'overlap';
    return [{ job, claim: () => claims.skipped(planned, reason, describe(state, job)) }];
  }
  if (gateFor(planned) !== undefined && gates !== undefined)
    return [
      { job, planned, isReplacing, isGated: true, claim: () => claims.later(planned, parts.clock.now()) },
    ];
  if (!hasRoom(state))
    return [{ job, planned, isReplacing, isReserve: true, claim: () => claims.reserve(planned) }];
  state.claiming++;
  return [{ job, planned, isReplacing, claim: () => claims.start(planned) }];
}

/** @returns What to ask of the store for a run whose instant has come; nothing when it waits or ends here. */
export function wishesForHeld(state: FiringState, each: Held): Wish[] {
  const { claims, parts, turns } = state;
  const { planned, run } = each;
  const { job } = planned;
  if (run === undefined) return place(state, planned).map((wish) => ({ ...wish, held: each }));
  const isOver = !isUncounted(planned) && !parts.campaign.mayStart(state.claiming);
  // One that waited for a pool has had its place among the runs of its job all the time.
  const isPlaced = run.evidence?.['pool'] !== undefined;
  const placing = placingOf(state, planned, 0);
  if (isOver || (!isPlaced && placing === 'skip')) {
    const evidence = isOver ? STOPPED : describe(state, job);
    void drop(state, [{ planned, run }], isOver ? 'operator' : 'overlap', evidence);
    return [];
  }
  if (!hasRoom(state)) {
    turns.add({ planned, run }, 'room');
    return [];
  }
  state.claiming++;
  const isReplacing = placing === 'replace';
  return [{ job, planned, isReplacing, held: each, claim: () => claims.startWaiting(planned, run) }];
}

function placingOf({ turns }: FiringState, planned: Planned, inBatch: number): Placing {
  const { job, isCatchUp } = planned;
  const { live, reserved, held, queue } = turns.of(job);
  const going = live.length + reserved + held + inBatch;
  // Those that wait for their turn are later moments: they wait behind a further attempt.
  const queued = isFurther(planned) ? 0 : queue.length;
  const { policy } = job.task;
  return placeRun(policy.overlap, { live: going, queued }, isCatchUp, placesOf(policy));
}

/** Whether a run of the job waits or is going. */
function isAround({ turns }: FiringState, job: ScheduledTask, inBatch: number): boolean {
  return inBatch > 0 || isBusy(turns.of(job));
}

export function isBusy({ live, reserved, held, queue }: JobState): boolean {
  return live.length + reserved + held + queue.length > 0;
}

/** What still starts when all else has been stopped waits for nothing. */
function hasRoom({ closed, live, claiming, parts, turns }: FiringState): boolean {
  return closed !== undefined || (live.size + claiming < parts.plan.maxRunning && !turns.isCrowded);
}

/** What is in the way of a run of the job. */
function describe({ held, parts, turns }: FiringState, job: ScheduledTask): Run['evidence'] {
  const { live, queue } = turns.of(job);
  const [holder] = live;
  const next = holder === undefined ? held?.describe(job) : undefined;
  if (next !== undefined) return next;
  const run = holder?.run ?? queue[0]?.run;
  if (run === undefined) return { cause: 'an earlier run waits for room' };
  const since = run.startedAt ?? run.scheduledAt;
  const runningMs = parts.clock.now().getTime() - since.getTime();
  const pid = holder?.process()?.pid;
  return {
    run: run.id,
    ...(pid === undefined ? {} : { pid }),
    since: since.toISOString(),
    ...(holder === undefined ? {} : { runningMs }),
  };
}
