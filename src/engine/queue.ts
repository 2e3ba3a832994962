/** What happens to runs that wait for their turn or for room: when they are looked at, started, and taken away. */
import type { Run } from '../model/run.js';
import { START_AT_ONCE } from './outage.js';
import { placesOf } from './overlap.js';
import type { ClaimedRun, JobState, Pending, TurnState } from './turn.js';

/** Nobody tells when a run of another process ends. */
const LOOK_EVERY_MS = 250;
/** Whoever owns a run that is to be replaced stops it; where nobody does, it is ended from here after this time. */
const PATIENCE_MS = 1_000;

export function waitForRoom(turns: TurnState, ofJob: JobState, pending: Pending): void {
  turns.crowd.push(pending);
  ofJob.reserved++;
  // Those that hold the room may turn out to be somebody else's.
  lookLater(turns);
}

export function waitForTurn(turns: TurnState, ofJob: JobState, pending: Pending): void {
  enqueue(turns, ofJob, pending);
  if (!isTaken(ofJob)) block(turns, ofJob);
}

/** A run of the job is held elsewhere, or is so no longer. */
export function countHeld(turns: TurnState, ofJob: JobState, by: 1 | -1): void {
  ofJob.held += by;
  // Where it does not start, nobody tells those behind it.
  if (ofJob.queue.length > 0 && !isTaken(ofJob)) block(turns, ofJob);
}

/** A place has become free for a job. */
export async function advance(turns: TurnState, ofJob: JobState): Promise<void> {
  // What was recorded as waiting and turns out to be somebody else's makes way for the one behind it.
  while (ofJob.queue.length > 0 && !isTaken(ofJob) && (await tryHead(turns, ofJob)));
}

/** Start those that wait for room, as far as there is any. */
export async function fill(turns: TurnState): Promise<void> {
  // Whoever is at it sees the room that has come meanwhile.
  if (turns.isFilling) return;
  turns.isFilling = true;
  try {
    await fillRoom(turns);
  } finally {
    turns.isFilling = false;
  }
  if (turns.crowd.length > 0) lookLater(turns);
}

/** Those of a job that wait for their turn and are due by then; they do so no longer. */
export function takeQueue(turns: TurnState, ofJob: JobState, dueBy: Date): readonly Pending[] {
  return takeIf(turns, ofJob, ({ planned }) => planned.dueAt <= dueBy);
}

export function takeAll(turns: TurnState): readonly Pending[] {
  const states = [...turns.jobs.values()];
  const all = [...turns.crowd.splice(0), ...states.flatMap((ofJob) => takeIf(turns, ofJob, () => true))];
  for (const ofJob of states) ofJob.reserved = 0;
  turns.blocked.clear();
  return all;
}

/** One that waits; it does so no longer. */
export function take(turns: TurnState, runId: string): Pending | undefined {
  const { crowd, jobs } = turns;
  const at = crowd.findIndex(({ run }) => run.id === runId);
  const [reserve] = at < 0 ? [] : crowd.splice(at, 1);
  if (reserve !== undefined) {
    release(turns, reserve);
    return reserve;
  }
  for (const { queue } of jobs.values()) {
    const place = queue.findIndex(({ run }) => run.id === runId);
    if (place < 0) continue;
    turns.queued--;
    return queue.splice(place, 1)[0];
  }
  return undefined;
}

/** Do something about runs that wait no longer; they count until it is done. */
export async function giveUp<Each>(
  turns: TurnState,
  pending: readonly Each[],
  end: (pending: Each) => Promise<void>,
): Promise<void> {
  if (pending.length === 0) return;
  turns.leaving += pending.length;
  await Promise.all(pending.map(end)).finally(() => {
    turns.leaving -= pending.length;
  });
  turns.parts().settled();
}

function enqueue(turns: TurnState, { queue }: JobState, pending: Pending): void {
  // Ids begin with the instant at which a run is due.
  const later = queue.findIndex(({ run }) => run.id > pending.run.id);
  queue.splice(later < 0 ? queue.length : later, 0, pending);
  turns.queued++;
}

function block(turns: TurnState, ofJob: JobState): void {
  const { blocked, parts } = turns;
  if (!blocked.has(ofJob)) blocked.set(ofJob, { sinceMs: parts().clock.steadyMs(), hasAsked: false });
  lookLater(turns);
}

function lookLater(turns: TurnState): void {
  if (turns.cancelLook !== undefined || turns.isClosed) return;
  const { clock, failed } = turns.parts();
  turns.cancelLook = clock.after(LOOK_EVERY_MS, () => {
    turns.cancelLook = undefined;
    look(turns).catch(failed);
  });
}

