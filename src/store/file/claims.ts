/** Who owns a run: whoever creates its output file, which happens at most once. */
import { closeSync, lstatSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import { isEnded, type Run } from '../../model/run.js';
import { skipForOverlap } from '../ledger.js';
import type { Claim, Claimed, Limit } from '../store.js';
import { createFile, ensureDirectory, removeFile, unavailable } from './disk.js';
import { outputDirectory, type Place } from './layout.js';
import type { LimitAnswer } from './limit.js';
import { createOutputSink } from './output.js';
import { type Holder, isLivePlace, releaseSlot, type SlotAnswer, type SlotKind } from './slot.js';

/** A claim that was made on disk and is not journalled yet. */
export type Made = {
  readonly answer: Claimed;
  /** What is to be journalled; undefined for a run that is somebody else's. */
  readonly run: Run | undefined;
  readonly slot: string | undefined;
  /** What it holds or waits for of the keys that it shares with runs of other jobs. */
  readonly shared?: readonly string[] | undefined;
  readonly undo: () => void;
};

export type ClaimContext = {
  readonly place: Place;
  readonly takeLimits: (run: Run, limits: readonly Limit[]) => LimitAnswer;
  readonly takeSlot: (run: Run, kind: SlotKind, slots: number) => SlotAnswer;
  /** Give the place of a run that this writer has to another one. @returns The place; undefined: it has none. */
  readonly handOver: (from: string, to: string) => string | undefined;
  /** Whose turn it is before this run. */
  readonly findEarlier: (run: Run) => Holder | undefined;
  /** A run that this writer owns and that waits; `slot` is its place among those that do. */
  readonly waiting: (runId: string) => Omit<Begun, 'fd'> | undefined;
  readonly describe: (holder: Holder) => Run | undefined;
  /** As `describe`, where that is known without looking. */
  readonly recall: (holder: Holder) => Run | undefined;
  /** Directories that this writer has made or found in order. */
  readonly checked: Set<string>;
  /** Make again what somebody deleted. */
  readonly restore: () => void;
};

/** More open files than this are not kept for runs that have not written anything. */
const KEEP_OPEN = 64;

/** Make claims on disk, all or none. Throws `STATE_UNAVAILABLE`. */
export function makeClaims(context: ClaimContext, claims: readonly Claim[]): Made[] {
  const made: Made[] = [];
  try {
    for (const claim of claims) made.push(makeClaim(context, claim, made.length < KEEP_OPEN));
    return made;
  } catch (error) {
    undoClaims(made);
    throw error;
  }
}

export function undoClaims(made: readonly Made[]): void {
  for (const { undo } of made) undo();
}

function makeClaim(context: ClaimContext, claim: Claim, keepOpen: boolean): Made {
  const { run } = claim;
  const directory = outputDirectory(context.place, run.id);
  if (directory === undefined) throw new TypeError(`${run.id} is not the id of a run`);
  const base = `${directory}/${run.id}`;
  const isToStart = !isEnded(run.status) && run.status !== 'waiting';
  const waiting = isToStart ? context.waiting(run.id) : undefined;
  if (waiting !== undefined) return makeStart(context, claim, base, { fd: undefined, ...waiting });
  const fd = createOutput(context, directory, base);
  if (fd === undefined)
    return { answer: { kind: 'duplicate' }, run: undefined, slot: undefined, undo: () => undefined };
  const undo = () => {
    removeFile(`${base}.out`);
  };
  if (isEnded(run.status)) {
    closeSync(fd);
    return { answer: { kind: 'recorded' }, run, slot: undefined, undo };
  }
  if (run.status === 'waiting') {
    closeSync(fd);
    return makeWaiting(context, claim, undo);
  }
  if (!keepOpen) closeSync(fd);
  try {
    return makeStart(context, claim, base, { fd: keepOpen ? fd : undefined, slot: undefined, undo });
  } catch (error) {
    if (keepOpen) closeSync(fd);
    undo();
    throw error;
  }
}

/** A run that waits for room, or for an instant. */
function makeWaiting(context: ClaimContext, { run, inPlaceOf }: Claim, undo: () => void): Made {
  const answer: Claimed = { kind: 'waiting', run, holder: undefined };
  try {
    const slot = inPlaceOf === undefined ? undefined : context.handOver(inPlaceOf, run.id);
    const undoAll = () => {
      if (slot !== undefined && inPlaceOf !== undefined) context.handOver(inPlaceOf, inPlaceOf);
      undo();
    };
    return { answer, run, slot, undo: undoAll };
  } catch (error) {
    undo();
    throw unavailable('keep a slot in', context.place.slots, error);
  }
}

/** What is there of a run that is to start. */
type Begun = {
  readonly fd: number | undefined;
  /** Its place among those that wait, or one among those that live that was handed to it. */
  readonly slot: string | undefined;
  /** Where it is written that it waits for keys that it shares. */
  readonly shared?: readonly string[] | undefined;
  readonly undo?: () => void;
};

/** Give a run that is ours its place among those that live, or among those that wait for them, or none. */
function makeStart(context: ClaimContext, claim: Claim, base: string, begun: Begun): Made {
  const { run } = claim;
  const place = findPlace(context, claim, begun.slot);
  if (place.kind === 'waiting' && place.slot === begun.slot) {
    const answer: Claimed = { kind: 'waiting', run, holder: place.holder };
    return { answer, run: undefined, slot: begun.slot, undo: () => undefined };
  }
  const undo = () => {
    if (place.slot !== undefined && place.slot !== begun.slot) releaseSlot(place.slot);
    begun.undo?.();
  };
  if (place.kind === 'live')
    return makeShared(context, claim, base, { ...begun, slot: place.slot, undo }, begun);
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
  context: ClaimContext,
  { run, limits = [] }: Claim,
  base: string,
  begun: Begun,
  before: Begun,
): Made {
  const { slot, fd, undo = () => undefined } = begun;
  const answer = limits.length === 0 ? NO_LIMITS : tryLimits(context, run, limits, undo);
  const { places: shared } = answer;
  const undoAll = () => {
    for (const path of shared) if (before.shared?.includes(path) !== true) releaseSlot(path);
    undo();
  };
  if (answer.kind === 'taken') {
    const output = createOutputSink(base, fd);
    const close = () => {
      output.close();
      undoAll();
    };
    return { answer: { kind: 'owned', output }, run, slot, shared, undo: close };
  }
  const isKnown = slot === before.slot && before.shared?.join() === shared.join();
  const holder = describeOr(context, answer.holder, isKnown, undoAll);
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

function tryLimits(context: ClaimContext, run: Run, limits: readonly Limit[], undo: () => void): LimitAnswer {
  try {
    return context.takeLimits(run, limits);
  } catch (error) {
    undo();
    throw unavailable('keep a place in', context.place.slots, error);
  }
}

function describeOr(
  context: ClaimContext,
  holder: Holder,
  isKnown: boolean,
  undo: () => void,
): Run | undefined {
  try {
    // Who asks again and again is not worth reading all journals for.
    return isKnown ? context.recall(holder) : context.describe(holder);
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

function findPlace(context: ClaimContext, claim: Claim, waitingSlot: string | undefined): Found {
  const { run, maxLive, maxWaiting = 0 } = claim;
  if (maxLive === undefined) return { kind: 'live', slot: undefined };
  if (waitingSlot !== undefined && isLivePlace(waitingSlot)) return { kind: 'live', slot: waitingSlot };
  try {
    const earlier = maxWaiting > 0 ? context.findEarlier(run) : undefined;
    const live = earlier === undefined ? context.takeSlot(run, 'live', maxLive) : undefined;
    if (live?.kind === 'taken') return { kind: 'live', slot: live.path };
    const inTheWay = live?.holder ?? earlier;
    // Looked up before a slot is taken: what goes wrong here leaves nothing behind.
    const holder = inTheWay && context.describe(inTheWay);
    if (waitingSlot !== undefined) return { kind: 'waiting', slot: waitingSlot, holder };
    const wait = maxWaiting > 0 ? context.takeSlot(run, 'waiting', maxWaiting) : undefined;
    if (wait?.kind === 'taken') return { kind: 'waiting', slot: wait.path, holder };
    return { kind: 'none', slot: undefined, holder };
  } catch (error) {
    throw unavailable('keep a slot in', context.place.slots, error);
  }
}

/** The claim itself; undefined when the file exists, and so the run is somebody's. */
function createOutput(context: ClaimContext, directory: string, base: string): number | undefined {
  const path = `${base}.out`;
  if (!context.checked.has(directory)) {
    if (lstatSync(context.place.output, { throwIfNoEntry: false }) === undefined) context.restore();
    ensureDirectory(directory);
    context.checked.add(directory);
  }
  try {
    return createFile(path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    if (systemCode(error) !== 'ENOENT') throw unavailable('create', path, error);
  }
  context.restore();
  ensureDirectory(directory);
  try {
    return createFile(path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw unavailable('create', path, error);
  }
}
