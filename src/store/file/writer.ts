/** One process that records what happens in one namespace. */
import type { JobDefinition } from '../../model/job.js';
import type { Overrides } from '../../model/override.js';
import { isEnded, type Run, type RunChange } from '../../model/run.js';
import { pastOf } from '../job-facts.js';
import { changeRun } from '../ledger.js';
import type { JobPast, Writer } from '../store.js';
import { createBallast, isFull } from './ballast.js';
import { keepDefinitions } from './definitions.js';
import { guarded, listNames } from './disk.js';
import { jobsOf, readFacts } from './facts.js';
import { forsakenClaims, suspectClaimsOf } from './forsaken.js';
import { openJournal } from './journal.js';
import { SEALED, writerName } from './journal-name.js';
import { isWriterAlive, type Journals } from './journals.js';
import { outputBase, type Place } from './layout.js';
import { foldJournals, withLock } from './maintenance.js';
import { namedOutputOf } from './output.js';
import { boundRun, frame, type JournalRecord } from './record.js';
import { createRetainer } from './retention.js';
import { releaseSlot } from './slot.js';
import { dropTokens, takeOverPlanned } from './takeover.js';
import { viewNamespace } from './view.js';
import { claim } from './writer-claim.js';
import { isSettled } from './writer-others.js';
import { headOf, jobsRecord, runRecord, startRecord, stopRecord } from './writer-record.js';
import {
  type FileWriterOptions,
  type JobsKept,
  type OpenRun,
  openWriters,
  type State,
} from './writer-state.js';

/** What only a writer on disk can do. */
export type FileWriter = Writer & {
  /** Keep the end of runs that somebody claimed who died before he could journal it, durably. */
  keepLost(runs: readonly Run[]): void;
};

/** Open a writer: its journal says so before this returns. Throws `STATE_UNAVAILABLE`. */
export function openWriter(place: Place, options: FileWriterOptions): FileWriter {
  const state = createState(place, options);
  state.journal.append(frame(startRecord(state)));
  openWriters.add(state.name);
  return {
    namespace: options.namespace,
    claim: async (claims) => claim(state, claims, () => restore(state)),
    namedOutput: (runId) => {
      const base = outputBase(place, runId);
      return base && namedOutputOf(base);
    },
    record: (change, how) => record(state, change, how?.durable),
    setJobs: async (jobs, at) => {
      const set = keepJobs(state, jobs, at ?? state.beatAt);
      state.journal.append(frame(jobsRecord(state, set)));
      state.set = set;
    },
    past: async () => past(state),
    heartbeat: (now, attendedUntil) => heartbeat(state, now, attendedUntil ?? now),
    overrides: watchOverrides(place, options.warn),
    close: (reason, attendedUntil) => {
      state.attendedUntil = attendedUntil ?? state.attendedUntil;
      return close(state, reason);
    },
    keepLost: (runs) => keepLost(state, runs),
  };
}

/** Loaded when a scheduler asks. */
function watchOverrides(place: Place, warn: (message: string) => void): () => Promise<Overrides | undefined> {
  let look: (() => Overrides | undefined) | undefined;
  return async () => {
    look ??= (await import('./overrides.js')).createOverrideWatch(place, warn);
    return look();
  };
}

function createState(place: Place, options: FileWriterOptions): State {
  const name = writerName(process.pid, options.now());
  const journal = guarded('open a journal in', place.journals, () =>
    openJournal({ directory: place.journals, writer: name, head: () => headOf(state) }, () => restore(state)),
  );
  const state: State = {
    place,
    options,
    name,
    journal,
    open: new Map(),
    retention: createRetainer(place, options.warn),
    set: undefined,
    beatAt: options.startedAt,
    attendedUntil: undefined,
    ballast: createBallast(place.directory),
    suspects: new Map(),
    holders: new Map(),
    seen: { at: Number.NEGATIVE_INFINITY, writers: new Map() },
    unwritten: '',
    checked: new Set(),
    settled: '',
    isOwnSettled: false,
    closed: false,
  };
  return state;
}

function keepJobs(state: State, jobs: Iterable<JobDefinition>, at: Date): JobsKept {
  const { definitions } = state.place;
  const digest = guarded('write to', definitions, () => keepDefinitions(definitions, jobs));
  return { jobs, digest, at };
}

/** Asked by a scheduler, once: it also makes sure that there is room for bad times. */
function past(state: State): ReadonlyMap<string, JobPast> {
  const { place, options, name } = state;
  state.ballast.keep();
  const now = options.now();
  const { journals } = viewNamespace(place, now);
  suspectClaimsOf(state, journals, now);
  return pastOf(readFacts(place, journals, now, name));
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
  // A word about a run needs no other record to be read with.
  const line = frame({
    t: isWhole(bounded) ? 'run' : 'change',
    at,
    w: state.name,
    run: bounded,
  } as JournalRecord);
  if (durable ?? isEnded(change.status ?? 'running'))
    await state.journal.commit(line, isAlone(state) ? 'in-place' : 'at-once');
  // The last record of a run will hold this too.
  else if (open !== undefined && durable === false) state.journal.note(line);
  else state.journal.append(line);
}