async function look(turns: TurnState): Promise<void> {
  const { blocked } = turns;
  for (const ofJob of [...blocked.keys()]) {
    if (ofJob.queue.length === 0 || isTaken(ofJob)) blocked.delete(ofJob);
    else await tryHead(turns, ofJob);
  }
  await fill(turns);
  if (blocked.size > 0) lookLater(turns);
  turns.parts().settled();
}

/** @returns Whether the job has come one step further. */
async function tryHead(turns: TurnState, ofJob: JobState): Promise<boolean> {
  if (ofJob.queue.length === 0 || isTaken(ofJob)) return false;
  const parts = turns.parts();
  const pending = parts.hasRoom(ofJob.queue[0]) ? ofJob.queue.shift() : undefined;
  if (pending === undefined) {
    block(turns, ofJob);
    return false;
  }
  return parts.claim([pending], (claimed) => startHead(turns, ofJob, pending, claimed?.[0]));
}

function startHead(
  turns: TurnState,
  ofJob: JobState,
  pending: Pending,
  claimed: ClaimedRun | undefined,
): boolean {
  const { accept } = turns.parts();
  turns.queued--;
  // What waits for places that jobs share does not wait for its job any more.
  const isThrough = claimed?.answer.kind !== 'waiting' || claimed.answer.limit !== undefined;
  if (claimed !== undefined && isThrough) {
    turns.blocked.delete(ofJob);
    accept(claimed.pending, claimed.answer);
    return true;
  }
  enqueue(turns, ofJob, pending);
  block(turns, ofJob);
  if (claimed?.answer.kind === 'waiting') askHolder(turns, ofJob, pending, claimed.answer.holder);
  return false;
}

function askHolder(
  turns: TurnState,
  ofJob: JobState,
  { planned: { job } }: Pending,
  holder: Run | undefined,
): void {
  const { clock, endOther } = turns.parts();
  const wait = turns.blocked.get(ofJob);
  if (wait === undefined || wait.hasAsked || job.task.policy.overlap !== 'replace') return;
  if (holder?.status === 'stopping' || clock.steadyMs() - wait.sinceMs < PATIENCE_MS) return;
  if (holder?.process === undefined) return;
  wait.hasAsked = true;
  endOther(holder, job);
}

async function fillRoom(turns: TurnState): Promise<void> {
  const parts = turns.parts();
  // Runs often end several at a time: the room of all of them is there once each has been told.
  await undefined;
  for (let some = takeForRoom(turns); some.length > 0; some = takeForRoom(turns)) {
    turns.rising += some.length;
    try {
      const isKept = await parts.claim(some, (claimed) => startSome(turns, some, claimed));
      if (!isKept) return;
    } finally {
      turns.rising -= some.length;
    }
  }
}

/** @returns Whether they could be claimed; otherwise they wait on. */
function startSome(
  turns: TurnState,
  some: readonly Pending[],
  claimed: readonly ClaimedRun[] | undefined,
): boolean {
  if (claimed === undefined) {
    turns.crowd.unshift(...some);
    return false;
  }
  const { accept } = turns.parts();
  for (const { pending, answer } of claimed) {
    release(turns, pending);
    accept(pending, answer);
  }
  return true;
}

/** Those for which there is room now, oldest first; they are in the crowd no longer. */
function takeForRoom({ crowd, parts }: TurnState): readonly Pending[] {
  const { hasRoom } = parts();
  const most = Math.min(START_AT_ONCE, crowd.length);
  let count = 0;
  while (count < most && hasRoom(crowd[count], count)) count++;
  return crowd.splice(0, count);
}

/** It waits for room no longer. */
function release({ jobs }: TurnState, { planned }: Pending): void {
  const ofJob = jobs.get(planned.job.task.id);
  if (ofJob !== undefined) ofJob.reserved--;
}

function takeIf(turns: TurnState, { queue }: JobState, isMeant: (pending: Pending) => boolean): Pending[] {
  const [taken, left] = [queue.filter(isMeant), queue.filter((each) => !isMeant(each))];
  queue.splice(0, queue.length, ...left);
  turns.queued -= taken.length;
  return taken;
}

/** Whether those that wait for their turn will be told when it comes: all places of the job are taken here. */
function isTaken({ live, held, queue: [head] }: JobState): boolean {
  const places = head === undefined ? 1 : placesOf(head.planned.job.task.policy);
  return live.length + held >= places;
}
