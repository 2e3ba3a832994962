/**
 * Room that is kept for bad times: a file that says nothing, removed when the disk is full so that the last records
 * of the runs that are going can be written. Nothing new is started until there is room for it again.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, statfsSync } from 'node:fs';
import { systemCode } from '../../errors.js';
import { createFile, removeFile, writeAll } from './disk.js';
import type { State } from './writer-state.js';

/** Its name in a namespace's directory. */
export const BALLAST = 'ballast';

const MAX_BYTES = 1024 * 1024;
/** Of what is free, so that a small disk is not filled by this. */
const SHARE = 16;

export type Ballast = {
  /** Make it if it is missing. `false`: the disk is too full for it. */
  keep(): boolean;
  /** Make room. `false` when there was nothing to remove. */
  drop(): boolean;
  /** Whether it had to be dropped, and is not made again yet. */
  isDropped(): boolean;
};

/** That of a writer. */
export function ballastOf(state: State): Ballast {
  state.ballast ??= createBallast(state.place.directory);
  return state.ballast;
}

function createBallast(directory: string): Ballast {
  const path = `${directory}/${BALLAST}`;
  /** The size of what was dropped. */
  let dropped: number | undefined;
  return {
    keep() {
      const there = lstatSync(path, { throwIfNoEntry: false });
      if (there !== undefined && dropped === undefined) return true;
      const free = freeBytes(directory);
      // What dropping it made free is not room: it is for the runs that are going.
      if (dropped !== undefined && free < 2 * dropped) return false;
      const bytes = dropped ?? Math.min(MAX_BYTES, Math.floor(free / SHARE));
      if (bytes > 0 && !fill(path, bytes)) return false;
      dropped = undefined;
      return true;
    },
    drop() {
      const there = lstatSync(path, { throwIfNoEntry: false });
      if (there?.isFile() !== true || !removeFile(path)) return false;
      dropped = Math.max(dropped ?? 0, there.size);
      return true;
    },
    isDropped: () => dropped !== undefined,
  };
}

/** Whether a file operation failed for want of room. */
export function isFull(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause) ?? '');
}

function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Whether there is one now; another process may have made it first. */
function fill(path: string, bytes: number): boolean {
  let fd: number;
  try {
    fd = createFile(path);
  } catch (error) {
    return systemCode(error) === 'EEXIST';
  }
  try {
    // Zeros would take no room on a file system that compresses.
    writeAll(fd, randomBytes(bytes));
    return true;
  } catch {
    removeFile(path);
    return false;
  } finally {
    closeSync(fd);
  }
}
