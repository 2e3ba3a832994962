/** How the output of runs is shown while they go: as it comes, line by line with a prefix, run by run, or not at all. */
import type { Stream } from '../model/event.js';
import type { Run } from '../model/run.js';
import { createLineView } from './line-view.js';

/** `quiet`: it is kept and not shown. */
export type OutputMode = 'text' | 'prefixed' | 'group' | 'quiet';

export type Write = (stream: Stream, bytes: Uint8Array | string) => Promise<void> | undefined;

export type OutputViewOptions = {
  readonly mode: OutputMode;
  /** Put the local time before each line. */
  readonly timestamps: boolean;
  readonly color: boolean;
  /** Whether a stream is shown on a terminal, which lines of a task must not take over. */
  readonly isTerminal: (stream: Stream) => boolean;
  readonly write: Write;
};

export type OutputView = {
  add(run: Run, stream: Stream, chunk: Uint8Array, at: Date): Promise<void> | undefined;
  /** A run has ended: nothing of it is held any more. */
  end(run: Run, at: Date): void;
};

export function createOutputView(options: OutputViewOptions): OutputView {
  const { mode, timestamps, write } = options;
  if (mode === 'quiet') return { add: () => undefined, end: () => {} };
  if (mode === 'text' && !timestamps) {
    return { add: (_run, stream, chunk) => write(stream, chunk), end: () => {} };
  }
  return createLineView(options);
}
