/** Journals that were folded into the history: nothing is lost, moved twice, or found more slowly than need be. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markedRun } from '../../../src/model/mark.js';
import { type Run, scheduledRunId } from '../../../src/model/run.js';
import { listSegments, newestInHistory, runsIn, writeSegments } from '../../../src/store/file/history.js';
import { REST_MS } from '../../../src/store/file/journal-name.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import type { Writer } from '../../../src/store/store.js';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
let root: string;
let store: FileStore;
const journals = () => readdirSync(join(root, 'namespaces/n1/journal'));
const history = () => join(root, 'namespaces/n1/history');
const open = (startedAt = '2026-05-01T00:00:00Z'): Promise<Writer> =>
  store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date(startedAt) });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  root = join(directory, 'state');
  // Journals that were sealed this moment have been so for long.
  const now = () => new Date(Date.now() + REST_MS);
  store = createFileStore({ root, version: '1.0.0', now });
});
afterEach(() => rmSync(directory, { recursive: true }));

function manyRuns(count: number, from = Date.UTC(2026, 4, 1)): Run[] {
  const evidence = { words: 'x'.repeat(1500) };
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(from + index * 60_000).toISOString();
    return dueRun(index % 2 === 0 ? 'a' : 'b', at, { status: 'skipped', reason: 'paused', evidence });
  });
}

/** A journal over its size, which its writer has closed. */
async function fill(count: number, from?: number): Promise<Run[]> {
  const runs = manyRuns(count, from);
  const writer = await open();
  await writer.setJobs([definition('a'), definition('b')]);
  await writer.claim(runs.map((run) => ({ run })));
  await writer.close('done');
  return runs;
}

