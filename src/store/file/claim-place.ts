/** Where a claimed run belongs: among those that live, among those that wait for them, or nowhere. */
import { closeSync } from 'node:fs';
import type { Run } from '../../model/run.js';
import { skipForOverlap } from '../overlap.js';
import type { Claim, Claimed, Limit } from '../store.js';
import { type Begun, type Made, makeOwned } from './claim-made.js';
import type { LimitAnswer } from './limit.js';
import { unavailable } from './refusal.js';
import { type Holder, isLivePlace, releaseSlot, type SlotAnswer, type SlotKind } from './slot.js';

/** Places of a namespace, as a writer takes them. */
export type ClaimPlaces = {
  readonly directory: string;
  readonly takeLimits: (run: Run, limits: readonly Limit[]) => LimitAnswer;
  readonly takeSlot: (run: Run, kind: SlotKind, slots: number) => SlotAnswer;
  /** Give the place of a run that this writer has to another one. @returns The place; undefined: it has none. */
  readonly handOver: (from: string, to: string) => string | undefined;
  /** Whose turn it is before this run. */
  readonly findEarlier: (run: Run) => Holder | undefined;
  readonly describe: (holder: Holder) => Run | undefined;
  /** As `describe`, where that is known without looking. */
  readonly recall: (holder: Holder) => Run | undefined;
};

/** A run that waits for room, or for an instant. */
export function makeWaiting(places: ClaimPlaces, { run, inPlaceOf }: Claim, undo: () => void): Made {
  const answer: Claimed = { kind: 'waiting', run, holder: undefined };
  try {
    const slot = inPlaceOf === undefined ? undefined : places.handOver(inPlaceOf, run.id);
    const undoAll = () => {
      if (slot !== undefined && inPlaceOf !== undefined) places.handOver(inPlaceOf, inPlaceOf);
      undo();
    };
    return { answer, run, slot, undo: undoAll };
  } catch (error) {
    undo();
    throw unavailable('keep a slot in', places.directory, error);
  }
}

/** Give a run that is ours its place among those that live, or among those that wait for them, or none. */
export function makeStart(places: ClaimPlaces, claim: Claim, base: string, begun: Begun): Made {
  const { run } = claim;
  const place = findPlace(places, claim, begun.slot);
  if (place.kind === 'waiting' && place.slot === begun.slot) {
    const answer: Claimed = { kind: 'waiting', run, holder: place.holder };
    return { answer, run: undefined, slot: begun.slot, undo: () => undefined };
  }
  const undo = () => {
    if (place.slot !== undefined && place.slot !== begun.slot) releaseSlot(place.slot);
    begun.undo?.();
  };
  if (place.kind === 'live')
    return makeShared(places, claim, base, { fd: begun.fd, slot: place.slot, undo }, begun);
  if (begun.fd !== undefined) closeSync(begun.fd);
  const { holder } = place;
  if (place.kind === 'waiting') {
    const waiting = asWaiting(run);
    return { answer: { kind: 'waiting', run: waiting, holder }, run: waiting, slot: place.slot, undo };
  }
  const skipped = skipForOverlap(run, holder);
  return { answer: { kind: 'overlap', run: skipped, holder }, run: skipped, slot: undefined, undo };
}

/** A run that may live beside the others of its job: does it fit among those with which it shares keys? */
function makeShared(
  places: ClaimPlaces,
  { run, limits = [] }: Claim,
  base: string,
  begun: Begun,
  before: Begun,
): Made {
  const { slot, fd, undo = () => undefined } = begun;
  const answer = limits.length === 0 ? NO_LIMITS : tryLimits(places, run, limits, undo);
  const { places: shared } = answer;
  const undoAll = () => {
    for (const path of shared) if (before.shared?.includes(path) !== true) releaseSlot(path);
    undo();
  };
  if (answer.kind === 'taken') return makeOwned(run, base, { fd, slot, shared, undo: undoAll });
  const isKnown = slot === before.slot && before.shared?.join() === shared.join();
  const holder = describeOr(places, answer.holder, isKnown, undoAll);
  if (fd !== undefined) closeSync(fd);
  const waiting = asWaiting(run);
  return {
    answer: { kind: 'waiting', run: waiting, holder, limit: answer.key },
    run: isKnown ? undefined : waiting,
    slot,
    shared,
    undo: undoAll,
  };
}

const NO_LIMITS = { kind: 'taken', places: [] } as const;

function tryLimits(places: ClaimPlaces, run: Run, limits: readonly Limit[], undo: () => void): LimitAnswer {
  try {
    return places.takeLimits(run, limits);
  } catch (error) {
    undo();
    throw unavailable('keep a place in', places.directory, error);
  }
}

function describeOr(
  places: ClaimPlaces,
  holder: Holder,
  isKnown: boolean,
  undo: () => void,
): Run | undefined {
  try {
    // Who asks again and again is not worth reading all journals for.
    return isKnown ? places.recall(holder) : places.describe(holder);
  } catch (error) {
    undo();
    throw error;
  }
}

function asWaiting({ startedAt: _, ...rest }: Run): Run {
  return { ...rest, status: 'waiting' };
}

type Found =
  | { readonly kind: 'live'; readonly slot: string | undefined }
  | { readonly kind: 'waiting'; readonly slot: string; readonly holder: Run | undefined }
  | { readonly kind: 'none'; readonly slot: undefined; readonly holder: Run | undefined };

function findPlace(places: ClaimPlaces, claim: Claim, waitingSlot: string | undefined): Found {
  const { run, maxLive, maxWaiting = 0 } = claim;
  if (maxLive === undefined) return { kind: 'live', slot: undefined };
  if (waitingSlot !== undefined && isLivePlace(waitingSlot)) return { kind: 'live', slot: waitingSlot };
  try {
    const earlier = maxWaiting > 0 ? places.findEarlier(run) : undefined;
    const live = earlier === undefined ? places.takeSlot(run, 'live', maxLive) : undefined;
    if (live?.kind === 'taken') return { kind: 'live', slot: live.path };
    const inTheWay = live?.holder ?? earlier;
    // Looked up before a slot is taken: what goes wrong here leaves nothing behind.
    const holder = inTheWay && places.describe(inTheWay);
    if (waitingSlot !== undefined) return { kind: 'waiting', slot: waitingSlot, holder };
    const wait = maxWaiting > 0 ? places.takeSlot(run, 'waiting', maxWaiting) : undefined;
    if (wait?.kind === 'taken') return { kind: 'waiting', slot: wait.path, holder };
    return { kind: 'none', slot: undefined, holder };
  } catch (error) {
    throw unavailable('keep a slot in', places.directory, error);
  }
}
