/** How a writer takes places for its runs, and judges those who hold them. */
import { isEnded, type Run } from '../../model/run.js';
import type { ClaimPlaces } from './claim-place.js';
import { ensureDirectory } from './disk.js';
import { isProcessAlive } from './identity.js';
import { isWriterAlive, type WriterState } from './journals.js';
import { type Judge, takeLimits } from './limit.js';
import { findEarlierWaiting, type Holder, handOver, takeSlot } from './slot.js';
import { type View, viewNamespace } from './view.js';
import { openWriters, type State } from './writer-state.js';

/** Whoever waits asks again and again; the journals are read for it at most this often. */
const HOLDER_KNOWN_MS = 1000;
const MANY_HOLDERS = 1000;
/** Schedulers give a sign of life every half minute. */
const SILENT_MS = 120_000;

/** A view of the journals in which there is what is looked for, if it is anywhere. */
type Look = (isEnough: (view: View) => boolean) => View;

/** For claims that are made together: what is found out for one is known for the others. */
export function createPlaces(state: State): ClaimPlaces {
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
    directory: place.slots,
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
    recall,
    describe: (holder) =>
      recall(holder) ??
      look(({ journals }) => journals.runs.has(holder.run)).journals.runs.get(holder.run)?.run,
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
