/** How the process ends after a signal. Pure. */
import { constants } from 'node:os';
import type { Exit } from './exit.js';

/** These end this process as they ended the child; for others the shell's 128 + n says the same without a core file. */
export const RAISED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal that ended a child, passed on. */
export function signalExit(signal: NodeJS.Signals): Exit {
  return RAISED.includes(signal) ? { signal } : { code: signalCode(signal) };
}

/** As shells tell of an end by a signal. */
export function signalCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
