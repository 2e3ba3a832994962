/** What a server tells of a namespace again and again: right whatever is where, and new as soon as something is written. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../src/model/run.js';
import { writeSegments } from '../../../src/store/file/history.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';
import type { Writer } from '../../../src/store/store.js';
import { definition, dueRun, ORIGIN } from '../conformance.js';

let directory: string;
let store: FileStore;
let writer: Writer;
const NOW = new Date('2026-05-03T00:00:00Z');
const START = Date.UTC(2026, 4, 1);
const history = () => join(directory, 'state/namespaces/n1/history');

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now: () => NOW });
  writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date(START) });
});
afterEach(async () => {
  await writer.close('done');
  rmSync(directory, { recursive: true });
});

function ended(job: string, second: number): Run {
  return dueRun(job, new Date(START + second * 1_000).toISOString(), { status: 'succeeded' });
}

async function recentOf(...jobs: string[]): Promise<Record<string, string[]>> {
  const found = await (await store.book('n1'))?.recent(new Set(jobs));
  return Object.fromEntries([...(found ?? [])].map(([job, runs]) => [job, runs.map(({ id }) => id)]));
}

describe('the last runs of jobs', () => {
  it('are found of a job that seldom runs among many that run often', async () => {
    const seldom = [0, 5_000, 9_000].map((second) => ended('seldom', second));
    const busy = Array.from({ length: 9_500 }, (_, second) => ended('busy', second));
    for (let from = 0; from < busy.length; from += 1_900)
      writeSegments(
        history(),
        [...busy, ...seldom].filter((run) => isWithin(run, from, from + 1_900)),
      );
    await writer.claim([{ run: { ...ended('seldom', 20_000), status: 'skipped', reason: 'paused' } }]);
    const expected = {
      seldom: [ended('seldom', 20_000), ...[...seldom].reverse()].map(({ id }) => id),
      busy: busy
        .slice(-20)
        .reverse()
        .map(({ id }) => id),
      none: [],
    };
    expect(await recentOf('seldom', 'busy', 'none')).toEqual(expected);
    // Now that what files hold is known.
    expect(await recentOf('seldom', 'busy', 'none')).toEqual(expected);
  });

  it('are none that are planned, however many', async () => {
    const evidence = { plannedFor: '2026-06-01T00:00:00.000Z' };
    const planned = Array.from({ length: 30 }, (_, second): Run => {
      const { endedAt: _end, ...run } = ended('job', 50_000 + second);
      return { ...run, status: 'waiting', evidence };
    });
    const over = ended('job', 0);
    await writer.claim([...planned, { ...over, status: 'skipped' as const }].map((run) => ({ run })));
    expect(await recentOf('job')).toEqual({ job: [over.id] });
  });

  it('are those that asking for each job gives, wherever runs are', async () => {
    const names = ['a', 'b', 'ü "\\', 'd', 'e', 'f', 'long'.repeat(200)];
    const run = fc.record({ job: fc.constantFrom(...names), second: fc.integer({ min: 0, max: 400 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(run, { maxLength: 120 }), { maxLength: 6 }), async (files) => {
        rmSync(history(), { recursive: true, force: true });
        for (const runs of files)
          writeSegments(history(), distinct(runs.map((each) => ended(each.job, each.second))));
        const expected: Record<string, string[]> = {};
        for (const job of names)
          expected[job] = (await store.runs({ namespace: 'n1', job, limit: 20 })).map(({ id }) => id);
        expect(await recentOf(...names)).toEqual(expected);
        expect(await recentOf('a', 'ü "\\')).toEqual({ a: expected['a'], 'ü "\\': expected['ü "\\'] });
      }),
      { numRuns: 20 },
    );
  });
});

describe('each run of a part of time', () => {
  it('is given once, wherever it is', async () => {
    const second = fc.integer({ min: 0, max: 300 });
    const run = fc.record({ job: fc.constantFrom('a', 'b'), second });
    let hot = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(run, { maxLength: 60 }), { maxLength: 4 }),
        second,
        second,
        async (files, a, b) => {
          rmSync(history(), { recursive: true, force: true });
          for (const runs of files)
            writeSegments(history(), distinct(runs.map((each) => ended(each.job, each.second))));
          const open = { ...ended('a', 100 + hot++), status: 'skipped', reason: 'paused' } as const;
          await writer.claim([{ run: open }]);
          const stretch = { since: new Date(START + a * 1_000), until: new Date(START + b * 1_000) };
          const found: string[] = [];
          for await (const { id } of store.eachRun('n1', stretch)) found.push(id);
          const expected = (await store.runs({ namespace: 'n1', ...stretch, limit: 10_000 })).map(
            ({ id }) => id,
          );
          expect(found.sort()).toEqual(expected.sort());
        },
      ),
      { numRuns: 20 },
    );
    for await (const other of store.eachRun('..', {})) expect(other).toBeUndefined();
  });
});

describe('a book', () => {
  it('is the same as long as nothing is written, and another one afterwards', async () => {
    await writer.setJobs([definition('a')]);
    const first = await store.book('n1');
    expect(first?.jobs).toEqual(await store.jobs('n1'));
    expect(first?.schedulers).toEqual(await store.schedulers('n1'));
    expect((await store.book('n1'))?.jobs).toBe(first?.jobs);
    await writer.claim([{ run: ended('a', 5) }]);
    const second = await store.book('n1');
    expect(second?.jobs).not.toBe(first?.jobs);
    expect(second?.jobs).toEqual(await store.jobs('n1'));
  });

  it('has the pauses that hold now', async () => {
    await writer.setJobs([definition('a')]);
    expect((await store.book('n1'))?.jobs).toMatchObject([{ paused: false }]);
    await store.changeOverrides('n1', ({ skips }, since) => ({
      overrides: { skips, pauses: [{ job: 'a', since, until: undefined, by: 'ada', note: undefined }] },
      result: undefined,
    }));
    expect((await store.book('n1'))?.jobs).toMatchObject([{ paused: true }]);
  });

  it.each(['other', '..', 'a/b', ''])('is not there of the namespace %j', async (namespace) => {
    expect(await store.book(namespace)).toBeUndefined();
    expect(readdirSync(join(directory, 'state/namespaces'))).toEqual(['n1']);
  });
});

function isWithin({ scheduledAt }: Run, from: number, to: number): boolean {
  const second = (scheduledAt.getTime() - START) / 1_000;
  return second >= from && second < to;
}

function distinct(runs: readonly Run[]): Run[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
