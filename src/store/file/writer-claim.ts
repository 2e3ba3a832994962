/** How a writer claims: on disk first, then in its journal; what the journal refuses is undone on disk. */

import { isoText } from '../../model/iso.js';
import { isEnded, type Run } from '../../model/run.js';
import type { Claim, Claimed } from '../store.js';
import type { Made } from './claim-made.js';
import type { ClaimPlaces } from './claim-place.js';
import { type ClaimContext, makeClaims, undoClaims } from './claims.js';
import { frame } from './record.js';
import { unavailable } from './refusal.js';
import { releaseSlot } from './slot.js';
import { dropTokens } from './takeover.js';
import { createPlaces } from './writer-places.js';
import { runRecord } from './writer-record.js';
import type { State } from './writer-state.js';

/** @param restore - Makes the namespace again, which was deleted while in use. */
export function claim(state: State, claims: readonly Claim[], restore: () => void): Claimed[] {
  refuseWithoutRoom(state);
  const made = makeClaims(claimContext(state, restore), claims);
  const at = isoText(state.options.now());
  const records = made.flatMap(({ run }) => (run === undefined ? [] : [runRecord(state, run, at)]));
  try {
    if (records.length > 0) state.journal.appendDurable(records.map(frame).join(''));
  } catch (error) {
    undoClaims(made);
    throw error;
  }
  for (const [index, { answer, run, slot, shared }] of made.entries()) {
    const { run: claimed, inPlaceOf } = claims[index] ?? {};
    if (run !== undefined) adopt(state, run, { slot, shared });
    if (slot !== undefined && inPlaceOf !== undefined) withoutSlot(state, inPlaceOf);
    if (answer.kind === 'duplicate' && claimed !== undefined && !state.open.has(claimed.id))
      suspect(state, claimed);
  }
  return made.map((one: Made) => one.answer);
}

/** What was known of the claim before says more. */
function suspect({ suspects }: State, run: Run): void {
  if (!suspects.has(run.id)) suspects.set(run.id, { run, at: Date.now() });
}

/** What the ballast made room for is for the runs that are going. */
function refuseWithoutRoom({ ballast, place }: State): void {
  if (ballast?.isDropped() !== true || ballast.keep()) return;
  throw unavailable('make room in', place.directory, Object.assign(new Error('full'), { code: 'ENOSPC' }));
}

/** Take a claimed run into the books. One that waited gives up its place among those that do. */
function adopt(state: State, run: Run, { slot, shared }: Pick<Made, 'slot' | 'shared'>): void {
  const { slot: before, shared: left = [], token } = state.open.get(run.id) ?? {};
  if (isEnded(run.status)) state.open.delete(run.id);
  else state.open.set(run.id, { run, slot, shared, token });
  if (isEnded(run.status) && token !== undefined) dropTokens(state.place, run.id);
  if (before !== undefined && before !== slot) releaseSlot(before);
  for (const path of left) if (shared?.includes(path) !== true) releaseSlot(path);
}

/** Its place is another run's by now. */
function withoutSlot(state: State, id: string): void {
  const open = state.open.get(id);
  if (open !== undefined) state.open.set(id, { ...open, slot: undefined });
}

function claimContext(state: State, restore: () => void): ClaimContext {
  const { place, checked } = state;
  let places: ClaimPlaces | undefined;
  return {
    place,
    checked,
    places: () => {
      places ??= createPlaces(state);
      return places;
    },
    waiting: (id) => {
      const open = state.open.get(id);
      return open?.run.status === 'waiting' ? { slot: open.slot, shared: open.shared } : undefined;
    },
    restore,
  };
}
