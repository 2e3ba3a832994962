/** Jobs made through the API, on disk. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeptJob } from '../../../src/model/kept-job.ts';
import { createFileStore, type FileStore } from '../../../src/store/file/store.ts';
import { mistakes } from '../../support/schema.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const JOB: KeptJob = { task: { run: 'true', env: { A: '1' } }, createdAt: NOW, changedAt: NOW, by: 'ada' };

let root: string;
let store: FileStore;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'supertask-kept-'));
  store = createFileStore({ root, version: '1', now: () => NOW });
  await found('shop');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function found(namespace: string): Promise<void> {
  const origin = { host: 'h', user: 'u', source: `/${namespace}`, kind: 'api', author: undefined } as const;
  const writer = await store.open(namespace, origin, { mode: 'schedule', startedAt: NOW });
  await writer.close('test');
}

const path = (): string => join(root, 'namespaces/shop/jobs.json');

function add(id: string, namespace = 'shop'): Promise<string> {
  return store.changeKeptJobs(namespace, (jobs) => ({ jobs: new Map(jobs).set(id, JOB), result: id }));
}

async function names(namespace = 'shop'): Promise<string[]> {
  return [...((await store.keptJobs?.(namespace))?.jobs.keys() ?? [])];
}

it('are read as they were written, fit their schema, and are asked for only when they have changed', async () => {
  expect(await store.keptJobs?.('shop')).toBeUndefined();
  await add('constructor');
  const first = await store.keptJobs?.('shop');
  expect([...(first?.jobs ?? [])]).toEqual([['constructor', JOB]]);
  expect(mistakes('jobs', JSON.parse(readFileSync(path(), 'utf8')))).toEqual([]);
  expect(await store.keptJobs?.('shop', first?.stamp)).toBeUndefined();
  await add('b');
  expect((await store.keptJobs?.('shop', first?.stamp))?.jobs.size).toBe(2);
  expect(await store.check('shop')).toEqual([]);
});

it('are all there when many are made at once', async () => {
  const wanted = Array.from({ length: 20 }, (_, index) => `job-${index}`);
  const other = createFileStore({ root, version: '1' });
  await Promise.all(
    wanted.map((id, index) =>
      (index % 2 === 0 ? store : other).changeKeptJobs('shop', (jobs) => ({
        jobs: new Map(jobs).set(id, JOB),
        result: id,
      })),
    ),
  );
  expect((await names()).sort()).toEqual([...wanted].sort());
});

it('are not written where nothing has changed, nor where the change throws', async () => {
  await add('a');
  const before = readFileSync(path(), 'utf8');
  await store.changeKeptJobs('shop', (jobs) => ({ jobs, result: undefined }));
  await expect(
    store.changeKeptJobs('shop', () => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow('no');
  expect(readFileSync(path(), 'utf8')).toBe(before);
});

it('can be changed after somebody died with the lock', async () => {
  mkdirSync(`${path()}.lock`);
  const long = new Date(Date.now() - 60_000);
  utimesSync(`${path()}.lock`, long, long);
  expect(await add('a')).toBe('a');
});

it.each([
  ['half a file', '{"format":1,"jo'],
  ['a job that is none', '{"format":1,"jobs":{"a":{"task":[],"createdAt":"2026-01-01T00:00:00Z"}}}'],
])('are never written over where they are %s: fsck puts them aside', async (_, text) => {
  writeFileSync(path(), text, { mode: 0o600 });
  await expect(add('a')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  expect(await store.check('shop')).toMatchObject([{ kind: 'unreadable', path: path() }]);
  expect(await store.repair('shop')).toMatchObject([{ path: path() }]);
  expect(await add('a')).toBe('a');
});

it('of a newer version are left alone', async () => {
  writeFileSync(path(), '{"format":2,"work":[]}', { mode: 0o600 });
  await expect(add('a')).rejects.toMatchObject({ code: 'STATE_NEWER' });
  expect(await store.check('shop')).toMatchObject([{ kind: 'newer', path: path() }]);
  expect(await store.repair('shop')).toEqual([]);
});

it('are adopted with their namespace, but those of a name that is there are put aside', async () => {
  await found('old');
  await add('same', 'old');
  await add('own', 'old');
  await add('SAME');
  const origin = { host: 'h', user: 'u', source: '/shop', kind: 'api', author: undefined } as const;
  await store.adopt('old', { id: 'shop', origin });
  expect(await names()).toEqual(['SAME', 'own']);
  expect(await store.check('shop')).toMatchObject([{ kind: 'quarantined' }]);
});

it('of a namespace that is not there are an error', async () => {
  await expect(add('a', 'none')).rejects.toMatchObject({ code: 'ID_UNKNOWN' });
});
