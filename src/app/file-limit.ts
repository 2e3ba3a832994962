/** How many runs may go at once, by the number of files that the system lets a process open. */
import { readFileSync } from 'node:fs';

/** Of a run: the ends of two pipes and what keeps these in being, what it prints into two files, and a gate. */
const FILES_PER_RUN = 7;
/** Node's own, journals, the control socket, a file that is being read. */
const OTHER_FILES = 40;

/** How limits are named in `/proc/PID/limits`. */
export const OPEN_FILES = 'Max open files';

/**
 * @param asked - As many as there may be.
 * @param limits - The text of `/proc/self/limits`; empty where there is none.
 */
export function runningWithin(asked: number, limits: string): number {
  const files = limitIn(limits, OPEN_FILES);
  if (files === undefined) return asked;
  return Math.min(asked, Math.max(1, Math.floor((files - OTHER_FILES) / FILES_PER_RUN)));
}

/** Infinity: there is none; undefined: it is not known. */
export function limitIn(limits: string, name: string): number | undefined {
  const found = new RegExp(`^${name} +(\\d+|unlimited)`, 'm').exec(limits)?.[1];
  if (found === undefined) return undefined;
  return found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
}

export function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Not a Linux.
    return '';
  }
}
