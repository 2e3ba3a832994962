/** Sums over all runs that there ever were: each is counted once, wherever it is, and what is removed stays counted. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Run } from '../../../src/model/run.ts';
import { writeSegments } from '../../../src/store/file/history.ts';
import { createFileStore, type FileStore } from '../../../src/store/file/store.ts';
import { definition, dueRun, ORIGIN } from '../conformance.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-05-02T00:00:00Z');
const KEEP = { now: NOW, deadlineMs: 0 };

let root: string;
let store: FileStore;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'supertask-'));
  store = open();
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: NOW });
  await writer.setJobs([definition('a'), definition('b')]);
  await writer.close('done');
});
afterEach(() => rmSync(root, { recursive: true }));

const history = (): string => join(root, 'state/namespaces/n1/history');
/** As another process has it, which knows nothing yet. */
const open = (): FileStore =>
  createFileStore({ root: join(root, 'state'), version: '1.0.0', now: () => NOW });

/** Runs a day apart, the newest first, of `a` and `b` by turns; each third one has failed. */
function runs(count: number, firstDay = 2): Run[] {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(NOW.getTime() - (firstDay + index) * DAY);
    const status = index % 3 === 0 ? 'failed' : 'succeeded';
    return dueRun(index % 2 === 0 ? 'a' : 'b', at.toISOString(), {
      status,
      startedAt: at,
      endedAt: at,
      durationMs: 10,
    });
  });
}

async function sums(of: FileStore = store): Promise<object> {
  return Object.fromEntries((await of.tally('n1')).ended);
}

function files(ending: string): string[] {
  return readdirSync(history(), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && name.includes('/'))
    .map((name) => join(history(), name));
}

it('stay what they are when runs are removed, in this process and the next one', async () => {
  writeSegments(history(), runs(30));
  const before = await sums();
  expect(before).toMatchObject({ a: { failed: 5, succeeded: 10, durationMs: 150, durations: 15 } });
  for (const kept of [20, 11, 11, 3, 0]) {
    await store.prune({ ...KEEP, runs: kept });
    expect(await store.runs({ limit: 100 })).toHaveLength(kept);
    expect(await sums()).toEqual(before);
    expect(await sums(open())).toEqual(before);
  }
});

it('stay what they are when the removal is cut off, and when it is done then', async () => {
  writeSegments(history(), runs(10));
  const before = await sums();
  const aside = join(root, 'aside');
  cpSync(history(), aside, { recursive: true });
  await store.prune({ ...KEEP, runs: 4 });
  // What was removed last is still there.
  cpSync(aside, history(), { recursive: true });
  expect(await sums(open())).toEqual(before);
  await store.prune({ ...KEEP, runs: 2 });
  expect(await sums()).toEqual(before);
  expect(await sums(open())).toEqual(before);
});

it('grow with what is folded, once', async () => {
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: NOW });
  await writer.setJobs([definition('a')]);
  const run = dueRun('a', '2026-05-01T00:00:00Z');
  await writer.claim([{ run }]);
  expect(await sums()).toEqual({});
  expect((await store.tally('n1')).live).toHaveLength(1);
  await writer.record({ id: run.id, status: 'succeeded', durationMs: 10 });
  const before = await sums();
  expect(before).toMatchObject({ a: { succeeded: 1 } });
  // The journal that has it is removed later.
  const [kept] = await store.runs({ limit: 1 });
  writeSegments(history(), kept === undefined ? [] : [kept]);
  expect(await sums()).toEqual(before);
  expect(await sums(open())).toEqual(before);
  await writer.close('done');
});

it('are read from the indexes, and from the runs where an index does not have them', async () => {
  writeSegments(history(), runs(10));
  const before = await sums();
  for (const path of files('.idx.json')) {
    const { jobs } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ jobs }));
  }
  expect(await sums(open())).toEqual(before);
  for (const path of files('.jsonl')) writeFileSync(path, '');
  expect(await sums()).toEqual(before);
});

it('are not there where the file of what is gone cannot be read', async () => {
  writeSegments(history(), runs(10));
  await store.prune({ ...KEEP, runs: 0 });
  for (const text of [
    '',
    '[]',
    '{"tallies":[]}',
    '{"tallies":{"a":{"failed":"x"}},"removal":{"path":"../x"}}',
  ]) {
    writeFileSync(join(history(), 'gone.json'), text);
    expect(await sums(open())).not.toHaveProperty('a.succeeded');
  }
});