describe('folding', () => {
  it('moves ended runs of a full journal to the history, and answers as before', async () => {
    const runs = await fill(800);
    expect(journals()).toEqual([expect.stringMatching(/^sealed-/)]);
    const before = { jobs: await store.jobs('n1'), runs: await store.runs({ limit: 2000 }) };
    const summary = await store.namespaces();
    const writer = await open('2026-05-02T00:00:00Z');
    const past = await writer.past();
    await writer.heartbeat(new Date());
    expect(journals()).toHaveLength(1);
    expect(listSegments(history()).map((segment) => segment.runs)).toEqual([800]);
    expect(await store.runs({ limit: 2000 })).toEqual(before.runs);
    expect(before.runs.map((run) => run.id)).toEqual(runs.map((run) => run.id).reverse());
    expect(await store.jobs('n1')).toEqual(before.jobs);
    expect(await store.namespaces()).toEqual(summary);
    expect(await writer.past()).toEqual(past);
    await writer.close('done');
  });

  it('goes on where a scheduler was killed during a run that is known to be lost since', async () => {
    const dead = await open();
    await dead.setJobs([definition('a')]);
    const run = dueRun('a', '2026-04-30T00:00:00Z');
    owned((await dead.claim([{ run }]))[0]).close();
    // Its journal, which is handed on, has the run as it was when it died.
    const [name = ''] = journals();
    const path = join(root, 'namespaces/n1/journal', name);
    const pid = `"pid":${spawnSync('true').pid}`;
    const left = readFileSync(path, 'utf8').replaceAll(/"pid":\d+/g, pid);
    await dead.close('killed');
    for (const each of journals()) rmSync(join(root, 'namespaces/n1/journal', each));
    writeFileSync(path, left, { mode: 0o600 });
    const writer = await open('2026-05-02T00:00:00Z');
    await writer.heartbeat(new Date());
    await writer.claim(manyRuns(800).map((other) => ({ run: other })));
    const next = dueRun('a', '2026-07-01T00:00:00Z');
    owned((await writer.claim([{ run: next }]))[0]).close();
    await writer.record({ id: next.id, status: 'succeeded' }, { durable: true });
    const sealed = journals().filter((each) => each.startsWith('sealed-'));
    expect(sealed).not.toEqual([]);
    await writer.heartbeat(new Date());
    expect(journals()).not.toContain(sealed[0]);
    expect(await store.runs({ limit: 1, idPrefix: run.id })).toMatchObject([{ reason: 'lost' }]);
    expect(await store.runs({ limit: 2000 })).toHaveLength(802);
    await writer.close('done');
  });

  it('is not called for by runs that are open, however many', async () => {
    const writer = await open();
    const waiting = manyRuns(1_500).map((run): Run => ({ ...run, status: 'waiting' }));
    await writer.claim(waiting.map((run) => ({ run })));
    for (const { id } of waiting.slice(0, 50)) await writer.record({ id, status: 'skipped' });
    // Full once; the new one begins with all that wait.
    expect(journals().filter((name) => name.startsWith('sealed-'))).toHaveLength(1);
    await writer.close('done');
  });

  it('takes all that are full in one go, however many there are', async () => {
    for (let batch = 0; batch < 9; batch++) await fill(800, Date.UTC(2026, batch, 1));
    expect(journals().filter((name) => name.startsWith('sealed-'))).toHaveLength(9);
    const writer = await open();
    await writer.heartbeat(new Date());
    expect(journals().filter((name) => name.startsWith('sealed-'))).toEqual([]);
    expect(await store.runs({ limit: 9000 })).toHaveLength(7200);
    await writer.close('done');
  });

  it('keeps the runs of a writer that went on while its journal was sealed', async () => {
    const writer = await open();
    await writer.setJobs([definition('a')]);
    const going = dueRun('a', '2026-04-30T00:00:00Z');
    const short = dueRun('b', '2026-04-30T01:00:00Z');
    await writer.claim([{ run: going, maxLive: 1 }, { run: short }]);
    for (let batch = 0; batch < 4; batch++) {
      const runs = manyRuns(800, Date.UTC(2026, 5 + batch, 1));
      await writer.claim(runs.map((run) => ({ run })));
      await writer.record({ id: going.id, message: `batch ${batch}` }, { durable: true });
    }
    expect(journals().filter((name) => name.startsWith('sealed-'))).toHaveLength(4);
    await writer.record({ id: short.id, status: 'succeeded' });
    await writer.heartbeat(new Date());
    expect(journals()).toHaveLength(1);
    expect(await store.runs({ limit: 1, idPrefix: short.id })).toMatchObject([{ status: 'succeeded' }]);
    expect(await store.runs({ limit: 5000, status: ['starting'] })).toMatchObject([
      { id: going.id, message: 'batch 3' },
    ]);
    expect(await store.schedulers('n1')).toMatchObject([{ jobs: ['a'] }]);
    await writer.record({ id: going.id, status: 'succeeded' });
    expect(await store.runs({ limit: 5000 })).toHaveLength(3202);
    expect(await store.runs({ limit: 1, idPrefix: going.id })).toMatchObject([{ status: 'succeeded' }]);
    await writer.close('done');
  });

  it('is done by the next one-shot where no scheduler ever comes', async () => {
    await fill(800);
    const once = await store.open('n1', ORIGIN, { mode: 'once', startedAt: new Date() });
    await once.claim([{ run: dueRun('a', '2026-06-01T00:00:00Z', { status: 'skipped' }) }]);
    await once.close('done');
    expect(listSegments(history())).toHaveLength(1);
    expect(await store.runs({ limit: 2000 })).toHaveLength(801);
  });

  it('leaves a journal with runs of the dead until they are judged', async () => {
    const run = dueRun('a', '2026-04-01T00:00:00Z');
    const first = await open();
    await first.claim([{ run }, ...manyRuns(800).map((other) => ({ run: other }))]);
    await first.close('killed');
    const once = await store.open('n1', ORIGIN, { mode: 'once', startedAt: new Date() });
    await once.close('done');
    expect(listSegments(history())).toEqual([]);
    const writer = await open();
    expect(await writer.heartbeat(new Date())).toMatchObject([{ id: run.id, reason: 'lost' }]);
    await writer.heartbeat(new Date());
    expect(listSegments(history()).map((segment) => segment.runs)).toEqual([800]);
    expect(await store.runs({ limit: 1, status: ['errored'] })).toMatchObject([
      { id: run.id, reason: 'lost' },
    ]);
    await writer.close('done');
  });

  describe('with what somebody said of a run', () => {
    const ofRun = async ({ id }: Run, status?: Run['status']) =>
      store.runs({ limit: 5, idPrefix: id, ...(status === undefined ? {} : { status: [status] }) });
    const failing = async (writer: Writer): Promise<Run> => {
      const run = dueRun('a', '2026-04-30T00:00:00Z');
      await writer.claim([{ run }]);
      const ended: Run = { ...run, status: 'failed', reason: 'exit-code', exitCode: 3 };
      await writer.record(ended);
      return ended;
    };

    it('outlives its journal where another one that stays has the older record', async () => {
      const writer = await open();
      await writer.setJobs([definition('a')]);
      const run = await failing(writer);
      const once = await store.open('n1', ORIGIN, { mode: 'once', startedAt: new Date() });
      const marked = markedRun(run, { status: 'succeeded', at: new Date() });
      await once.record(marked);
      await once.claim(manyRuns(800, Date.UTC(2026, 6, 1)).map((other) => ({ run: other })));
      await once.close('done');
      expect(journals().filter((name) => name.startsWith('sealed-'))).toHaveLength(1);
      await writer.heartbeat(new Date());
      expect(journals()).toHaveLength(1);
      expect(await ofRun(run)).toEqual([marked]);
      expect(await ofRun(run, 'failed')).toEqual([]);
      await writer.close('done');
      expect(await ofRun(run)).toEqual([marked]);
    });

    it('is folded into the history in the place of the older record', async () => {
      const first = await open();
      await first.setJobs([definition('a')]);
      const run = await failing(first);
      await first.claim(manyRuns(800).map((other) => ({ run: other })));
      await first.close('done');
      const writer = await open();
      await writer.heartbeat(new Date());
      const once = await store.open('n1', ORIGIN, { mode: 'once', startedAt: new Date() });
      const marked = markedRun(run, { status: 'succeeded', at: new Date() });
      await once.record(marked);
      await once.claim(manyRuns(800, Date.UTC(2026, 6, 1)).map((other) => ({ run: other })));
      await once.close('done');
      const [sealed = ''] = journals().filter((name) => name.startsWith('sealed-'));
      const journal = readFileSync(join(root, 'namespaces/n1/journal', sealed));
      const inFiles = () =>
        listSegments(history())
          .flatMap(runsIn)
          .filter(({ id }) => id === run.id);
      await writer.heartbeat(new Date());
      expect(inFiles()).toEqual([marked]);
      // As after a crash between the new record and the removal of the older one, and of the journal.
      writeSegments(history(), [run]);
      writeFileSync(join(root, 'namespaces/n1/journal', sealed), journal, { mode: 0o600 });
      expect(await ofRun(run)).toEqual([marked]);
      expect(await ofRun(run, 'failed')).toEqual([]);
      await writer.heartbeat(new Date());
      expect(inFiles()).toEqual([marked]);
      expect(await ofRun(run, 'failed')).toEqual([]);
      expect(await store.check('n1')).toEqual([]);
      expect(await store.runs({ limit: 5_000 })).toHaveLength(1_601);
      await writer.close('done');
    });
  });

  it('interrupted after any of its steps neither loses nor doubles a run', async () => {
    const runs = await fill(800);
    const [sealed = ''] = journals();
    const journal = readFileSync(join(root, 'namespaces/n1/journal', sealed));
    const writer = await open();
    await writer.heartbeat(new Date());
    // As after a crash between the new file and the removal of the old one.
    writeFileSync(join(root, 'namespaces/n1/journal', sealed), journal, { mode: 0o600 });
    expect(await store.runs({ limit: 2000 })).toHaveLength(runs.length);
    await writer.heartbeat(new Date());
    expect(await store.runs({ limit: 2000 })).toHaveLength(runs.length);
    expect(listSegments(history())).toHaveLength(1);
    await writer.close('done');
  });
});

