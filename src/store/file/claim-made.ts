/** A claim that was made on disk and is not journalled yet. */
import type { Run } from '../../model/run.js';
import type { Claimed } from '../store.js';
import { createOutputSink } from './output.js';

export type Made = {
  readonly answer: Claimed;
  /** What is to be journalled; undefined for a run that is somebody else's. */
  readonly run: Run | undefined;
  readonly slot: string | undefined;
  /** What it holds or waits for of the keys that it shares with runs of other jobs. */
  readonly shared?: readonly string[] | undefined;
  readonly undo: () => void;
};

/** What is there of a run that is to start. */
export type Begun = {
  readonly fd: number | undefined;
  /** Its place among those that wait, or one among those that live that was handed to it. */
  readonly slot: string | undefined;
  /** Where it is written that it waits for keys that it shares. */
  readonly shared?: readonly string[] | undefined;
  readonly undo?: () => void;
};

/** A run that may begin; what it writes goes to the file that is the claim. */
export function makeOwned(
  run: Run,
  base: string,
  { fd, slot, shared = [], undo = () => undefined }: Begun,
): Made {
  const output = createOutputSink(base, fd);
  const close = () => {
    output.close();
    undo();
  };
  return { answer: { kind: 'owned', output }, run, slot, shared, undo: close };
}
