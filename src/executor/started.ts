/** A process that exists, whoever has started it. */
import type { Exit } from './outcome.js';

export type Started = {
  readonly pid: number;
  readonly stdout: OutputSource;
  readonly stderr: OutputSource;
  /** Calls when it has ended; to be asked before the turn of the event loop is over, once. */
  readonly onExit: (tell: (exit: Exit) => void) => void;
};

/** What a process writes on one stream: as much of a `Readable` as is needed. */
export interface OutputSource {
  on(event: 'data', take: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'error' | 'close', tell: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}
