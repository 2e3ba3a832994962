/** What the end of a process means for its run. Pure. */
import type { Outcome } from '../model/run.js';
import type { Remote } from './command.js';

/** What the operating system says: one of the two is set. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Ended = {
  readonly exit: Exit;
  /** Whether the exit is the program's; a helper may have ended before it started the program. */
  readonly isOwnExit: boolean;
  /** Why supertask ended it, if it did. */
  readonly cause: 'timeout' | 'stopped' | undefined;
  readonly timeoutMs: number | undefined;
  readonly sent: readonly NodeJS.Signals[];
  readonly leftovers: number;
  readonly remote: Remote | undefined;
};

/**
 * Running out of time is a failure, whatever the program says at last; being stopped is one unless the program
 * exits with 0.
 */
export function concludeOutcome(ended: Ended): Outcome {
  const { exit, isOwnExit, cause, timeoutMs, sent, leftovers, remote } = ended;
  const facts = {
    ...(exit.code === null ? {} : { exitCode: exit.code }),
    ...(exit.signal === null ? {} : { signal: exit.signal }),
    ...(sent.length === 0 ? {} : { sent }),
    ...(leftovers === 0 ? {} : { leftovers }),
  };
  if (cause === 'timeout') {
    const message = `it took longer than its timeout of ${timeoutMs} ms`;
    return { status: 'failed', reason: 'timeout', message, ...facts };
  }
  if (exit.code === 0 && (isOwnExit || cause === undefined)) return { status: 'succeeded', ...facts };
  if (cause === 'stopped') return { status: 'failed', reason: 'stopped', ...facts };
  if (exit.signal !== null) return { status: 'failed', reason: 'signal', ...facts };
  const explained = remote?.explainExit?.(exit.code ?? 0);
  if (explained !== undefined) return { ...explained, ...facts };
  return { status: 'failed', reason: 'exit-code', ...facts };
}
