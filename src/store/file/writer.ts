/** One process that records what happens in one namespace. */
import { lstatSync } from 'node:fs';
import type { JobDefinition } from '../../model/job.js';
import { isEnded, type Run, type RunChange } from '../../model/run.js';
import { pastOf } from '../job-facts.js';
import { changeRun, loseRun } from '../ledger.js';
import type { Claim, Claimed, Writer, WriterOptions } from '../store.js';
import { type ClaimContext, type Made, makeClaims, undoClaims } from './claims.js';
import { keepDefinitions } from './definitions.js';
import { ensureDirectory, guarded, listNames } from './disk.js';
import { readFacts } from './facts.js';
import { findInHistory } from './history.js';
import { isProcessAlive, ownIdentity } from './identity.js';
import { type Journal, openJournal, SEALED, writerName } from './journal.js';
import { isWriterAlive, readJournals } from './journals.js';
import { outputBase, type Place } from './layout.js';
import { foldJournals, releaseDeadJournals, withLock } from './maintenance.js';
import { namedOutputOf } from './output.js';
import { boundRun, frame, type JournalRecord } from './record.js';
import { createRetention, type Retention } from './retention.js';
import { findEarlierWaiting, type Holder, releaseSlot, takeSlot } from './slot.js';
import { type View, viewNamespace } from './view.js';

export type FileWriterOptions = WriterOptions & {
  readonly namespace: string;
  readonly version: string;
  readonly now: () => Date;
  /** Make the namespace's directories again. */
  readonly restore: () => void;
  readonly warn: (message: string) => void;
};

/** A run that this writer has claimed and not ended. */
type OpenRun = { run: Run; readonly slot: string | undefined };

type State = {
  readonly place: Place;
  readonly options: FileWriterOptions;
  readonly name: string;
  readonly journal: Journal;
  readonly open: Map<string, OpenRun>;
  readonly retention: Retention;
  /** What it schedules, and the digest under which that is kept. */
  set: JobsKept | undefined;
  /** As told by the heartbeat: what counts as now for what it has. */
  beatAt: Date;
  /** Claims of others: they should have a record soon. */
  readonly suspects: Map<string, { readonly run: Run; readonly at: number }>;
  /** Holders of slots that were found to be alive, and what is known of their runs. */
  readonly holders: Map<
    string,
    { readonly at: number; readonly isThere: boolean; readonly run: Run | undefined }
  >;
  /** Final records that could not be written yet. */
  unwritten: string;
  readonly checked: Set<string>;
  /** The journals of others as they were when nothing had to be done about them. */
  settled: string;
  /** Whether what earlier writers left in the journal that this one took over is done with. */
  isOwnSettled: boolean;
  closed: boolean;
};

type JobsKept = { readonly jobs: readonly JobDefinition[]; readonly digest: string; readonly at: Date };

/** Writers of this process that are open: the process may live on after one of them has ended. */
const openWriters = new Set<string>();

/** A claim is journalled at once; one without a record after this time is its owner's last trace. */
const SUSPECT_MS = 5000;

/** Whoever waits asks again and again; the journals are read for it at most this often. */
const HOLDER_KNOWN_MS = 1000;
const MANY_HOLDERS = 1000;

/** Open a writer: its journal says so before this returns. Throws `STATE_UNAVAILABLE`. */
export function openWriter(place: Place, options: FileWriterOptions): Writer {
  const name = writerName(process.pid, options.now());
  const state: State = {
    place,
    options,
    name,
    journal: guarded('open a journal in', place.journals, () =>
      openJournal({
        directory: place.journals,
        writer: name,
        head: () => headOf(state),
      }),
    ),
    open: new Map(),
    retention: createRetention(place, options.warn),
    set: undefined,
    beatAt: options.startedAt,
    suspects: new Map(),
    holders: new Map(),
    unwritten: '',
    checked: new Set(),
    settled: '',
    isOwnSettled: false,
    closed: false,
  };
  state.journal.append(frame(startRecord(state)));
  openWriters.add(name);
  return {
    namespace: options.namespace,
    claim: async (claims) => claim(state, claims),
    namedOutput: (runId) => {
      const base = outputBase(place, runId);
      return base && namedOutputOf(base);
    },
    record: (change, how) => record(state, change, how?.durable),
    setJobs: async (jobs) => {
      state.set = keepJobs(state, jobs);
      state.journal.append(frame(jobsRecord(state, state.set)));
    },
    past: async () => pastOf(readFacts(place, viewNamespace(place, options.now()).journals, name)),
    heartbeat: (now) => heartbeat(state, now),
    close: (reason) => close(state, reason),
  };
}

