/** A small file system in memory, which can be full for real. Only root may mount one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const canMount = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).status === 0;
  if (mounted) execFileSync('umount', [directory]);
  rmSync(directory, { recursive: true });
  return mounted;
})();

/** @param options - Such as `size=256k`. */
export function mountDisk(disk: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `${options},mode=0700`, 'tmpfs', disk]);
}

/** Leave no room on a disk. @returns The file to be removed to make some. */
export function fillDisk(disk: string): string {
  const filler = join(disk, 'filler');
  const fd = openSync(filler, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd);
  }
  return filler;
}
