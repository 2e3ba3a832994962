/** The store as a module that a plain Node can import, for tests with real processes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const SRC = join(import.meta.dirname, '../../../src');

/** @returns Path of a module with `createFileStore`, `freshRunId` and `scheduledRunId`, and how to remove it. */
export async function bundleStore(): Promise<{ path: string; dispose: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-bundle-'));
  const entry = 'virtual:entry';
  const code = [
    `export { createFileStore } from '${SRC}/store/file/store.ts';`,
    `export { freshRunId, scheduledRunId } from '${SRC}/model/run.ts';`,
  ].join('\n');
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
  });
  const path = join(directory, 'store.mjs');
  await bundle.write({ file: path, format: 'esm', codeSplitting: false });
  await bundle.close();
  return { path, dispose: () => rmSync(directory, { recursive: true }) };
}