function keepJobs(state: State, jobs: readonly JobDefinition[]): JobsKept {
  const { definitions } = state.place;
  const digest = guarded('write to', definitions, () => keepDefinitions(definitions, jobs));
  return { jobs, digest, at: state.beatAt };
}

function claim(state: State, claims: readonly Claim[]): Claimed[] {
  const made = makeClaims(claimContext(state), claims);
  const at = state.options.now().toISOString();
  const records = made.flatMap(({ run }) => (run === undefined ? [] : [runRecord(state, run, at)]));
  try {
    if (records.length > 0) state.journal.appendDurable(records.map(frame).join(''));
  } catch (error) {
    undoClaims(made);
    throw error;
  }
  for (const [index, { answer, run, slot }] of made.entries()) {
    const claimed = claims[index]?.run;
    if (run !== undefined) adopt(state, run, slot);
    if (answer.kind === 'duplicate' && claimed !== undefined && !state.open.has(claimed.id))
      state.suspects.set(claimed.id, { run: claimed, at: Date.now() });
  }
  return made.map((one: Made) => one.answer);
}

/** Take a claimed run into the books. One that waited gives up its place among those that do. */
function adopt(state: State, run: Run, slot: string | undefined): void {
  const before = state.open.get(run.id)?.slot;
  if (isEnded(run.status)) state.open.delete(run.id);
  else state.open.set(run.id, { run, slot });
  if (before !== undefined && before !== slot) releaseSlot(before);
}

function claimContext(state: State): ClaimContext {
  const { place, checked } = state;
  const mine = (run: Run): Holder => ({ run: run.id, writer: state.name, pid: process.pid });
  let view: View | undefined;
  const look = (isEnough: (view: View) => boolean): View => {
    // What a view does not have may have come since.
    if (view === undefined || !isEnough(view)) view = viewNamespace(place, state.options.now());
    return view;
  };
  const isDead = (holder: Holder): boolean => isHolderDead(state, holder, look);
  return {
    place,
    checked,
    takeSlot: (run, kind, slots) => {
      if (!checked.has(place.slots)) ensureDirectory(place.slots);
      checked.add(place.slots);
      return takeSlot(place.slots, { job: run.job, kind }, slots, mine(run), isDead);
    },
    findEarlier: (run) => findEarlierWaiting(place.slots, run.job, mine(run), isDead),
    waiting: (id) => {
      const open = state.open.get(id);
      return open?.run.status === 'waiting' ? { slot: open.slot } : undefined;
    },
    describe: (holder) =>
      state.open.get(holder.run)?.run ??
      state.holders.get(holder.run)?.run ??
      look(({ journals }) => journals.runs.has(holder.run)).journals.runs.get(holder.run)?.run,
    restore: () => restore(state),
  };
}

