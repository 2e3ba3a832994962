/** Import a module of src/ as a plain Node program would run it: bundled, without types. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const SRC = join(import.meta.dirname, '../../src');

/** @returns Path of a bundle of `src/<file>`; it is in a directory of its own below the system's temporary one. */
export async function bundleSource(file) {
  const bundle = await rolldown({ input: join(SRC, file), platform: 'node' });
  const path = join(mkdtempSync(join(tmpdir(), 'supertask-bench-')), 'bundle.mjs');
  await bundle.write({ file: path, format: 'esm', codeSplitting: false });
  await bundle.close();
  return path;
}

export async function loadSource(file) {
  return import(await bundleSource(file));
}
