/** How a writer claims: on disk first, then in its journal; what the journal refuses is undone on disk. */
import { isEnded, type Run } from '../../model/run.js';
import type { Claim, Claimed } from '../store.js';
import { type ClaimContext, type Made, makeClaims, undoClaims } from './claims.js';
import { ensureDirectory, unavailable } from './disk.js';
import { isProcessAlive } from './identity.js';
import { isWriterAlive, type WriterState } from './journals.js';
import { type Judge, takeLimits } from './limit.js';
import { frame } from './record.js';
import { findEarlierWaiting, type Holder, handOver, releaseSlot, takeSlot } from './slot.js';
import { dropTokens } from './takeover.js';
import { type View, viewNamespace } from './view.js';
import { runRecord } from './writer-record.js';
import { openWriters, type State } from './writer-state.js';

/** Whoever waits asks again and again; the journals are read for it at most this often. */
const HOLDER_KNOWN_MS = 1000;
const MANY_HOLDERS = 1000;
/** Schedulers give a sign of life every half minute. */
const SILENT_MS = 120_000;

/** A view of the journals in which there is what is looked for, if it is anywhere. */
type Look = (isEnough: (view: View) => boolean) => View;

/** @param restore - Makes the namespace again, which was deleted while in use. */
export function claim(state: State, claims: readonly Claim[], restore: () => void): Claimed[] {
  refuseWithoutRoom(state);
  const made = makeClaims(claimContext(state, restore), claims);
  const at = state.options.now().toISOString();
  const records = made.flatMap(({ run }) => (run === undefined ? [] : [runRecord(state, run, at)]));
  try {
    if (records.length > 0) state.journal.appendDurable(records.map(frame).join(''));
  } catch (error) {
    undoClaims(made);
    throw error;
  }
  for (const [index, { answer, run, slot, shared }] of made.entries()) {
    const { run: claimed, inPlaceOf } = claims[index] ?? {};
    if (run !== undefined) adopt(state, run, { slot, shared });
    if (slot !== undefined && inPlaceOf !== undefined) withoutSlot(state, inPlaceOf);
    if (answer.kind === 'duplicate' && claimed !== undefined && !state.open.has(claimed.id))
      state.suspects.set(claimed.id, { run: claimed, at: Date.now() });
  }
  return made.map((one: Made) => one.answer);
}

/** What the ballast made room for is for the runs that are going. */
function refuseWithoutRoom({ ballast, place }: State): void {
  if (!ballast.isDropped() || ballast.keep()) return;
  throw unavailable('make room in', place.directory, Object.assign(new Error('full'), { code: 'ENOSPC' }));
}

/** Take a claimed run into the books. One that waited gives up its place among those that do. */
function adopt(state: State, run: Run, { slot, shared }: Pick<Made, 'slot' | 'shared'>): void {
  const { slot: before, shared: left = [], token } = state.open.get(run.id) ?? {};
  if (isEnded(run.status)) state.open.delete(run.id);
  else state.open.set(run.id, { run, slot, shared, token });
  if (isEnded(run.status) && token !== undefined) dropTokens(state.place, run.id);
  if (before !== undefined && before !== slot) releaseSlot(before);
  for (const path of left) if (shared?.includes(path) !== true) releaseSlot(path);
}

/** Its place is another run's by now. */
function withoutSlot(state: State, id: string): void {
  const open = state.open.get(id);
  if (open !== undefined) state.open.set(id, { ...open, slot: undefined });
}

