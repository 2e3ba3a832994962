/**
 * What keeps the state small, done now and then by whoever writes: journals of the dead are handed on, full ones are
 * folded into the history. Each step may be cut off, or done twice at once, and nothing is lost by it.
 */
import { closeSync, fstatSync, ftruncateSync, futimesSync, lstatSync } from 'node:fs';
import { isMarkedAfter } from '../../model/mark.js';
import { isEnded, type Run } from '../../model/run.js';
import { addRun as addRunToFacts } from '../job-facts.js';
import { changeRun } from '../ledger.js';
import { settledInHistory } from './count.js';
import { renewSet } from './definition-file.js';
import { listNames, moveFile, openToAppend, removeFile, writeAll } from './disk.js';
import { factFiles, readFacts, writeFacts } from './facts.js';
import { dropOlder, findInHistory, writeSegments } from './history.js';
import { isAlive, isProcessAlive, ownIdentity } from './identity.js';
import { baseName, ENDING, FREE, nameToLeave, readyToFold, SEALED } from './journal-name.js';
import { type Journals, readJournals, type WriterState } from './journals.js';
import type { Place } from './layout.js';
import { frame, type JournalRecord } from './record.js';

/** A file without a word of its namesake may have been taken this moment. */
const JUST_TAKEN_MS = 120_000;
/** So many journals are folded at a time, the oldest first: the schedule must not wait long. */
const FOLD_AT_ONCE = 4;

/** Work that must not be done by two processes at once only because that would be a waste. */
export async function withLock(
  place: Place,
  work: (isHeld: () => boolean) => void | Promise<void>,
): Promise<void> {
  const { lock } = await import('proper-lockfile');
  let held = true;
  const options = {
    realpath: false,
    stale: 30_000,
    update: 5000,
    lockfilePath: `${place.directory}/maintenance.lock`,
  };
  const onCompromised = () => {
    held = false;
  };
  const release = await lock(place.directory, { ...options, onCompromised }).catch(() => undefined);
  if (release === undefined) return;
  try {
    await work(() => held);
  } finally {
    if (held) await release().catch(() => undefined);
  }
}

/**
 * Hand on the journals of writers that are gone for good: say in each when its writer was last seen alive, then let
 * the next writer have it.
 */
export function releaseJournals(place: Place, dead: readonly DeadJournal[], me: string): void {
  let count = 0;
  for (const { name, owner } of dead) {
    // Whoever renames it first has it.
    const path = `${place.journals}/${name}`;
    const mine = `${place.journals}/${me}.from-${count++}-${Date.now().toString(36)}${ENDING}`;
    if (!moveFile(path, mine)) continue;
    try {
      sealOff(place, mine, owner);
    } catch (error) {
      // As long as this writer lives, everybody would take it for one of its own.
      moveFile(mine, path);
      throw error;
    }
  }
}

/** A journal that nobody writes to any more and that nobody has handed on, and whose it was where that is known. */
export type DeadJournal = { readonly name: string; readonly owner: WriterState | undefined };

export function deadJournals(place: Place, journals: Journals, now: Date): DeadJournal[] {
  return [...journals.files].flatMap((name) => {
    if (name.startsWith(FREE) || name.startsWith(SEALED)) return [];
    const owner = journals.writers.get(name.slice(0, name.indexOf('.')));
    const isGone = owner?.files.has(name)
      ? isGoneForGood(owner)
      : isForsaken(`${place.journals}/${name}`, name, now);
    return isGone ? [{ name, owner }] : [];
  });
}

function isGoneForGood(writer: WriterState): boolean {
  if (writer.stoppedAt !== undefined) return true;
  return writer.identity !== undefined && isAlive(writer.identity) === false;
}

function isForsaken(path: string, name: string, now: Date): boolean {
  const pid = Number(name.split('-')[1]);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || now.getTime() - stats.ctimeMs < JUST_TAKEN_MS) return false;
  return !isProcessAlive({ pid, start: '', boot: ownIdentity().boot });
}

/** Hand on a journal that the caller has renamed to a name of its own; where that fails, it is as it was. */
export function sealOff(place: Place, path: string, owner: WriterState | undefined): void {
  const fd = openToAppend(path);
  try {
    if (owner !== undefined && owner.stoppedAt === undefined) {
      const stop = { t: 'stop', at: owner.seenAt.toISOString(), w: owner.name, reason: 'lost' } as const;
      writeOrTakeBack(fd, frame(stop));
    }
  } finally {
    closeSync(fd);
  }
  const size = lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  moveFile(path, `${place.journals}/${nameToLeave(baseName(path), size)}`);
}

/** The time of a journal is a sign of life of its writer, and a write that fails sets it as well. */
function writeOrTakeBack(fd: number, line: string): void {
  const { size, mtime } = fstatSync(fd);
  try {
    writeAll(fd, Buffer.from(line));
  } catch (error) {
    ftruncateSync(fd, size);
    futimesSync(fd, mtime, mtime);
    throw error;
  }
}

