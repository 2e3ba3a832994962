/** Slots that nobody gave back: found, and given back for those who cannot. */
import { isEnded } from '../../model/run.js';
import { listNames, removeFile } from './disk.js';
import { isWriterAlive, type Journals } from './journals.js';
import type { Place } from './layout.js';
import { breakSlot, type Holder, readHolder } from './slot.js';

/** Slots, and traces of giving them back, that are held by the dead. */
export function staleSlots(place: Place, journals: Journals, now: Date): string[] {
  return listNames(place.slots)
    .map((name) => `${place.slots}/${name}`)
    .filter((path) => {
      const token = tokenOf(path);
      if (token !== undefined) return readHolder(token.slot)?.run !== token.run;
      const holder = readHolder(path);
      return holder !== undefined && isHolderDead(holder, journals, now);
    });
}

/** Give stale slots back. @returns How many. */
export function clearSlots(place: Place, journals: Journals, now: Date, mine: Holder): number {
  const isDead = (holder: Holder): boolean => isHolderDead(holder, journals, now);
  let count = 0;
  for (const path of staleSlots(place, journals, now)) {
    const holder = readHolder(path);
    // The run that a trace names takes no slot again, so nobody rests on the trace any more.
    if (tokenOf(path) !== undefined) count += removeFile(path) ? 1 : 0;
    else if (holder !== undefined && isDead(holder)) count += breakSlot(path, holder, mine, isDead) ? 1 : 0;
  }
  return count;
}

/** `SLOT~RUN.LEVEL`: made by whoever gives the slot of a dead run back. */
function tokenOf(path: string): { readonly slot: string; readonly run: string } | undefined {
  const match = /^(.*)~([0-9a-f-]{36})\.\d+$/.exec(path);
  return match === null ? undefined : { slot: match[1] ?? '', run: match[2] ?? '' };
}

function isHolderDead({ run, writer }: Holder, journals: Journals, now: Date): boolean {
  if (writer === '') return false;
  const kept = journals.runs.get(run);
  if (kept !== undefined) return isEnded(kept.run.status);
  return !isWriterAlive(journals.writers.get(writer), now);
}
