/** How long files of sets stay that no journal names: somebody may be about to name them, or about to read them. */
import { lstatSync, utimesSync } from 'node:fs';

/** A set that nothing names is kept so long after it was last written, or found to be there. */
export const KEEP_MS = 86_400_000;
/** Well before that, whoever is about to name a set sets its time. */
const RENEW_MS = KEEP_MS / 2;

/** Whether a set is there, whole, and stays for long enough to be named by the caller. */
export function isSetThere(path: string, length: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // A file of another length than it should have was cut short by a power failure.
  if (stats?.size !== length) return false;
  return Math.abs(Date.now() - stats.mtimeMs) < RENEW_MS || renewSet(path);
}

/** Have a set kept for another while. @returns `false` when it cannot be: it may have been removed this moment. */
export function renewSet(path: string): boolean {
  const now = new Date();
  try {
    utimesSync(path, now, now);
    return true;
  } catch {
    return false;
  }
}
