/** How the process ends. Exit codes are documented in docs/exit-codes.md. Pure. */
import type { Run } from '../model/run.js';
import { signalExit } from './signal-exit.js';

export type Exit =
  | {
      readonly code: number;
      /** Nothing is left to be done or written: taking the process down piece by piece would cost a millisecond. */
      readonly isAllDone?: boolean;
      /** It went on until it was told to end, whatever became of its output. */
      readonly isTold?: boolean;
    }
  | { readonly signal: NodeJS.Signals };

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  busy: 75,
  timeout: 124,
  broken: 125,
} as const;

/** A one-shot ends as its child did. */
export function oneShotExit(run: Run | undefined): Exit {
  if (run === undefined) return { code: EXIT.broken };
  if (run.status === 'succeeded') return { code: EXIT.ok };
  if (run.reason === 'timeout') return { code: EXIT.timeout };
  if (run.status === 'errored') return { code: run.exitCode ?? EXIT.broken };
  if (run.signal !== undefined) return signalExit(run.signal);
  // Its program may have ended with 0 and not have done what was expected.
  return { code: run.exitCode || EXIT.failed };
}
