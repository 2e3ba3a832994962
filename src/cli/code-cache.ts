/**
 * Where V8's compiled code is kept between starts: one small file per chunk in the user's cache directory.
 *
 * What is read here is executed, so nothing is taken that somebody else could have written. It is only a cache:
 * whatever goes wrong, the answer is "nothing kept" and the program starts a little slower.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';

export type CodeCache = {
  /** What was kept under a name, or `undefined`. */
  read(name: string): Buffer | undefined;
  /** Keep code under a name for later starts, all of it or nothing. */
  write(name: string, code: Buffer): void;
};

/** Files of other builds and other versions of Node are removed once they are this old. */
const STALE_AFTER_MS = 7 * 24 * 3600 * 1000;

/**
 * The directory that the environment names: `$XDG_CACHE_HOME/supertask`, else `~/.cache/supertask`.
 *
 * `undefined` without a home, or when Node itself is told to keep no code (`NODE_DISABLE_COMPILE_CACHE`), or
 * measures coverage, which cached code makes inexact.
 */
export function codeCacheDirectory(env: NodeJS.ProcessEnv): string | undefined {
  if (env['NODE_DISABLE_COMPILE_CACHE'] || env['NODE_V8_COVERAGE']) return undefined;
  const { XDG_CACHE_HOME: cache, HOME: home } = env;
  if (cache && isAbsolute(cache)) return join(cache, 'supertask');
  if (home && isAbsolute(home)) return join(home, '.cache', 'supertask');
  return undefined;
}

/**
 * Open the cache in a directory, which need not exist.
 *
 * @param key - What the code was compiled from and by; a start with another key sees none of it.
 */
export function openCodeCache(directory: string, key: string): CodeCache {
  const path = (name: string) => join(directory, `${key}-${name}.bin`);
  const trusted = isTrustedDirectory(directory);
  return {
    read: (name) => (trusted ? readTrusted(path(name)) : undefined),
    write: (name, code) => {
      try {
        createDirectory(directory);
        if (!isTrustedDirectory(directory)) return;
        writeWhole(path(name), code);
        removeStale(directory, key);
      } catch {
        // A full disk or a read-only home costs some milliseconds at the next start, nothing more.
      }
    },
  };
}

/** Ours, and nobody else may write to it. */
function isOurs(stats: Stats): boolean {
  return stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
}

function isTrustedDirectory(directory: string): boolean {
  try {
    const stats = lstatSync(directory, { throwIfNoEntry: false });
    return stats?.isDirectory() === true && isOurs(stats);
  } catch {
    return false;
  }
}

function readTrusted(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOurs(stats)) return undefined;
    const code = Buffer.allocUnsafeSlow(stats.size);
    return readSync(file, code) === stats.size ? code : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The directory and its parent, no more: a home that does not exist is not for us to make. */
function createDirectory(directory: string): void {
  for (const path of [join(directory, '..'), directory]) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
  }
}

function writeWhole(path: string, code: Buffer): void {
  const draft = `${path}.${process.pid}.${process.hrtime.bigint()}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    for (let done = 0; done < code.length; ) done += writeSync(file, code, done);
    // Without this a power cut may leave the name on bytes that never arrived; V8 checks the length, not the sum.
    fsyncSync(file);
    renameSync(draft, path);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  } finally {
    closeSync(file);
  }
}

function removeStale(directory: string, key: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    const stale = stats !== undefined && Date.now() - stats.mtimeMs > STALE_AFTER_MS;
    if (stale && !(name.startsWith(`${key}-`) && name.endsWith('.bin'))) unlinkSync(path);
  }
}
