/** A clock that was set back stamps what came later with an earlier time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFileStore } from '../../../src/store/file/store.js';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

it('a planned run that began after the clock was set back does not wait any more (P7)', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  let at = '2026-05-01T12:00:00Z';
  const now = () => new Date(at);
  const store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now });
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: now() });
  await writer.setJobs([definition('a')]);
  const { status: _, ...planned } = dueRun('a', '2026-05-01T12:00:01Z', { trigger: 'retry' });
  await writer.claim([{ run: { ...planned, status: 'waiting' } }]);
  at = '2026-05-01T11:00:00Z';
  owned((await writer.claim([{ run: { ...planned, status: 'starting', startedAt: now() } }]))[0]).close();
  expect(await store.runs({ limit: 5 })).toMatchObject([{ status: 'starting' }]);
  await writer.record({ id: planned.id, status: 'running' });
  expect(await store.runs({ limit: 5 })).toMatchObject([{ status: 'running' }]);
  await writer.close('done');
  rmSync(directory, { recursive: true });
});
