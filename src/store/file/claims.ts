/** Who owns a run: whoever creates its output file, which happens at most once. */
import { closeSync, lstatSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import { isEnded, type Run } from '../../model/run.js';
import { skipForOverlap } from '../ledger.js';
import type { Claim, Claimed } from '../store.js';
import { createFile, ensureDirectory, removeFile, unavailable } from './disk.js';
import { outputDirectory, type Place } from './layout.js';
import { createOutputSink } from './output.js';
import { type Holder, releaseSlot, type SlotAnswer } from './slot.js';

/** A claim that was made on disk and is not journalled yet. */
export type Made = {
  readonly answer: Claimed;
  /** What is to be journalled; undefined for a run that is somebody else's. */
  readonly run: Run | undefined;
  readonly slot: string | undefined;
  readonly undo: () => void;
};

export type ClaimContext = {
  readonly place: Place;
  /** Undefined when the job is not held to a number. */
  readonly takeSlot: (run: Run, slots: number) => SlotAnswer;
  readonly describe: (holder: Holder) => Run | undefined;
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

function makeClaim(context: ClaimContext, { run, maxLive }: Claim, keepOpen: boolean): Made {
  const directory = outputDirectory(context.place, run.id);
  if (directory === undefined) throw new TypeError(`${run.id} is not the id of a run`);
  const base = `${directory}/${run.id}`;
  const fd = createOutput(context, directory, base);
  if (fd === undefined)
    return { answer: { kind: 'duplicate' }, run: undefined, slot: undefined, undo: () => undefined };
  const undoOutput = () => {
    removeFile(`${base}.out`);
  };
  if (isEnded(run.status)) {
    closeSync(fd);
    return { answer: { kind: 'recorded' }, run, slot: undefined, undo: undoOutput };
  }
  const slot = maxLive === undefined ? undefined : slotFor(context, run, maxLive, { fd, undoOutput });
  if (slot?.kind === 'full') {
    closeSync(fd);
    const holder = context.describe(slot.holder);
    const skipped = skipForOverlap(run, holder);
    return {
      answer: { kind: 'overlap', run: skipped, holder },
      run: skipped,
      slot: undefined,
      undo: undoOutput,
    };
  }
  if (!keepOpen) closeSync(fd);
  const output = createOutputSink(base, keepOpen ? fd : undefined);
  return {
    answer: { kind: 'owned', output },
    run,
    slot: slot?.path,
    undo: () => {
      output.close();
      if (slot !== undefined) releaseSlot(slot.path);
      undoOutput();
    },
  };
}

function slotFor(
  context: ClaimContext,
  run: Run,
  maxLive: number,
  made: { fd: number; undoOutput: () => void },
): SlotAnswer {
  try {
    return context.takeSlot(run, maxLive);
  } catch (error) {
    closeSync(made.fd);
    made.undoOutput();
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
