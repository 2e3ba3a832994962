/** A namespace `n1` with two full journals that wait to be folded into the history. */
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { REST_MS } from '../../src/store/file/journal-name.ts';
import { createFileStore } from '../../src/store/file/store.ts';
import { dueRun, ORIGIN, owned } from '../store/conformance.ts';

/** @returns The ids of its runs. */
export async function sealJournals(root: string): Promise<string[]> {
  const store = createFileStore({ root, version: '1.0.0' });
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  const ids: string[] = [];
  for (let index = 0; index < 620; index++) {
    const run = dueRun('a', new Date(Date.UTC(2026, 4, 1) + index * 1000).toISOString());
    owned((await writer.claim([{ run }]))[0]).close();
    await writer.record({ id: run.id, status: 'succeeded', message: 'x'.repeat(4000) });
    ids.push(run.id);
  }
  await writer.close('done');
  const journals = join(root, 'namespaces/n1/journal');
  // Nobody has written to them for a while.
  const before = new Date(Date.now() - 2 * REST_MS);
  for (const name of readdirSync(journals)) utimesSync(join(journals, name), before, before);
  return ids;
}
