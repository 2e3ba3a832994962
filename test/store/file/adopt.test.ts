/** A namespace that becomes part of another one: all of it arrives, once, whatever cuts it off. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSegments } from '../../../src/store/file/history.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import { definition, dueRun, ORIGIN, owned, textOf } from '../conformance.js';

let directory: string;
let root: string;
let store: FileStore;
const place = (...names: string[]) => join(root, 'namespaces', ...names);
const into = { id: 'new', origin: { ...ORIGIN, host: 'other' } };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  root = join(directory, 'state');
  store = createFileStore({ root, version: '1.0.0' });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Three runs with output, the first of them in the history. */
async function keep(namespace: string, hours: readonly number[]): Promise<string[]> {
  const startedAt = new Date('2026-05-01T00:00:00Z');
  const writer = await store.open(namespace, ORIGIN, { mode: 'schedule', startedAt });
  await writer.setJobs([definition('a')]);
  const runs = hours.map((hour) => dueRun('a', `2026-05-01T0${hour}:00:00Z`, { namespace }));
  for (const run of runs) {
    const sink = owned((await writer.claim([{ run, maxLive: 1 }]))[0]);
    sink.write('stdout', Buffer.from(`output of ${run.id}`));
    sink.close();
    await writer.record({ id: run.id, status: 'succeeded' });
  }
  await writer.close('done');
  writeSegments(
    place(namespace, 'history'),
    runs.slice(0, 1).map((run) => ({ ...run, status: 'succeeded' })),
  );
  return runs.map((run) => run.id);
}

async function expectAll(ids: readonly string[]): Promise<void> {
  const runs = await store.runs({ namespace: 'new', limit: 100 });
  expect(runs.map((run) => run.id)).toEqual([...ids].sort().reverse());
  for (const run of runs) expect(await textOf(store.output(run, 'stdout'))).toBe(`output of ${run.id}`);
  expect((await store.namespaces()).map(({ id }) => id)).toEqual(['new']);
  expect((await store.check()).map(({ kind }) => kind)).toEqual([]);
  expect(existsSync(place('new/adopting'))).toBe(false);
}

it('arrives with its runs, their output and what is known of its jobs', async () => {
  const ids = [...(await keep('old', [1, 2, 3])), ...(await keep('new', [4, 5]))];
  expect(await store.adopt('old', into)).toEqual({ runs: 3, jobs: 1, outputs: expect.any(Number) });
  await expectAll(ids);
  expect(await store.jobs('new')).toMatchObject([{ id: 'a', lastRun: { namespace: 'new' } }]);
  expect((await store.namespaces())[0]?.adopted).toMatchObject([{ id: 'old', host: 'box' }]);
});

it('makes the other namespace where it is not there, which goes on where the old one ended', async () => {
  const ids = await keep('old', [1, 2, 3]);
  await store.adopt('old', into);
  await expectAll(ids);
  expect(await store.namespaces()).toMatchObject([{ host: 'other', source: ORIGIN.source }]);
  const writer = await store.open('new', into.origin, { mode: 'schedule', startedAt: new Date() });
  const past = (await writer.past()).get('a');
  expect(past).toMatchObject({
    lastDueAt: new Date('2026-05-01T03:00:00Z'),
    lastRun: { namespace: 'new', id: ids[2] },
  });
  await writer.close('done');
});

it('can be said again', async () => {
  const ids = await keep('old', [1, 2, 3]);
  await store.adopt('old', into);
  expect(await store.adopt('old', into)).toEqual({ runs: 0, jobs: 0, outputs: 0 });
  await expectAll(ids);
});

it('is ended when said again after it was cut off early, or just before the end', async () => {
  const ids = await keep('old', [1, 2, 3]);
  cpSync(place('old'), join(directory, 'copy'), { recursive: true });
  await keep('new', []);
  mkdirSync(place('new/adopting'), { mode: 0o700 });
  renameSync(place('old'), place('new/adopting/old'));
  expect((await store.check('new')).map(({ kind }) => kind)).toContain('half-adopted');
  expect(await store.halfAdopted('ol')).toMatchObject([{ into: 'new', namespace: { id: 'old' } }]);
  await store.adopt('old', into);
  await expectAll(ids);
  // All was copied, and nothing was removed yet.
  mkdirSync(place('new/adopting'), { mode: 0o700 });
  cpSync(join(directory, 'copy'), place('new/adopting/old'), { recursive: true });
  await store.adopt('old', into);
  await expectAll(ids);
});

it('takes both parts when the name was used again after it was cut off', async () => {
  const early = await keep('old', [1, 2]);
  await keep('new', []);
  mkdirSync(place('new/adopting'), { mode: 0o700 });
  renameSync(place('old'), place('new/adopting/old'));
  const late = await keep('old', [3, 4]);
  await store.adopt('old', into);
  await expectAll([...early, ...late]);
});

it('is refused while somebody writes to it, and left as it is', async () => {
  await keep('old', [1]);
  const writer = await store.open('old', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await expect(store.adopt('old', into)).rejects.toThrow(
    expect.objectContaining({
      code: 'ALREADY_RUNNING',
      message: `a supertask (pid ${process.pid}) uses namespace old`,
    }),
  );
  await writer.close('done');
  expect(await store.runs({ namespace: 'old', limit: 5 })).toHaveLength(1);
});

it('keeps files that are not of supertask', async () => {
  const ids = await keep('old', [1]);
  writeFileSync(place('old/notes.txt'), 'mine', { mode: 0o600 });
  await store.adopt('old', into);
  expect(readdirSync(place('new/quarantine'))).toEqual([expect.stringMatching(/notes\.txt$/)]);
  expect(await store.runs({ limit: 5 })).toMatchObject([{ id: ids[0] }]);
});
