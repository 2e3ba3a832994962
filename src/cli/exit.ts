/** How the process ends. Exit codes are documented in docs/exit-codes.md. Pure. */
import { constants } from 'node:os';
import { SHUTDOWN } from '../app/control/reason.js';
import type { Run } from '../model/run.js';

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

/** These end this process as they ended the child; for others the shell's 128 + n says the same without a core file. */
const RAISED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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

/** A one-shot that was told to stop before its run was tried again ends as the signal would have ended it. */
export function cutShortExit(reason: string): Exit {
  const signal = RAISED.find((name) => name === reason);
  return signal === undefined ? { code: EXIT.failed } : { signal };
}

/** As the run did, for a command that waited for it: a signal that ended the run is not ours. */
export function waitedExit(run: Run): Exit {
  const exit = run.status === 'skipped' || run.status === 'missed' ? { code: EXIT.failed } : oneShotExit(run);
  return 'signal' in exit ? { code: 128 + constants.signals[exit.signal] } : exit;
}

/** A schedule ends cleanly on SIGTERM, as 130 on SIGINT, and by verdict or runs when nothing more is to come. */
export function scheduleExit(result: {
  readonly reason: string;
  readonly unsuccessful: number;
  readonly verdict: 'reached' | 'missed' | undefined;
}): Exit {
  if (result.reason === 'SIGINT') return { code: 128 + constants.signals.SIGINT };
  if (result.reason === 'SIGHUP') return { code: 128 + constants.signals.SIGHUP };
  if (result.reason === 'SIGQUIT') return { code: 128 + constants.signals.SIGQUIT };
  if (result.reason === 'SIGTERM' || result.reason === SHUTDOWN) return { code: EXIT.ok, isTold: true };
  if (result.verdict !== undefined) return { code: result.verdict === 'reached' ? EXIT.ok : EXIT.failed };
  return { code: result.unsuccessful > 0 ? EXIT.failed : EXIT.ok };
}

/** A signal that ended a child, passed on. */
export function signalExit(signal: NodeJS.Signals): Exit {
  return RAISED.includes(signal) ? { signal } : { code: 128 + constants.signals[signal] };
}