function isWhole(change: RunChange): boolean {
  return change.marked !== undefined;
}

/** Whether nothing is left to do for this process once the last record is kept. */
function isAlone(state: State): boolean {
  return state.options.mode === 'once' && state.open.size === 0;
}

async function finish(state: State, open: OpenRun, line: string, durable: boolean): Promise<void> {
  state.open.delete(open.run.id);
  // Who takes its place must find its end.
  const isAwaited = open.slot !== undefined || open.shared !== undefined;
  const how = isAlone(state) ? 'in-place' : isAwaited ? 'at-once' : 'together';
  const write = async () => {
    if (durable) await state.journal.commit(line, how);
    else state.journal.append(line);
  };
  try {
    const written = withBallast(state, write);
    if (open.slot !== undefined) releaseSlot(open.slot);
    for (const path of open.shared ?? []) releaseSlot(path);
    await written;
    if (open.token !== undefined) dropTokens(state.place, open.run.id);
  } catch (error) {
    state.unwritten += line;
    throw error;
  }
}

/** What must be written is tried a second time with the room that was kept for it. */
async function withBallast(state: State, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isFull(error)) throw error;
    // Others may have dropped it already.
    if (!state.ballast.drop() && !state.ballast.isDropped()) throw error;
    await write();
  }
}

async function heartbeat(state: State, now: Date, attendedUntil: Date): Promise<readonly Run[]> {
  const { place, journal, options } = state;
  state.beatAt = now;
  if (!journal.isInPlace()) restore(state);
  await rewrite(state);
  if (options.mode === 'schedule') state.ballast.keep();
  const at = options.now();
  const view = isSettled(state, at) ? undefined : viewNamespace(place, at);
  const lost = [...(view?.lost ?? []), ...forsakenClaims(state, () => viewNamespace(place, at).journals, at)];
  keepLost(state, lost);
  const planned = view === undefined ? [] : takeOver(state, view.journals, at);
  if (listNames(place.journals).some((name) => name.startsWith(SEALED))) await fold(state);
  guarded('touch a journal in', place.journals, () => journal.touch(now));
  state.attendedUntil = attendedUntil;
  if (options.mode === 'schedule') state.retention.beat(now);
  return [...lost, ...planned];
}

/** Of jobs that others have, others take them over. */
function takeOver(state: State, journals: Journals, now: Date): readonly Run[] {
  if (state.options.mode !== 'schedule') return [];
  const alive = [...journals.writers.values()].filter(
    (writer) => writer.name !== state.name && isWriterAlive(writer, now),
  );
  if (alive.length === 0) return takeOverPlanned(state, journals, now, () => true);
  const mine = new Set([...(state.set?.jobs ?? [])].map(({ id }) => id));
  const others = jobsOf(state.place, journals, new Set(alive.map(({ name }) => name)));
  const theirs = new Set([...others.values()].flat());
  return takeOverPlanned(state, journals, now, (job) => mine.has(job) || !theirs.has(job));
}

function keepLost(state: State, lost: readonly Run[]): void {
  if (lost.length === 0) return;
  const at = state.options.now().toISOString();
  state.journal.appendDurable(lost.map((run) => frame(runRecord(state, run, at))).join(''));
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
  if (state.set !== undefined) state.set = keepJobs(state, state.set.jobs, state.beatAt);
  guarded('write to', place.journals, () => state.journal.restart());
}

async function rewrite(state: State): Promise<void> {
  if (state.unwritten === '') return;
  await withBallast(state, async () => state.journal.appendDurable(state.unwritten));
  state.unwritten = '';
}

/** @throws {SupertaskError} `STATE_UNAVAILABLE` when the end of a run could not be kept. */
async function close(state: State, reason: string): Promise<void> {
  if (state.closed) return;
  state.closed = true;
  try {
    await state.retention.stop();
    await rewrite(state);
    await leave(state, reason);
  } finally {
    openWriters.delete(state.name);
  }
}

/** Every run has its record by now; that this writer ended, others will see without its saying so. */
async function leave(state: State, reason: string): Promise<void> {
  const { journal, options, place } = state;
  const now = options.now();
  try {
    keepLost(
      state,
      forsakenClaims(state, () => viewNamespace(place, now).journals, now),
    );
    if (journal.sawSealed && options.mode === 'once') await fold(state);
    journal.append(frame(stopRecord(state, reason)));
    await journal.close();
  } catch (error) {
    options.warn(`the journal was not closed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
