/** What the journals of a namespace say, folded: runs, writers and what they schedule. Never waits, never throws for
 * what is in a file. */
import { closeSync, fstatSync } from 'node:fs';
import { isMarkedAfter } from '../../model/mark.js';
import { isEnded, type Run, type RunChange } from '../../model/run.js';
import { changeRun } from '../ledger.js';
import { isAwaited, isLost, loseRun } from '../lost-run.js';
import type { WriterOptions } from '../store.js';
import { listNames, openOrAbsent } from './disk.js';
import { findRunProcesses, type Identity, isAlive, isProcessAlive } from './identity.js';
import { ENDING } from './journal-name.js';
import { eachLine } from './lines.js';
import { type JournalRecord, MAX_LINE_BYTES } from './record.js';
import { parseRecord } from './record-reader.js';

export type WriterState = {
  readonly name: string;
  mode: WriterOptions['mode'];
  startedAt: string;
  identity: Identity | undefined;
  stoppedAt: string | undefined;
  /** As it said when it ended: every moment up to then was attended to. */
  attendedUntil: string | undefined;
  /** The time of its last record. */
  saidAt: Date;
  /** The latest sign of life: its last record, or the time of its file. */
  seenAt: Date;
  /** Journals that hold records of it. */
  readonly files: Set<string>;
};

export type KeptRun = { run: Run; at: string; writer: string };

export type Journals = {
  readonly runs: Map<string, KeptRun>;
  /** Changes of runs whose beginning is not in the journals any more. */
  readonly changes: Map<string, { change: RunChange; at: string }>;
  readonly writers: Map<string, WriterState>;
  readonly jobSets: {
    readonly writer: string;
    readonly mode: WriterOptions['mode'];
    readonly at: string;
    readonly set: string;
    readonly after?: string | undefined;
  }[];
  readonly files: Set<string>;
  badLines: number;
};

/** A writer that cannot be checked from here counts as alive as long as it gave a sign of life within this time. */
const LEASE_MS = 120_000;

export function emptyJournals(): Journals {
  return {
    runs: new Map(),
    changes: new Map(),
    writers: new Map(),
    jobSets: [],
    files: new Set(),
    badLines: 0,
  };
}

/**
 * Read all journals of a namespace, or those that are named.
 *
 * Journals are renamed while they are read: the directory is listed until it names nothing new.
 */
export function readJournals(directory: string, only?: readonly string[]): Journals {
  const journals = emptyJournals();
  for (let round = 0; round < 20; round++) {
    const names = only ?? listNames(directory);
    const added = names.filter((name) => name.endsWith(ENDING) && !journals.files.has(name));
    if (added.length === 0) break;
    for (const name of added) {
      journals.files.add(name);
      readJournal(`${directory}/${name}`, name, journals);
    }
  }
  return journals;
}

function readJournal(path: string, name: string, journals: Journals): void {
  const fd = openOrAbsent(path);
  // Handed on, or folded into the history.
  if (fd === undefined) return;
  try {
    let last: WriterState | undefined;
    const tooLong = eachLine(fd, MAX_LINE_BYTES, (line) => {
      if (isBlank(line)) return;
      const record = parseRecord(line);
      if (record === undefined) journals.badLines += 1;
      if (record === undefined || record === 'unknown') return;
      last = addRecord(journals, record);
      last.files.add(name);
    });
    journals.badLines += tooLong;
    const { mtime } = fstatSync(fd);
    if (last !== undefined && mtime > last.seenAt) last.seenAt = mtime;
  } finally {
    closeSync(fd);
  }
}

/** After a power cut a file may end in zeros. */
function isBlank(line: Buffer): boolean {
  return line[0] === 0 && line.every((byte) => byte === 0);
}

function writerOf(journals: Journals, record: JournalRecord): WriterState {
  const known = journals.writers.get(record.w);
  if (known !== undefined) return known;
  const state: WriterState = {
    name: record.w,
    mode: 'once',
    startedAt: record.at,
    identity: undefined,
    stoppedAt: undefined,
    attendedUntil: undefined,
    saidAt: new Date(0),
    seenAt: new Date(0),
    files: new Set(),
  };
  journals.writers.set(record.w, state);
  return state;
}

/** @returns The writer that the record is about. */
export function addRecord(journals: Journals, record: JournalRecord): WriterState {
  const writer = writerOf(journals, record);
  addTo(journals, writer, record);
  return writer;
}

