/** What a supertask in the background says: a file of its own that never becomes long. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { randomHex } from '../../model/random.js';
import { createFile, ensureDirectory, guarded, listNames, openToRead, removeFile, writeAll } from './disk.js';
import { backgroundIn } from './layout.js';

/** Of a longer one, the older half is given up. */
const LONGEST = 1_048_576;
/** So many are kept of processes that have ended. */
const KEPT = 20;

export type NewLog = {
  readonly path: string;
  /** For writing: the process in the background gets one of its own. */
  readonly fd: number;
  /** What was written since this was asked last, wherever the log is by now: a process may have ended and removed it. */
  said(): Buffer;
  close(): void;
  /** Leave nothing of it behind, nor of the directories that were made for it. */
  discard(): void;
};

/**
 * Make a log that has no name yet.
 *
 * @throws {SupertaskError} `STATE_UNAVAILABLE`
 */
export function createBackgroundLog(root: string): NewLog {
  const directory = backgroundIn(root);
  const made = missingAbove(directory);
  ensureDirectory(root);
  ensureDirectory(directory);
  const path = join(directory, `${randomHex(24)}.tmp`);
  const fd = guarded('write', path, () => createFile(path));
  const reader = guarded('read', path, () => openToRead(path));
  return {
    path,
    fd,
    said: () => readFileSync(reader),
    close() {
      closeSync(fd);
      closeSync(reader);
    },
    discard() {
      removeFile(path);
      try {
        for (const each of made) rmdirSync(each);
      } catch {
        // Others have put something into it meanwhile.
      }
    },
  };
}

/** Directories that do not exist, the innermost first. */
function missingAbove(path: string): string[] {
  const isThere = guarded('look at', path, () => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
  if (isThere || dirname(path) === path) return [];
  return [path, ...missingAbove(dirname(path))];
}

export type BackgroundLog = {
  readonly path: string;
  write(bytes: Uint8Array | string): void;
  /** Nothing more is said: one that is empty is removed. */
  end(): void;
};

/**
 * Give a log its name, from within the process that it is of, and remove the oldest of others.
 *
 * @param fd - Open on it, for writing at its end.
 * @param from - Its path until now.
 */
export function nameBackgroundLog(from: string, fd: number, namespace: string): BackgroundLog {
  const path = join(dirname(from), `${namespace}-${process.pid}.log`);
  renameSync(from, path);
  forgetOld(dirname(path));
  return {
    path,
    write(bytes) {
      try {
        writeAll(fd, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
        if (fstatSync(fd).size > LONGEST) shorten(path, fd);
      } catch {
        // A full disk: what runs is more important than what is said of it.
      }
    },
    end() {
      if (fstatSync(fd).size === 0) removeFile(path);
    },
  };
}

function shorten(path: string, fd: number): void {
  const bytes = readFileSync(path);
  const from = bytes.indexOf(0x0a, bytes.length - LONGEST / 2) + 1;
  ftruncateSync(fd, 0);
  writeAll(fd, Buffer.concat([Buffer.from('… what was said before was removed\n'), bytes.subarray(from)]));
}

function forgetOld(directory: string): void {
  const dead = listNames(directory)
    .map((name) => ({ path: join(directory, name), pid: Number(/-(\d+)\.log$/.exec(name)?.[1]) }))
    .filter(({ pid }) => pid > 0 && !isThere(pid))
    .map(({ path }) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }))
    .sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0));
  dead.forEach(({ path, stats }, index) => {
    if (index >= KEPT || stats?.size === 0) removeFile(path);
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
