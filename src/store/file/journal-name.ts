/** What the files of writers are called, which says what may be done with them. Names only grow. */
import { lstatSync } from 'node:fs';
import { randomHex } from '../../model/random.js';
import { moveFile } from './disk.js';

/** Nobody writes to it: the next writer takes it by renaming it, so that a thousand writers do not make a thousand files. */
export const FREE = 'free-';
/** Full: nobody will write to it, and it is folded into the history. */
export const SEALED = 'sealed-';
export const ENDING = '.jsonl';

/** Above this a journal is sealed. Folding one of this size takes about as long as starting a process. */
export const FULL_BYTES = 1024 * 1024;

/**
 * So long after the last word was written to it a sealed journal is folded, not before: whoever follows a namespace looks
 * more often, and has read it, or holds it open, by then.
 */
export const REST_MS = 10_000;

/** Those that are full and have rested, also when the clock was set back meanwhile. */
export function readyToFold(directory: string, names: readonly string[], now: Date): readonly string[] {
  return names.filter((name) => {
    if (!name.startsWith(SEALED)) return false;
    const stats = lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
    return stats !== undefined && Math.abs(now.getTime() - stats.mtimeMs) >= REST_MS;
  });
}

/** A name for a writer that no other has. */
export function writerName(pid: number, at: Date): string {
  return `${at.getTime().toString(36)}-${pid}-${randomHex(8)}`;
}

/** What a journal that nobody writes to any more is called. */
export function nameToLeave(name: string, size: number): string {
  return `${size > FULL_BYTES ? SEALED : FREE}${name}`;
}

/**
 * Take over a free journal: `free-a.0.jsonl` was `a.0.jsonl`, and is the next writer's `b.0.jsonl`.
 *
 * @returns Its new path; undefined when there is none.
 */
export function takeFree(
  directory: string,
  names: readonly string[],
  nextPath: () => string,
): string | undefined {
  for (const name of names) {
    if (!name.startsWith(FREE) || !name.endsWith(ENDING)) continue;
    const path = nextPath();
    if (moveFile(`${directory}/${name}`, path)) return path;
  }
  return undefined;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
