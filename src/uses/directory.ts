/**
 * Looks at directories and removes from them without ever following a link, not even one that is put in the way
 * meanwhile: on Linux each step is taken from an open directory, elsewhere by path.
 */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const HOLDS = existsSync('/proc/self/fd');

/** Files of a directory that are looked at together. */
const AT_ONCE = 64;

/** A directory that is being looked at. */
export type Directory = {
  /** What its entries can be reached by, as long as it is open. */
  readonly path: string;
  readonly close: () => Promise<void>;
};

export type Found = {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  readonly bytes: number;
  readonly changedMs: number;
  /** Device and number: another file under the same name has others. */
  readonly identity: string;
  readonly device: number;
};

/** Open a directory below another one. @throws With `ELOOP` or `ENOTDIR` where it is a link. */
export async function openDirectory(path: string): Promise<Directory> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  if (HOLDS) return held(handle);
  await handle.close();
  return { path, close: async () => {} };
}

function held(handle: FileHandle): Directory {
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}

/** Go down from an open directory, which stays open; the last one is what is given. */
export async function descend(from: Directory, steps: readonly string[]): Promise<Directory> {
  let current: Directory = { path: from.path, close: async () => {} };
  for (const step of steps) {
    const next = await openDirectory(join(current.path, step)).finally(current.close);
    current = next;
  }
  return current;
}

/** What is in a directory; what vanishes meanwhile is left out. */
export async function list({ path }: Directory): Promise<Found[]> {
  const names = await readdir(path);
  const found: Found[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = await Promise.all(names.slice(from, from + AT_ONCE).map((name) => look(path, name)));
    found.push(...some.filter((entry) => entry !== undefined));
  }
  return found;
}

async function look(directory: string, name: string): Promise<Found | undefined> {
  const stat = await lstat(join(directory, name)).catch(() => undefined);
  if (stat === undefined) return undefined;
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  const identity = `${stat.dev}:${stat.ino}`;
  return { name, kind, bytes: stat.size, changedMs: stat.mtimeMs, identity, device: stat.dev };
}

/** Remove a file, if it is still the same. @returns Whether it was. */
export async function removeFile(directory: Directory, file: Found): Promise<boolean> {
  const now = await look(directory.path, file.name);
  if (now?.kind !== 'file' || now.identity !== file.identity || now.changedMs !== file.changedMs)
    return false;
  await unlink(join(directory.path, file.name));
  return true;
}

/** Remove a directory, if nothing is in it. @returns Whether it went. */
export async function removeEmpty(directory: Directory, name: string): Promise<boolean> {
  try {
    await rmdir(join(directory.path, name));
    return true;
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      /^(?:ENOTEMPTY|EEXIST|ENOENT)$/.test(String(error.code))
    ) {
      return false;
    }
    throw error;
  }
}
