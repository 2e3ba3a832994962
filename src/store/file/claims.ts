/** Who owns a run: whoever creates its output file, which happens at most once. */
import { closeSync, lstatSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import { isEnded } from '../../model/run.js';
import type { Claim } from '../store.js';
import { type Begun, type Made, makeOwned } from './claim-made.js';
import { type ClaimPlaces, makeStart, makeWaiting } from './claim-place.js';
import { createFile, ensureDirectory, removeFile } from './disk.js';
import { outputDirectory, type Place } from './layout.js';
import { unavailable } from './refusal.js';

export type ClaimContext = {
  readonly place: Place;
  /** A run that this writer owns and that waits; `slot` is its place among those that do. */
  readonly waiting: (runId: string) => Omit<Begun, 'fd'> | undefined;
  /** Asked for where a run needs one of them. */
  readonly places: () => ClaimPlaces;
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
  if (waiting !== undefined) return makeStart(context.places(), claim, base, { fd: undefined, ...waiting });
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
    return makeWaiting(context.places(), claim, undo);
  }
  if (!keepOpen) closeSync(fd);
  const begun = { fd: keepOpen ? fd : undefined, slot: undefined, undo };
  try {
    return isFree(claim) ? makeOwned(run, base, begun) : makeStart(context.places(), claim, base, begun);
  } catch (error) {
    if (keepOpen) closeSync(fd);
    undo();
    throw error;
  }
}

/** Whether it may begin whatever else goes on. */
function isFree({ maxLive, limits = [] }: Claim): boolean {
  return maxLive === undefined && limits.length === 0;
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
