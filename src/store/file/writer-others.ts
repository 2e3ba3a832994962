/** How a writer looks after the journals of others: those of the dead are handed on, their runs judged. */
import { lstatSync } from 'node:fs';
import { isEnded, type Run } from '../../model/run.js';
import { listNames } from './disk.js';
import { jobsOf } from './facts.js';
import { isAnyUnjudged, suspectClaimsOf } from './forsaken.js';
import { isWriterAlive, type Journals, readJournals } from './journals.js';
import { deadJournals, foldJournals, releaseJournals, withLock } from './maintenance.js';
import { frame, type JournalRecord } from './record.js';
import { takeOverPlanned } from './takeover.js';
import { runRecord } from './writer-record.js';
import type { State } from './writer-state.js';

/**
 * Look after them; they are read only if they changed: the own one is known, and long.
 *
 * @returns Whether no run in them needs a closer look.
 */
export function isSettled(state: State, at: Date): boolean {
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
  if (hasDead) {
    // Asked first: the claims of who dies from here on are looked for next time.
    const dead = deadJournals(place, others, at);
    suspectClaimsOf(state, readJournals(place.journals), at);
    // Once a journal says that its writer has ended, nobody looks for its claims again.
    if (!isAnyUnjudged(state)) releaseJournals(place, dead, name);
  }
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

/** Of jobs that others have, others take them over. */
export function takeOver(state: State, journals: Journals, now: Date): readonly Run[] {
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

/** Keep the end of runs that nobody watches any more, durably. */
export function keepLost(state: State, lost: readonly Run[]): void {
  if (lost.length === 0) return;
  const at = state.options.now().toISOString();
  state.journal.appendDurable(lost.map((run) => frame(runRecord(state, run, at))).join(''));
}

/** Put journals that are full into the history. */
export async function fold(state: State): Promise<void> {
  const carry = (records: readonly JournalRecord[]) =>
    state.journal.appendDurable(records.map(frame).join(''));
  try {
    await withLock(state.place, () => foldJournals(state.place, state.options.now(), carry));
  } catch (error) {
    state.options.warn(`folding the journals of ${state.place.directory} failed: ${String(error)}`);
  }
}
