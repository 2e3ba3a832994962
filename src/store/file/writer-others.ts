/** How a writer looks after the journals of others: those of the dead are handed on, their runs judged. */
import { lstatSync } from 'node:fs';
import { isEnded } from '../../model/run.js';
import { listNames } from './disk.js';
import { suspectClaimsOf } from './forsaken.js';
import { isWriterAlive, readJournals } from './journals.js';
import { releaseDeadJournals } from './maintenance.js';
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
    suspectClaimsOf(state, readJournals(place.journals), at);
    releaseDeadJournals(place, others, name, at);
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