function addTo(journals: Journals, writer: WriterState, record: JournalRecord): void {
  const at = new Date(record.at);
  if (record.t !== 'stop' && at > writer.saidAt) writer.saidAt = at;
  if (record.t !== 'stop' && at > writer.seenAt) writer.seenAt = at;
  switch (record.t) {
    case 'start':
      writer.mode = record.mode;
      writer.startedAt = record.startedAt;
      writer.identity = record.process;
      return;
    case 'stop':
      writer.stoppedAt = record.at;
      writer.attendedUntil = record.until;
      return;
    case 'jobs':
      journals.jobSets.push({
        writer: record.w,
        mode: record.mode,
        at: record.at,
        set: record.set,
        after: record.after,
      });
      return;
    case 'run':
      addRun(journals, { run: record.run, at: record.at, writer: record.w });
      return;
    case 'change':
      addChange(journals, record.run, record.at);
      return;
  }
}

/** Journals are read in any order, so an older record may come after a newer one. */
export function addRun(journals: Journals, added: KeptRun): void {
  const { id } = added.run;
  const known = journals.runs.get(id);
  if (known !== undefined) {
    journals.runs.set(id, mergeKept(known, added));
    return;
  }
  journals.runs.set(id, added);
  const pending = journals.changes.get(id);
  if (pending === undefined) return;
  journals.changes.delete(id);
  addChange(journals, pending.change, pending.at);
}

/**
 * Two full records of one run: what somebody says of it wins, then the one that has come further, one that ended over
 * one held to be lost, then the newer.
 */
function mergeKept(left: KeptRun, right: KeptRun): KeptRun {
  if (isMarkedAfter(left.run, right.run)) return left;
  if (isMarkedAfter(right.run, left.run)) return right;
  const [older, newer] = right.at >= left.at ? [left, right] : [right, left];
  const winner = rankOf(older.run) > rankOf(newer.run) ? older : newer;
  const other = winner === older ? newer : older;
  const recovered = rankOf(winner.run) === RANK_ENDED && rankOf(other.run) === RANK_LOST;
  return recovered ? { ...winner, run: { ...winner.run, recovered: true } } : winner;
}

const RANK_LOST = 2;
const RANK_ENDED = 3;

/** How far it has come. A clock that was set back tells less: a run that has begun does not wait any more. */
function rankOf(run: Pick<Run, 'status' | 'reason'>): number {
  if (isEnded(run.status)) return isLost(run) ? RANK_LOST : RANK_ENDED;
  return run.status === 'waiting' ? 0 : 1;
}

function isFurther(change: RunChange, run: Run): boolean {
  return rankOf({ ...run, ...change }) > rankOf(run);
}

function addChange(journals: Journals, change: RunChange, at: string): void {
  const known = journals.runs.get(change.id);
  if (known === undefined) {
    const pending = journals.changes.get(change.id);
    const merged = pending === undefined ? change : { ...pending.change, ...change };
    journals.changes.set(change.id, { change: merged, at });
    return;
  }
  if (at < known.at && !isEnded(change.status ?? 'waiting') && !isFurther(change, known.run)) {
    known.run = { ...known.run, ...withoutKnown(change, known.run) };
    return;
  }
  known.run = changeRun(known.run, change);
  known.at = at > known.at ? at : known.at;
}

function withoutKnown(change: RunChange, run: Run): RunChange {
  const added = Object.entries(change).filter(([key]) => !(key in run));
  return { ...Object.fromEntries(added), id: run.id };
}

/** Whether a writer goes on writing. */
export function isWriterAlive(writer: WriterState | undefined, now: Date): boolean {
  if (writer === undefined || writer.stoppedAt !== undefined) return false;
  const alive = writer.identity && isAlive(writer.identity);
  return alive ?? now.getTime() - writer.seenAt.getTime() < LEASE_MS;
}

/**
 * Find the runs that are lost: open, their writer gone, and no process of theirs alive. Each is replaced by its lost
 * form, and returned.
 */
export function loseOpenRuns(journals: Journals, now: Date): Run[] {
  const abandoned = [...journals.runs.values()].filter(
    (kept) =>
      !isEnded(kept.run.status) &&
      !isWriterAlive(journals.writers.get(kept.writer), now) &&
      !isAwaited(kept.run, journals.writers.get(kept.writer)?.mode, now),
  );
  const withoutLeader = abandoned.filter(
    ({ run }) => run.process === undefined || !isProcessAlive(run.process),
  );
  const found = findRunProcesses(new Set(withoutLeader.map(({ run }) => run.id)));
  return withoutLeader
    .filter(({ run }) => !found.has(run.id))
    .map((kept) => {
      kept.run = loseKept(kept, journals.writers.get(kept.writer));
      return kept.run;
    });
}

function loseKept(kept: KeptRun, writer: WriterState | undefined): Run {
  const pid = writer?.identity?.pid;
  const who =
    pid === undefined ? 'the supertask that started it' : `the supertask that started it (pid ${pid})`;
  const how = writer?.stoppedAt === undefined ? 'was killed or the machine went down' : 'ended before it did';
  return loseRun(kept.run, `${who} ${how}`, {
    ...(pid === undefined ? {} : { supervisor: pid }),
    ...(writer === undefined ? {} : { lastSeen: writer.seenAt.toISOString() }),
  });
}