/** A holder is dead when its run has ended or is lost, or when nothing was journalled of it and its writer is gone. */
function isHolderDead(
  state: State,
  holder: Holder,
  look: (isEnough: (view: View) => boolean) => View,
): boolean {
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

async function record(state: State, change: RunChange, durable: boolean | undefined): Promise<void> {
  const open = state.open.get(change.id);
  const bounded = boundRun(change);
  const at = state.options.now().toISOString();
  if (open !== undefined) open.run = changeRun(open.run, bounded);
  if (open !== undefined && isEnded(open.run.status)) {
    // The last record holds all of the run: whoever finds it needs no other.
    await finish(state, open, frame(runRecord(state, open.run, at)), durable ?? true);
    return;
  }
  const line = frame({ t: 'change', at, w: state.name, run: bounded });
  if (durable ?? isEnded(change.status ?? 'running')) {
    await state.journal.commit(line, isAlone(state));
    return;
  }
  try {
    state.journal.append(line);
  } catch (error) {
    // The run goes on, and its last record will hold this too.
    state.options.warn(String(error));
  }
}

/** Whether nothing is left to do for this process once the last record is kept. */
function isAlone(state: State): boolean {
  return state.options.mode === 'once' && state.open.size === 0;
}

async function finish(state: State, open: OpenRun, line: string, durable: boolean): Promise<void> {
  state.open.delete(open.run.id);
  try {
    const written = durable ? state.journal.commit(line, isAlone(state)) : state.journal.append(line);
    if (open.slot !== undefined) releaseSlot(open.slot);
    await written;
  } catch (error) {
    state.unwritten += line;
    throw error;
  }
}

async function heartbeat(state: State, now: Date): Promise<readonly Run[]> {
  const { place, journal, options } = state;
  state.beatAt = now;
  if (!journal.isInPlace()) restore(state);
  rewrite(state);
  const at = options.now();
  const lost = isSettled(state, at) ? [] : viewNamespace(place, at).lost;
  const found = [...lost, ...forsakenClaims(state)];
  if (found.length > 0) {
    journal.appendDurable(found.map((run) => frame(runRecord(state, run, at.toISOString()))).join(''));
  }
  if (listNames(place.journals).some((name) => name.startsWith(SEALED))) await fold(state);
  guarded('touch a journal in', place.journals, () => journal.touch(now));
  if (options.mode === 'schedule') state.retention.beat(now);
  return found;
}

/**
 * Look after the journals of others, which are read only if they changed: the own one is known, and long.
 *
 * @returns Whether no run in them needs a closer look.
 */
function isSettled(state: State, at: Date): boolean {
  const { place, journal, name } = state;
  const own = state.isOwnSettled ? journal.fileName() : undefined;
  const names = listNames(place.journals).filter((file) => file !== own);
  const signature = names.map((file) => `${file} ${signatureOf(`${place.journals}/${file}`)}`).join('\n');
  if (signature === state.settled) return true;
  const others = readJournals(place.journals, names);
  const isOpen = [...others.runs.values()].some(({ run }) => !isEnded(run.status) && !state.open.has(run.id));
  const hasDead = [...others.writers.values()].some(
    (writer) => writer.name !== name && !isWriterAlive(writer, at),
  );
  if (hasDead) releaseDeadJournals(place, others, name, at);
  // A live writer may die without its journal changing.
  const isQuiet = [...others.writers.values()].every(({ stoppedAt }) => stoppedAt !== undefined);
  state.isOwnSettled ||= !isOpen;
  state.settled = !isOpen && isQuiet && own !== undefined ? signature : '';
  return !isOpen;
}

function signatureOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

/** Claims that were made by somebody who died before the record: they are lost, and nobody will have them. */
function forsakenClaims(state: State): Run[] {
  const old = [...state.suspects].filter(([, suspect]) => Date.now() - suspect.at >= SUSPECT_MS);
  if (old.length === 0) return [];
  const { journals } = viewNamespace(state.place, state.options.now());
  const message = 'the supertask that claimed it was killed before it could start it';
  return old.flatMap(([id, { run }]) => {
    state.suspects.delete(id);
    if (journals.runs.has(id) || findInHistory(state.place.history, id) !== undefined) return [];
    return [loseRun(run, message, { claimed: 'not journalled' })];
  });
}

async function fold(state: State): Promise<void> {
  const carry = (records: readonly JournalRecord[]) =>
    state.journal.appendDurable(records.map(frame).join(''));
  try {
    await withLock(state.place, () => foldJournals(state.place, carry));
  } catch (error) {
    state.options.warn(`folding the journals of ${state.place.directory} failed: ${String(error)}`);
  }
}

/** The directory was deleted while it was in use: begin it anew, with all that is still open. */
function restore(state: State): void {
  const { place, options } = state;
  options.warn(
    `${place.directory} was deleted or moved while in use; it is made again with what is going on now`,
  );
  state.checked.clear();
  options.restore();
  if (state.set !== undefined) state.set = keepJobs(state, state.set.jobs);
  guarded('write to', place.journals, () => state.journal.restart());
}

function rewrite(state: State): void {
  if (state.unwritten === '') return;
  state.journal.appendDurable(state.unwritten);
  state.unwritten = '';
}

async function close(state: State, reason: string): Promise<void> {
  if (state.closed) return;
  state.closed = true;
  const { journal, options } = state;
  try {
    await state.retention.stop();
    rewrite(state);
    if (journal.sawSealed && options.mode === 'once') await fold(state);
    journal.append(frame({ t: 'stop', at: options.now().toISOString(), w: state.name, reason }));
    await journal.close();
  } finally {
    openWriters.delete(state.name);
  }
}

function headOf(state: State): string {
  const at = state.options.now().toISOString();
  const runs = [...state.open.values()].map(({ run }) => runRecord(state, run, at));
  const jobs = state.set === undefined ? [] : [jobsRecord(state, state.set)];
  return [startRecord(state), ...jobs, ...runs].map(frame).join('');
}

function startRecord(state: State): JournalRecord {
  const { mode, startedAt, version, now } = state.options;
  const at = now().toISOString();
  return {
    t: 'start',
    at,
    w: state.name,
    mode,
    startedAt: startedAt.toISOString(),
    version,
    process: ownIdentity(),
  };
}

function jobsRecord(state: State, set: JobsKept): JournalRecord {
  return { t: 'jobs', at: set.at.toISOString(), w: state.name, mode: state.options.mode, set: set.digest };
}

function runRecord(state: State, run: Run, at: string): JournalRecord {
  return { t: 'run', at, w: state.name, run: boundRun(run) };
}
