/** How the process ends after a signal. Pure. */
import { constants } from 'node:os';
import type { Exit } from './exit.js';

/** These end this process as they ended the child; for others the shell's 128 + n says the same without a core file. */
export const RAISED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal that ended a child, passed on. */
export function signalExit(signal: NodeJS.Signals): Exit {
  return RAISED.includes(signal) ? { signal } : { code: 128 + constants.signals[signal] };
}