describe('the history', () => {
  const run = (at: string, more: Partial<Run> = {}) => dueRun('a', at, { status: 'succeeded', ...more });

  it('is split by month', () => {
    const paths = writeSegments(history(), [run('2026-04-30T23:59:59Z'), run('2026-05-01T00:00:00Z')]);
    expect(paths.map((path) => path.split('/').at(-2)).sort()).toEqual(['202604', '202605']);
  });

  it('finds the newest where files overlap in time', () => {
    const hours = Array.from({ length: 20 }, (_, hour) =>
      run(`2026-05-01T${String(hour).padStart(2, '0')}:00:00Z`),
    );
    writeSegments(
      history(),
      hours.filter((_, index) => index % 3 === 0),
    );
    writeSegments(
      history(),
      hours.filter((_, index) => index % 3 === 1),
    );
    writeSegments(
      history(),
      hours.filter((_, index) => index % 3 === 2),
    );
    for (const limit of [1, 2, 5, 19, 20, 40]) {
      const found = newestInHistory(history(), { limit }, () => false);
      expect(found.map(({ id }) => id)).toEqual(
        [...hours]
          .reverse()
          .slice(0, limit)
          .map(({ id }) => id),
      );
    }
  });

  it('prefers the end of a run over its being lost', () => {
    const lost = run('2026-05-01T00:00:00Z', { status: 'errored', reason: 'lost' });
    const { reason: _, ...rest } = lost;
    writeSegments(history(), [lost]);
    writeSegments(history(), [{ ...rest, status: 'failed', recovered: true }]);
    expect(newestInHistory(history(), { limit: 5 }, () => false)).toMatchObject([
      { status: 'failed', recovered: true },
    ]);
  });

  it('finds a job without the index that says where it is', () => {
    writeSegments(history(), [run('2026-05-01T00:00:00Z')]);
    const [name = ''] = readdirSync(join(history(), '202605')).filter((entry) => entry.endsWith('.idx.json'));
    for (const text of ['', '{}', '{"jobs":7}']) {
      writeFileSync(join(history(), '202605', name), text);
      expect(newestInHistory(history(), { limit: 5, job: 'a' }, () => false)).toHaveLength(1);
    }
    rmSync(join(history(), '202605', name));
    expect(newestInHistory(history(), { limit: 5, job: 'a' }, () => false)).toHaveLength(1);
    expect(newestInHistory(history(), { limit: 5, job: 'b' }, () => false)).toEqual([]);
  });

  it('passes over lines that are not runs', () => {
    const [path = ''] = writeSegments(history(), [run('2026-05-01T00:00:00Z'), run('2026-05-01T01:00:00Z')]);
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n{"id":\n\0\0\0\n`);
    expect(newestInHistory(history(), { limit: 5 }, () => false)).toHaveLength(1);
  });

  it('finds runs by any prefix of their ids', () => {
    const runs = [run('2026-05-01T00:00:00Z'), run('2027-05-01T01:00:00Z')];
    writeSegments(history(), runs);
    const id = scheduledRunId({
      namespace: 'n1',
      job: 'a',
      dueAt: new Date('2026-05-01T00:00:00Z'),
      attempt: 1,
    });
    for (let length = 1; length <= id.length; length++) {
      const found = newestInHistory(history(), { limit: 5, idPrefix: id.slice(0, length) }, () => false);
      expect(found.map((one) => one.id)).toContain(id);
      expect(found.every((one) => one.id.startsWith(id.slice(0, length)))).toBe(true);
    }
    expect(newestInHistory(history(), { limit: 5, idPrefix: 'zz' }, () => false)).toEqual([]);
  });
});

it('finds in the history what is due in a span, and the record that stands for a moment among several', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 0, minute));
  const gap = { status: 'missed', count: 3, firstAt: at(10), lastAt: at(12) } as const;
  const runs = [
    ...Array.from({ length: 60 }, (_, minute) =>
      dueRun('a', at(minute).toISOString(), minute === 12 ? gap : { status: 'succeeded' }),
    ),
    dueRun('b', at(11).toISOString(), { status: 'succeeded' }),
  ];
  writeSegments(history(), runs.slice(0, 30));
  writeSegments(history(), runs.slice(30));
  const find = (query: object) =>
    newestInHistory(history(), { job: 'a', limit: 100, ...query }, () => false).map((run) =>
      run.scheduledAt.getUTCMinutes(),
    );
  expect(find({ since: at(28), until: at(31) })).toEqual([31, 30, 29, 28]);
  expect(find({ until: at(1) })).toEqual([1, 0]);
  expect(find({ covering: at(11) })).toEqual([12]);
  expect(find({ covering: at(13) })).toEqual([]);
});