function claimContext(state: State, restore: () => void): ClaimContext {
  const { place, checked } = state;
  const mine = (run: Run): Holder => ({ run: run.id, writer: state.name, pid: process.pid });
  let view: View | undefined;
  const look: Look = (isEnough) => {
    // What a view does not have may have come since.
    if (view === undefined || !isEnough(view)) view = viewNamespace(place, state.options.now());
    return view;
  };
  const isDead = (holder: Holder): boolean => isHolderDead(state, holder, look);
  const ready = (): void => {
    if (!checked.has(place.slots)) ensureDirectory(place.slots);
    checked.add(place.slots);
  };
  const judge: Judge = {
    isAttended: (holder) => isAttended(state, holder, look),
    isDead: (holder) => !isNew(state, holder, look) && isDead(holder),
  };
  const recall = ({ run }: Holder): Run | undefined =>
    state.open.get(run)?.run ?? state.holders.get(run)?.run;
  return {
    place,
    checked,
    takeLimits: (run, limits) => {
      ready();
      return takeLimits(place.slots, limits, mine(run), judge);
    },
    takeSlot: (run, kind, slots) => {
      ready();
      return takeSlot(place.slots, { job: run.job, kind }, slots, mine(run), isDead);
    },
    handOver: (from, to) => {
      const slot = state.open.get(from)?.slot;
      if (slot !== undefined) handOver(slot, { run: to, writer: state.name, pid: process.pid });
      return slot;
    },
    findEarlier: (run) => findEarlierWaiting(place.slots, run.job, mine(run), isDead),
    waiting: (id) => {
      const open = state.open.get(id);
      return open?.run.status === 'waiting' ? { slot: open.slot, shared: open.shared } : undefined;
    },
    recall,
    describe: (holder) =>
      recall(holder) ??
      look(({ journals }) => journals.runs.has(holder.run)).journals.runs.get(holder.run)?.run,
    restore,
  };
}

/** Whether the writer of a run goes on writing, as far as was known a moment ago. */
function isAttended(state: State, { run, writer }: Holder, look: Look): boolean {
  if (state.open.has(run) || openWriters.has(writer)) return true;
  const isKnown = performance.now() - state.seen.at < HOLDER_KNOWN_MS && state.seen.writers.has(writer);
  if (!isKnown) {
    const { writers } = look((view) => view.journals.writers.has(writer)).journals;
    // One that is not there is not looked for again at once.
    const seen = new Map<string, WriterState | undefined>(writers);
    state.seen = { at: performance.now(), writers: seen.set(writer, writers.get(writer)) };
  }
  const [found, now] = [state.seen.writers.get(writer), state.options.now()];
  return isWriterAlive(found, now) && !isSilent(found, now);
}

/** A scheduler that is stopped or hangs: its runs go on, but nobody starts those that wait. */
function isSilent(writer: WriterState | undefined, now: Date): boolean {
  return writer?.mode === 'schedule' && now.getTime() - writer.seenAt.getTime() > SILENT_MS;
}

/** Whether a holder is seen for the first time, and its writer lives: of short runs nobody need know more. */
function isNew(state: State, holder: Holder, look: Look): boolean {
  if (state.open.has(holder.run) || state.holders.has(holder.run)) return false;
  if (!isAttended(state, holder, look)) return false;
  if (state.holders.size > MANY_HOLDERS) state.holders.clear();
  state.holders.set(holder.run, { at: performance.now(), isThere: true, run: undefined });
  return true;
}

/** A holder is dead when its run has ended or is lost, or when nothing was journalled of it and its writer is gone. */
function isHolderDead(state: State, holder: Holder, look: Look): boolean {
  if (state.open.has(holder.run) || holder.writer === '') return false;
  const known = state.holders.get(holder.run);
  const isThere = isProcessAlive({ pid: holder.pid, start: '', boot: '' });
  if (known?.isThere === isThere && performance.now() - known.at < HOLDER_KNOWN_MS) return false;
  const { journals } = look((view) => view.journals.runs.has(holder.run));
  const kept = journals.runs.get(holder.run);
  const isDead =
    kept === undefined
      ? !openWriters.has(holder.writer) &&
        !isWriterAlive(journals.writers.get(holder.writer), state.options.now())
      : isEnded(kept.run.status);
  if (isDead || state.holders.size > MANY_HOLDERS) state.holders.clear();
  if (!isDead) state.holders.set(holder.run, { at: performance.now(), isThere, run: kept?.run });
  return isDead;
}
