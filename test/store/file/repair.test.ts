/** Every kind of damage is found where it is, and mended without losing a record. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namespaceId } from '../../../src/model/namespace.js';
import { freshRunId, type Run } from '../../../src/model/run.js';
import { indexPath, listSegments, writeSegments } from '../../../src/store/file/history.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
let root: string;
let store: FileStore;
const namespace = (...names: string[]) => join(root, 'namespaces/n1', ...names);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  root = join(directory, 'state');
  store = createFileStore({ root, version: '1.0.0' });
  await keep();
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Four runs, two of them in the history, with output. */
async function keep(): Promise<void> {
  const writer = await store.open('n1', ORIGIN, {
    mode: 'schedule',
    startedAt: new Date('2026-05-01T00:00:00Z'),
  });
  await writer.setJobs([definition('a'), definition('b')]);
  const runs = [1, 2, 3, 4].map((hour) => dueRun(hour % 2 ? 'a' : 'b', `2026-05-01T0${hour}:00:00Z`));
  for (const run of runs) {
    const sink = owned((await writer.claim([{ run, maxLive: 1 }]))[0]);
    sink.write('stdout', Buffer.from('hello'));
    sink.close();
    await writer.record({ id: run.id, status: 'succeeded' });
  }
  await writer.close('done');
  writeSegments(
    namespace('history'),
    runs.slice(0, 2).map((run): Run => ({ ...run, status: 'succeeded' })),
  );
}

function journal(): string {
  return namespace('journal', readdirSync(namespace('journal'))[0] ?? '');
}

function segment(): string {
  return listSegments(namespace('history'))[0]?.path ?? '';
}

function old(path: string): void {
  utimesSync(path, new Date('2024-05-01T00:00:00Z'), new Date('2024-05-01T00:00:00Z'));
}

function output(run: Pick<Run, 'id'>, ending = '.out'): string {
  const path = namespace('output/20260501', run.id + ending);
  writeFileSync(path, '', { mode: 0o600 });
  old(path);
  return path;
}

async function kinds(): Promise<string[]> {
  return (await store.check()).map(({ kind }) => kind).sort();
}

const statuses = async (): Promise<string[]> =>
  (await store.runs({ limit: 20 })).map(({ job, status }) => `${job} ${status}`).sort();

const WHOLE = ['a succeeded', 'a succeeded', 'b succeeded', 'b succeeded'];

it('finds nothing wrong with what is whole, and leaves it alone', async () => {
  expect(await store.check()).toEqual([]);
  const before = readdirSync(root, { recursive: true });
  expect(await store.repair()).toEqual([]);
  expect(readdirSync(root, { recursive: true })).toEqual(before);
});

it('finds nothing wrong with many jobs', async () => {
  const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  await writer.setJobs(Array.from({ length: 100 }, (_, index) => definition(`job-${index}`)));
  await writer.close('done');
  expect(await store.check()).toEqual([]);
});