/**
 * Fold full journals into the history.
 *
 * The new files are durable before an old one is removed; readers look at journals first, then at the history.
 *
 * @param carry - Keeps records that must outlive their journal in the caller's own, durably.
 */
export async function foldJournals(
  place: Place,
  now: Date,
  carry: (records: readonly JournalRecord[]) => void,
): Promise<void> {
  const ready = readyToFold(place.journals, listNames(place.journals), now);
  const all = [...ready].sort(compareAge);
  if (all.length === 0) return;
  const { sealed, inputs, rest, newer } = gather(place, all.slice(0, FOLD_AT_ONCE));
  await pause();
  const changed = splitChanges(place, inputs, rest);
  // Whoever folded them before was killed before it could remove the journal.
  const known = settledInHistory(place.history, inputs.runs);
  const fresh = [...inputs.runs.values()].map((kept) => kept.run).filter((run) => !known.has(run.id));
  const runs = [...fresh, ...changed.runs];
  // A run that nobody has judged yet: next time.
  if (runs.some((run) => !isEnded(run.status))) return;
  const carried = [...changed.carried, ...newer];
  if (carried.length > 0) carry(carried);
  await pause();
  const oldFacts = factFiles(place.history);
  // The runs may be of jobs that only a journal which stays defines.
  const jobSets = [...inputs.jobSets, ...rest.jobSets];
  const writers = mergeWriters(inputs, rest);
  const facts = readFacts(place, { ...inputs, jobSets, writers, runs: new Map() }, new Date());
  for (const run of runs) addRunToFacts(facts, run);
  await pause();
  if (runs.length > 0) writeSegments(place.history, runs);
  dropOlder(
    place.history,
    [...inputs.runs.values()].map((kept) => kept.run).filter((run) => run.marked !== undefined),
  );
  await pause();
  const newFacts = writeFacts(place.history, facts);
  // Whoever has read the journals is about to read what they name.
  for (const set of new Set(inputs.jobSets.map((each) => each.set)))
    renewSet(`${place.definitions}/${set}.jsonl`);
  for (const name of sealed) removeFile(`${place.journals}/${name}`);
  for (const path of oldFacts) if (path !== newFacts) removeFile(path);
}

type Gathered = {
  readonly sealed: readonly string[];
  readonly inputs: Journals;
  readonly rest: Journals;
  /** Runs of which a journal that stays has an older state: gone with theirs, it would be the only one. */
  readonly newer: readonly JournalRecord[];
};

/** Read the journals to fold, and those that stay. Runs that the latter know as well are left to them. */
function gather(place: Place, sealed: readonly string[]): Gathered {
  const inputs = readJournals(place.journals, sealed);
  const others = listNames(place.journals).filter((name) => !inputs.files.has(name));
  const rest = readJournals(place.journals, others);
  const newer: JournalRecord[] = [];
  for (const [id, kept] of rest.runs) {
    const mine = inputs.runs.get(id);
    if (mine === undefined) continue;
    const hasEnded = isEnded(mine.run.status) && !isEnded(kept.run.status);
    if (hasEnded || isMarkedAfter(mine.run, kept.run))
      newer.push({ t: 'run', at: mine.at, w: '', run: mine.run });
    inputs.runs.delete(id);
  }
  return { sealed, inputs, rest, newer };
}

/** By writer, whose names begin with the time, then by the number of the part: `sealed-WRITER.PART.jsonl`. */
function compareAge(left: string, right: string): number {
  const [leftWriter = '', leftPart = ''] = left.split('.');
  const [rightWriter = '', rightPart = ''] = right.split('.');
  if (leftWriter !== rightWriter) return leftWriter < rightWriter ? -1 : 1;
  const number = (part: string) => (/^\d+$/.test(part) ? Number(part) : Number.MAX_SAFE_INTEGER);
  return number(leftPart) - number(rightPart);
}

/** Changes whose run is elsewhere: in another journal they must be kept on, in the history they are applied. */
function splitChanges(
  place: Place,
  inputs: Journals,
  rest: Journals,
): { readonly runs: Run[]; readonly carried: JournalRecord[] } {
  const runs: Run[] = [];
  const carried: JournalRecord[] = [];
  for (const [id, { change, at }] of inputs.changes) {
    const old = findInHistory(place.history, id);
    const run = old && changeRun(old, change);
    if (run !== undefined && run !== old) runs.push(run);
    if (old === undefined && rest.runs.has(id)) carried.push({ t: 'change', at, w: '', run: change });
  }
  return { runs, carried };
}

function mergeWriters(inputs: Journals, rest: Journals): Journals['writers'] {
  const writers = new Map(inputs.writers);
  for (const [name, state] of rest.writers) {
    const known = writers.get(name) ?? state;
    writers.set(name, {
      ...state,
      identity: state.identity ?? known.identity,
      stoppedAt: state.stoppedAt ?? known.stoppedAt,
      attendedUntil: state.attendedUntil ?? known.attendedUntil,
      seenAt: new Date(Math.max(known.seenAt.getTime(), state.seenAt.getTime())),
    });
  }
  return writers;
}

/** Let what is due go first. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
