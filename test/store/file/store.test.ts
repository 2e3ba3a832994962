import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from '../../../src/store/file/store.js';
import { describeStore } from '../conformance.js';

describeStore('file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  let at = '2026-05-01T00:00:00Z';
  const options = { root: join(directory, 'state'), version: '1.2.3', now: () => new Date(at) };
  return {
    store: createFileStore(options),
    other: createFileStore(options),
    setClock: (to) => {
      at = to;
    },
    dispose: () => rmSync(directory, { recursive: true }),
  };
});