describe('what is wrong is found, and mended', () => {
  it.each<[string, string, () => void]>([
    ['bad-lines', 'garbage in a journal', () => appendFileSync(journal(), '\n{"t":"run",\n')],
    ['bad-lines', 'a line without end', () => appendFileSync(journal(), Buffer.alloc(3_000_000, 'x'))],
    [
      'bad-lines count index',
      'garbage in the history',
      () => writeFileSync(segment(), readFileSync(segment(), 'utf8').replace('{', '<')),
    ],
    [
      'digest',
      'a changed record in the history',
      () => writeFileSync(segment(), readFileSync(segment(), 'utf8').replace('"attempt":1', '"attempt":2')),
    ],
    ['index', 'an index that is gone', () => unlinkSync(indexPath(segment()))],
    ['index', 'an index that is wrong', () => writeFileSync(indexPath(segment()), '{"jobs":{"a":9}}')],
    [
      'index',
      'an index of nothing',
      () => writeFileSync(segment().replace(/[0-9a-f]{4}\.jsonl$/, '0000.idx.json'), '{}', { mode: 0o600 }),
    ],
    ['permissions', 'a file that is open to others', () => chmodSync(journal(), 0o644)],
    ['permissions', 'a directory that is open to others', () => chmodSync(namespace('output'), 0o755)],
    ['permissions', 'a state directory that others may look into', () => chmodSync(root, 0o755)],
    ['unreadable', 'a format that cannot be read', () => writeFileSync(join(root, 'format.json'), '')],
    ['claim-without-record', 'a claim of a known job', () => output(dueRun('a', '2026-05-01T09:00:00Z'))],
    ['claim-without-record', 'an old claim of nobody', () => output(dueRun('gone', '2026-05-01T09:00:00Z'))],
    [
      'claim-without-record',
      'a claim that no schedule made',
      () => output({ id: freshRunId(new Date('2026-05-01T09:00:00Z')) }),
    ],
    [
      'output-without-claim',
      'output of nobody',
      () => output({ id: freshRunId(new Date('2026-05-01T09:00:00Z')) }, '.err'),
    ],
    [
      'stale-slot',
      'a place that was not given back',
      () => symlinkSync(`${dueRun('a', '2026-05-01T01:00:00Z').id} w-1-x 1`, namespace('slots/a.0')),
    ],
    [
      'stale-slot',
      'a trace of giving one back',
      () => symlinkSync('x w-1-x 1', namespace(`slots/a.0~${dueRun('a', '2026-05-01T01:00:00Z').id}.0`)),
    ],
    [
      'temporary-file',
      'a replacement that was cut off',
      () => {
        writeFileSync(namespace('namespace.json.abc.tmp'), '{', { mode: 0o600 });
        old(namespace('namespace.json.abc.tmp'));
      },
    ],
    [
      'digest',
      'definitions that were cut off',
      () => {
        const [name = ''] = readdirSync(namespace('definitions'));
        writeFileSync(namespace('definitions', name), '{"id":"a","target":"x"}\n');
      },
    ],
  ])('%s: %s', async (kind, _, damage) => {
    damage();
    expect(await kinds()).toEqual(kind.split(' '));
    expect((await store.repair()).length).toBeGreaterThan(0);
    const left = (await kinds()).filter((each) => each !== 'quarantined' && each !== 'missing');
    expect(left).toEqual([]);
    expect((await statuses()).filter((each) => each.endsWith('succeeded'))).toEqual(WHOLE);
  });

  it('says where in a file the damage begins', async () => {
    const path = journal();
    const at = statSync(path).size;
    appendFileSync(path, 'torn{\n\nagain\n');
    expect(await store.check()).toEqual([{ kind: 'bad-lines', path, count: 2, offset: at }]);
  });

  it('keeps the bytes that it takes out of a journal', async () => {
    const path = journal();
    appendFileSync(path, 'torn{');
    const before = readFileSync(path);
    await store.repair();
    const [kept = ''] = readdirSync(namespace('quarantine'));
    expect(readFileSync(namespace('quarantine', kept))).toEqual(before);
    expect(await statuses()).toEqual(WHOLE);
  });

  it('records a claim without a record as lost, under its job', async () => {
    const run = dueRun('a', '2026-05-01T09:00:00Z', { attempt: 2 });
    const path = output(run);
    await store.repair();
    expect(await store.runs({ idPrefix: run.id, limit: 1 })).toMatchObject([
      { job: 'a', attempt: 2, status: 'errored', reason: 'lost', evidence: { claimed: 'not journalled' } },
    ]);
    expect(existsSync(path)).toBe(true);
  });

  it('leaves a claim alone that may be on its way to its record, or still counts', async () => {
    const now = new Date();
    const run = dueRun('gone', new Date(now.getTime() - 60_000).toISOString());
    const day = now.toISOString().slice(0, 10).replaceAll('-', '');
    mkdirSync(namespace('output', day), { recursive: true, mode: 0o700 });
    const path = namespace('output', day, `${run.id}.out`);
    writeFileSync(path, '', { mode: 0o600 });
    await store.repair();
    expect(existsSync(path)).toBe(true);
  });

  it('ends the runs of the dead, and hands their journals on', async () => {
    const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    const run = dueRun('a', '2026-05-01T09:00:00Z');
    owned((await writer.claim([{ run, maxLive: 1 }]))[0]).close();
    const live = readdirSync(namespace('journal'))[0] ?? '';
    // As a killed supertask leaves it: the pid is of nobody any more.
    const text = readFileSync(namespace('journal', live), 'utf8');
    await writer.close('test');
    for (const name of readdirSync(namespace('journal'))) unlinkSync(namespace('journal', name));
    const start = text
      .split('\n')
      .findIndex((line) => line.includes('"t":"start"') && line.includes(live.split('.')[0] ?? ''));
    const lines = text.split('\n');
    lines[start] = (lines[start] ?? '').replace(/"pid":\d+,"start":"[^"]*"/, '"pid":4000000,"start":"1"');
    writeFileSync(namespace('journal', live), lines.join('\n'), { mode: 0o600 });
    expect(await kinds()).toEqual(['lost-runs', 'open-journal', 'stale-slot']);
    await store.repair();
    expect(await kinds()).toEqual([]);
    expect(await store.runs({ idPrefix: run.id, limit: 1 })).toMatchObject([{ reason: 'lost' }]);
  });
});

describe('what only people can mend', () => {
  it.each<[string, string, () => void]>([
    [
      'unreadable',
      'a description that cannot be read',
      () => writeFileSync(namespace('namespace.json'), '{'),
    ],
    ['stranger', 'a file of somebody else', () => writeFileSync(join(root, 'notes.txt'), '')],
    [
      'stranger',
      'a file among the output',
      () => writeFileSync(namespace('output/20260501/x'), '', { mode: 0o600 }),
    ],
    ['link', 'a link to somewhere else', () => symlinkSync('/etc/passwd', namespace('link'))],
    ['missing', 'definitions that are gone', () => rmSync(namespace('definitions'), { recursive: true })],
  ])('%s: %s', async (kind, _, damage) => {
    damage();
    expect(await kinds()).toEqual([kind]);
    await store.repair();
    expect(await kinds()).toEqual([kind]);
    expect(await statuses()).toEqual(WHOLE);
  });

  it('is an id that is not the digest of what it names', async () => {
    const origin = { host: 'box', user: 'ann', source: '/x' };
    const id = namespaceId(origin);
    renameSync(namespace(), join(root, 'namespaces', id));
    expect((await store.check(id)).map(({ kind }) => kind)).toContain('origin');
  });

  it('is the state of a newer version, which is left as it is', async () => {
    writeFileSync(join(root, 'format.json'), '{"format":99,"minWriter":99}\n');
    expect(await kinds()).toEqual(['newer']);
    await expect(store.repair()).rejects.toThrow(expect.objectContaining({ code: 'STATE_NEWER' }));
    expect(await statuses()).toEqual(WHOLE);
  });
});

it('tells how much room each part takes', async () => {
  const [usage] = await store.usage();
  expect(usage).toMatchObject({
    ...{ namespace: 'n1', source: ORIGIN.source, runs: 6 },
    output: { files: 8, bytes: expect.any(Number) },
    journals: { files: 1, bytes: statSync(journal()).size },
    history: { files: 2 },
  });
  expect(usage?.total.files).toBe(13);
  expect(usage?.total.onDisk).toBeGreaterThanOrEqual(4096);
});
