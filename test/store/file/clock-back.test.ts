/** A clock that was set back stamps what came later with an earlier time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFacts } from '../../../src/store/file/facts.js';
import { createFileStore } from '../../../src/store/file/store.js';
import { addJobSet, addRun, emptyFacts } from '../../../src/store/job-facts.js';
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

it.each(['12:30', '11:10'])(
  'sums that were made at %s tell of moments to come that had their turn (P12)',
  async (made) => {
    const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
    const day = (time: string) => new Date(`2026-05-01T${time}:00Z`);
    let at = day('10:00');
    const store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now: () => at });
    const past = async () => {
      const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: at });
      const found = (await writer.past()).get('a');
      await writer.close('done');
      return found;
    };
    await past();
    const facts = emptyFacts(day(made));
    addJobSet(facts, { mode: 'schedule', at, until: undefined, jobs: [definition('a')] });
    addRun(facts, dueRun('a', day('12:00').toISOString(), { status: 'succeeded' }));
    writeFacts(join(directory, 'state/namespaces/n1/history'), facts);
    at = day('11:30');
    expect(await past()).toMatchObject({ lastDueAt: undefined, aheadAt: day('12:00') });
    at = day('12:01');
    expect(await past()).toMatchObject({ lastDueAt: day('12:00'), aheadAt: undefined });
    rmSync(directory, { recursive: true });
  },
);
