/** One namespace that is followed: what its journals come to, and what changes in it. */
import { lstatSync } from 'node:fs';
import { isMarkedAfter } from '../../model/mark.js';
import { runRecord } from '../../model/record.js';
import { isEnded, type Run } from '../../model/run.js';
import { isLost } from '../lost-run.js';
import { findInHistory } from './history.js';
import { addRecord, addRun, emptyJournals, isWriterAlive, type Journals, loseOpenRuns } from './journals.js';
import type { Place } from './layout.js';
import type { JournalRecord } from './record.js';
import { createTail } from './tail.js';

/** `atMs`: when it was written down, in milliseconds since the Unix epoch. */
export type StoreChange = { readonly atMs: number; readonly namespace: string } & (
  | { readonly kind: 'run'; readonly run: Run; readonly change: RunChangeKind }
  | {
      readonly kind: 'scheduler';
      readonly writer: string;
      readonly startedMs: number;
      readonly change: 'started' | 'ended';
    }
  /** What is scheduled is another set, or pauses and skips are others; `mark` tells one such change from another. */
  | { readonly kind: 'jobs'; readonly mark: string }
  /** The namespace is there no more. */
  | { readonly kind: 'gone' }
);

export type Followed = {
  /** Read what came since; each step takes a few milliseconds. */
  look(): Generator<void>;
  /**
   * What has changed since this was asked.
   *
   * @param now - Find out as well who has died meanwhile, and which runs are lost with him.
   */
  take(now: Date | undefined): readonly StoreChange[];
  close(): void;
};

/** Of runs that have ended so many are known yet, for what may still be said about them. */
const KEEP_ENDED = 2_000;
const KEEP_WRITERS = 1_000;

export function createFollowed(namespace: string, place: Place): Followed {
  const tail = createTail(place.journals);
  const journals = emptyJournals();
  const changes: StoreChange[] = [];
  /** The newest state of runs that go on; what was in between nobody needs. */
  const updates = new Map<string, StoreChange>();
  const schedulers = createSchedulers(namespace, journals);
  let stamp = stampOf(place);

  const tell = (before: Run | undefined, after: Run | undefined, atMs: number): void => {
    if (after === undefined || after === before) return;
    for (const change of changesBetween(before, after)) {
      const told = { kind: 'run', namespace, atMs, run: after, change } as const;
      if (change === 'updated') updates.set(after.id, told);
      else changes.push(told);
      if (change === 'ended') updates.delete(after.id);
    }
  };
  const add = (record: JournalRecord): void => {
    const id = record.t === 'run' || record.t === 'change' ? record.run.id : undefined;
    const before = id === undefined ? undefined : journals.runs.get(id)?.run;
    const writer = addRecord(journals, record);
    const atMs = Date.parse(record.at);
    if (id !== undefined) tell(before, journals.runs.get(id)?.run, atMs);
    if (record.t === 'start') changes.push(...schedulers.started(writer.name));
    if (record.t === 'stop') changes.push(...schedulers.ended(writer.name, atMs));
    if (record.t === 'jobs' && record.mode === 'schedule')
      changes.push({ kind: 'jobs', namespace, atMs, mark: record.set });
    journals.jobSets.length = 0;
  };

  return {
    look: () => tail.read(add),
    take(now) {
      for (const [id, { at }] of [...journals.changes]) {
        const before = findInHistory(place.history, id);
        if (before !== undefined) addRun(journals, { run: before, at, writer: '' });
        tell(before, journals.runs.get(id)?.run, Date.parse(at));
      }
      journals.changes.clear();
      if (now !== undefined) {
        for (const { before, after } of lostIn(journals, place, now)) tell(before, after, now.getTime());
        changes.push(...schedulers.died(now));
      }
      const other = stampOf(place);
      if (other.mark !== stamp.mark)
        changes.push({ kind: 'jobs', namespace, atMs: other.atMs, mark: other.mark });
      stamp = other;
      forget(journals);
      const taken = [...changes, ...updates.values()];
      changes.length = 0;
      updates.clear();
      return taken;
    },
    close: () => tail.close(),
  };
}

type RunChangeKind = 'waiting' | 'started' | 'ended' | 'updated';

