/** Import a module of src/ as a plain Node program would run it: bundled, without types. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

const SRC = join(import.meta.dirname, '../../src');

/** @returns Path of a bundle of `src/<file>`, in a directory that is to be removed by who gave it. */
export async function bundleSource(file, directory) {
  const bundle = await rolldown({ input: join(SRC, file), platform: 'node' });
  const path = join(directory, `${basename(file, '.ts')}.mjs`);
  await bundle.write({ file: path, format: 'esm', codeSplitting: false });
  await bundle.close();
  return path;
}

export async function loadSource(file) {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-bench-'));
  try {
    return await import(await bundleSource(file, directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
