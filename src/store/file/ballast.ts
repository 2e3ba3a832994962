/**
 * Room that is kept for bad times: a file that says nothing, removed when the disk is full so that the last records
 * of the runs that are going can be written. Nothing new is started until there is room for it again.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, statfsSync } from 'node:fs';

import { systemCode } from '../../errors.js';
import { createFile, removeFile, writeAll } from './disk.js';

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

export function createBallast(directory: string): Ballast {
  const path = `${directory}/ballast`;
  let dropped = false;
  return {
    keep() {
      if (!dropped && lstatSync(path, { throwIfNoEntry: false }) !== undefined) return true;
      const bytes = sizeFor(directory);
      dropped = bytes > 0 ? !fill(path, bytes) : dropped;
      return !dropped;
    },
    drop() {
      const removed = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && removeFile(path);
      dropped ||= removed;
      return removed;
    },
    isDropped: () => dropped,
  };
}

/** Whether a file operation failed for want of room. */
export function isFull(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause) ?? '');
}

function sizeFor(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return Math.min(MAX_BYTES, Math.floor((bavail * bsize) / SHARE));
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