/** What it takes to come from one state of a run to the other; what was not seen in between is told as well. */
function changesBetween(before: Run | undefined, after: Run): readonly RunChangeKind[] {
  const changes = phasesBetween(before, after);
  if (changes.includes('updated')) return changes;
  // Who knows of the end already would not look at it again.
  return isMarkedAfter(after, before ?? {}) ? [...changes, 'updated'] : changes;
}

function phasesBetween(before: Run | undefined, after: Run): readonly RunChangeKind[] {
  const [from, to] = [before === undefined ? 0 : phaseOf(before), phaseOf(after)];
  if (to > from) {
    if (to === WAITING) return ['waiting'];
    if (to === GOING) return ['started'];
    return from < GOING && after.startedAt !== undefined ? ['started', 'ended'] : ['ended'];
  }
  if (to < from || to > GOING || before === undefined) return [];
  return JSON.stringify(runRecord(before)) === JSON.stringify(runRecord(after)) ? [] : ['updated'];
}

const [WAITING, GOING, LOST, ENDED] = [1, 2, 3, 4];

function phaseOf(run: Run): number {
  if (run.status === 'waiting') return WAITING;
  if (!isEnded(run.status)) return GOING;
  return isLost(run) ? LOST : ENDED;
}

type Schedulers = {
  started(writer: string): StoreChange[];
  ended(writer: string, atMs: number): StoreChange[];
  /** Those that did not say that they ended. */
  died(now: Date): StoreChange[];
};

function createSchedulers(namespace: string, journals: Journals): Schedulers {
  const alive = new Set<string>();
  const told = (writer: string, change: 'started' | 'ended', atMs: number): StoreChange => {
    const startedMs = Date.parse(journals.writers.get(writer)?.startedAt ?? '') || 0;
    return { kind: 'scheduler', namespace, atMs, writer, startedMs, change };
  };
  return {
    started(writer) {
      const state = journals.writers.get(writer);
      if (state?.mode !== 'schedule' || alive.has(writer) || state.stoppedAt !== undefined) return [];
      alive.add(writer);
      return [told(writer, 'started', Date.parse(state.startedAt) || 0)];
    },
    ended: (writer, atMs) => (alive.delete(writer) ? [told(writer, 'ended', atMs)] : []),
    died(now) {
      const dead = [...alive].filter((writer) => !isWriterAlive(journals.writers.get(writer), now));
      return dead.map((writer) => {
        alive.delete(writer);
        return told(writer, 'ended', now.getTime());
      });
    },
  };
}

/** Runs that nobody will end; nothing of them is written down here. */
function lostIn(journals: Journals, place: Place, now: Date): { before: Run | undefined; after: Run }[] {
  const open = [...journals.runs.values()].map(({ run }) => run).filter(({ status }) => !isEnded(status));
  if (open.length === 0) return [];
  const before = new Map(open.map((run) => [run.id, run]));
  return loseOpenRuns(journals, now).map((run) => {
    // Its end may have been folded before it was read here.
    const ended = findInHistory(place.history, run.id);
    const kept = journals.runs.get(run.id);
    if (ended !== undefined && kept !== undefined) journals.runs.set(run.id, { ...kept, run: ended });
    return { before: before.get(run.id), after: ended ?? run };
  });
}

/** What journals say grows without end, and is kept in the history. */
function forget(journals: Journals): void {
  let ended = 0;
  for (const { run } of journals.runs.values()) if (isEnded(run.status)) ended += 1;
  for (const [id, { run }] of journals.runs) {
    if (ended <= KEEP_ENDED) break;
    if (!isEnded(run.status)) continue;
    journals.runs.delete(id);
    ended -= 1;
  }
  if (journals.writers.size <= KEEP_WRITERS) return;
  const needed = new Set([...journals.runs.values()].map(({ writer }) => writer));
  for (const [name, { stoppedAt }] of journals.writers)
    if (stoppedAt !== undefined && !needed.has(name)) journals.writers.delete(name);
}

/** Of the files beside the journals that say what is scheduled. */
function stampOf(place: Place): { readonly mark: string; readonly atMs: number } {
  const stats = [place.overrides, place.origin].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  const atMs = Math.max(...stats.map((each) => Math.trunc(each?.mtimeMs ?? 0)));
  return {
    mark: stats.map((each) => (each === undefined ? '0' : `${each.ino}.${each.ctimeMs}`)).join('.'),
    atMs,
  };
}
