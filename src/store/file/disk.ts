/** How files and directories of the state are made, written and read: private, whole, and never through a link. */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { randomHex } from '../../model/random.js';
import { directoryRefused, unavailable } from './refusal.js';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Make a directory that only its owner can use, or check that it is one.
 *
 * @throws {SupertaskError} `STATE_UNAVAILABLE` when it is a link, belongs to somebody else, or others may write to it.
 */
export function ensureDirectory(path: string): void {
  const stats = guarded('look at', path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats !== undefined) {
    checkDirectory(path, stats);
    return;
  }
  guarded('create', path, () => {
    createDirectory(path);
    // The mode above is subject to the umask, and another process may have been first.
    checkDirectory(path, lstatSync(path));
    chmodSync(path, 0o700);
  });
}

/**
 * Make a directory and those above it that are missing.
 *
 * Not by `recursive: true`: that of Node never ends where a directory exists in which nothing can be made, and the
 * system says so with ENOENT (below `/proc`, or an automounter's directory).
 */
function createDirectory(path: string, isParentThere = false): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    // Another process may have been first.
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || isParentThere || dirname(path) === path) throw error;
    createDirectory(dirname(path));
    createDirectory(path, true);
  }
}

function checkDirectory(path: string, stats: Stats): void {
  const user = process.getuid?.();
  const isOwn = user === undefined || (stats.uid === user && (stats.mode & 0o022) === 0);
  if (!stats.isDirectory() || !isOwn) throw directoryRefused(path, stats, user);
}

/** Create a file that must not exist yet, for writing; the error's code is `EEXIST` when it does. */
export function createFile(path: string): number {
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/** Open a file that must exist, to write at its end. */
export function openToAppend(path: string): number {
  return openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW);
}

/** Write all of it: on a nearly full disk one write may take less than it was given, without an error. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written);
}

/** Put a file in place of another so that a reader sees the old or the new one, whole, also after a power cut. */
export function replaceFile(path: string, content: string | Iterable<Uint8Array>): void {
  placeFile(dirname(path), typeof content === 'string' ? [Buffer.from(content)] : content, () => path);
}

/**
 * The same for a file whose name is known when its content has been gone through.
 *
 * @param nameIt - Its path, in `directory`; undefined: it is not wanted any more.
 */
export function placeFile(
  directory: string,
  content: Iterable<Uint8Array>,
  nameIt: () => string | undefined,
): void {
  const temporary = `${directory}/${randomHex(24)}.tmp`;
  const fd = createFile(temporary);
  let path: string | undefined;
  try {
    for (const bytes of content) writeAll(fd, bytes);
    path = nameIt();
    if (path !== undefined) fsyncSync(fd);
  } catch (error) {
    removeFile(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
  if (path === undefined) {
    removeFile(temporary);
    return;
  }
  renameSync(temporary, path);
  syncDirectory(directory);
}

/** Make the entries of a directory durable. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Remove a file; one that is gone already is fine. Returns whether it was there. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Rename; `false` when the source is gone. */
export function moveFile(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @throws As the system does. */
export function openToRead(path: string): number {
  return openSync(path, constants.O_RDONLY | O_NOFOLLOW);
}

/** Undefined when there is no such file. */
export function openOrAbsent(path: string): number | undefined {
  try {
    return openToRead(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unavailable('read', path, error);
  }
}

/**
 * The first bytes of what others have written; undefined when it is no file: a named pipe, or a link to a device, would
 * have everything wait for it.
 *
 * @throws As the system does.
 */
export function readHead(path: string, bytes: number): string | undefined {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | O_NOFOLLOW);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return undefined;
    const head = Buffer.alloc(Math.min(bytes, stats.size));
    return head.toString('utf8', 0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** The text of a file; undefined when there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unavailable('read', path, error);
  }
}

/** A JSON object from a file; undefined when there is no such file, `'corrupt'` when it is something else. */
export function readObject(path: string): Readonly<Record<string, unknown>> | 'corrupt' | undefined {
  const text = readText(path);
  return text === undefined ? undefined : (parseObject(text) ?? 'corrupt');
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Names in a directory; none when there is no such directory. */
export function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unavailable('list', path, error);
  }
}

export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Run a file operation; what the system refuses becomes an error that the user can fix. */
export function guarded<Result>(doing: string, path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw unavailable(doing, path, error);
  }
}
