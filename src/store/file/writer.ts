/** One process that records what happens in one namespace. */
import { messageOf } from '../../errors.js';
import { isoText } from '../../model/iso.js';
import type { Overrides } from '../../model/override.js';
import { isEnded, type Run, type RunChange } from '../../model/run.js';
import { changeRun } from '../ledger.js';
import type { Writer } from '../store.js';
import { guarded } from './disk.js';
import { judgeSuspects } from './forsaken.js';
import { openJournal } from './journal.js';
import { readyToFold, writerName } from './journal-name.js';
import { outputBase, type Place } from './layout.js';
import { namedOutputOf } from './output.js';
import { boundRun, frame, type JournalRecord } from './record.js';
import { releaseSlot } from './slot.js';
import { dropTokens } from './takeover.js';
import { claim } from './writer-claim.js';
import { heartbeat, past } from './writer-heartbeat.js';
import { keepJobs, rewrite, withBallast } from './writer-keep.js';
import { fold, keepLost } from './writer-others.js';
import { headOf, jobsRecord, runRecord, startRecord, stopRecord } from './writer-record.js';
import { restore } from './writer-restore.js';
import { type FileWriterOptions, type OpenRun, openWriters, type State } from './writer-state.js';

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
    openJournal({ directory: place.journals, writer: name, head: () => headOf(state) }),
  );
  const state: State = {
    place,
    options,
    name,
    journal,
    open: new Map(),
    retention: undefined,
    set: undefined,
    beatAt: options.startedAt,
    attendedUntil: undefined,
    ballast: undefined,
    suspects: new Map(),
    searched: undefined,
    holders: new Map(),
    found: [],
    seen: { at: Number.NEGATIVE_INFINITY, writers: new Map() },
    unwritten: '',
    checked: new Set(),
    settled: '',
    isOwnSettled: false,
    closed: false,
  };
  return state;
}

async function record(state: State, change: RunChange, durable: boolean | undefined): Promise<void> {
  const open = state.open.get(change.id);
  const bounded = boundRun(change);
  const at = isoText(state.options.now());
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

function isWhole(change: RunChange): boolean {
  return change.marked !== undefined;
}

/** Whether nothing is left to do for this process once the last record is kept. */
function isAlone(state: State): boolean {
  return state.options.mode === 'once' && state.open.size === 0;
}

async function finish(state: State, open: OpenRun, line: string, durable: boolean): Promise<void> {
  state.open.delete(open.run.id);
  const write = async () => {
    // Who asks for the end of a run must find it, also when somebody has removed the directory meanwhile.
    if (!state.journal.isInPlace()) restore(state);
    if (durable) await state.journal.commit(line, isAlone(state));
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

/** @throws {SupertaskError} `STATE_UNAVAILABLE` when the end of a run could not be kept. */
async function close(state: State, reason: string): Promise<void> {
  if (state.closed) return;
  state.closed = true;
  try {
    await state.retention?.stop();
    await rewrite(state);
    await leave(state, reason);
  } finally {
    openWriters.delete(state.name);
  }
}

/** Looked for once more only where there were full ones when it began. */
function hasToFold({ journal: { sealed }, options, place }: State): boolean {
  return sealed.length > 0 && readyToFold(place.journals, sealed, options.now()).length > 0;
}

/** Every run has its record by now; that this writer ended, others will see without its saying so. */
async function leave(state: State, reason: string): Promise<void> {
  const { journal, options } = state;
  try {
    if (state.suspects.size > 0) keepLost(state, judgeSuspects(state, options.now()).lost);
    if (options.mode === 'once' && hasToFold(state)) await fold(state);
    journal.append(frame(stopRecord(state, reason)));
    await journal.close();
  } catch (error) {
    options.warn(`the journal was not closed: ${messageOf(error)}`);
  }
}
