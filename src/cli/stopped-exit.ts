/** How the process ends when it was told to: as a schedule, or before a run was tried again. Pure. */
import { SHUTDOWN } from '../app/control/reason.js';
import { EXIT, type Exit } from './exit.js';
import { RAISED, signalCode } from './signal-exit.js';

/** A schedule ends cleanly on SIGTERM, as 130 on SIGINT, and by verdict or runs when nothing more is to come. */
export function scheduleExit(result: {
  readonly reason: string;
  readonly unsuccessful: number;
  readonly verdict: 'reached' | 'missed' | undefined;
}): Exit {
  if (result.reason === 'SIGINT') return { code: signalCode('SIGINT') };
  if (result.reason === 'SIGHUP') return { code: signalCode('SIGHUP') };
  if (result.reason === 'SIGQUIT') return { code: signalCode('SIGQUIT') };
  if (result.reason === 'SIGTERM' || result.reason === SHUTDOWN) return { code: EXIT.ok, isTold: true };
  if (result.verdict !== undefined) return { code: result.verdict === 'reached' ? EXIT.ok : EXIT.failed };
  return { code: result.unsuccessful > 0 ? EXIT.failed : EXIT.ok };
}

/** A one-shot that was told to stop before its run was tried again ends as the signal would have ended it. */
export function cutShortExit(reason: string): Exit {
  const signal = RAISED.find((name) => name === reason);
  return signal === undefined ? { code: EXIT.failed } : { signal };
}
