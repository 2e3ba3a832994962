/** Writes a file that is there whole, or not at all. */
import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemCode } from '../errors.js';
import { EXIT, Failure } from './use.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'a part of its path is no directory',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
};

/**
 * Replace a file, or make one: beside it first, then by a rename. What was there stays when anything goes wrong.
 *
 * @throws {Failure} When it cannot be written; what the chunks throw as it is.
 */
export async function saveWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  // Where it is a link, what it leads to is replaced.
  const target = await realpath(path).catch(() => resolve(path));
  const beside = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomUUID()}.tmp`);
  try {
    const before = await stat(target).catch(() => undefined);
    if (before !== undefined && !before.isFile()) throw new Failure(`${path} is no file`, EXIT.configuration);
    const file = await open(beside, 'wx', before === undefined ? 0o666 : before.mode & 0o777);
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    const code = systemCode(error);
    const words = code === undefined ? undefined : WORDS[code];
    if (error instanceof Failure || code === undefined) throw error;
    throw new Failure(`${path} cannot be written: ${words === undefined ? code : `${words} (${code})`}`);
  }
}
