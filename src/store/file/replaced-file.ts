/** Files that are replaced as a whole: whether they changed, and where one goes that cannot be read. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { randomHex } from '../../model/random.js';
import { ensureDirectory, moveFile } from './disk.js';

/** What a file that is replaced as a whole looks like: another one after each change. */
export function stampOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? 'none' : `${stats.ino} ${stats.ctimeNs} ${stats.size}`;
}

/** Move what cannot be read out of the way, and keep it. Returns where it went. */
export function quarantine(directory: string, path: string): string {
  ensureDirectory(directory);
  const kept = join(directory, `${Date.now()}-${randomHex(6)}-${path.split('/').at(-1)}`);
  moveFile(path, kept);
  return kept;
}
