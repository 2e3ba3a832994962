/** A store on disk in a directory of its own, which is removed after the tests of a file: some write when they end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createFileStore, type FileStore } from '../../src/store/file/store.ts';

const made: string[] = [];

export function fileStore(now?: () => Date): FileStore {
  const root = mkdtempSync(join(tmpdir(), 'supertask-store-'));
  made.push(root);
  return createFileStore({ root: join(root, 'state'), version: '0.0.0', ...(now ? { now } : {}) });
}

afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});
