/** A disk that is full for real: a small file system in memory. Only root may mount one. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../src/model/run.js';
import { createFileStore } from '../../../src/store/file/store.js';
import type { Store } from '../../../src/store/store.js';
import { canMount, fillDisk, mountDisk } from '../../support/small-disk.ts';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
let disk: string;
let store: Store;
const at = (second: number) => `2026-05-01T00:00:${String(second).padStart(2, '0')}Z`;

/** Make files for which there is room no more. @returns Those that there was room for. */
function fillInodes(path: string): string[] {
  const made: string[] = [];
  for (;;) {
    const filler = join(path, `filler-${made.length}`);
    try {
      writeFileSync(filler, '');
    } catch {
      return made;
    }
    made.push(filler);
  }
}

describe.skipIf(!canMount)('a full disk', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'supertask-'));
    disk = join(directory, 'disk');
    mkdirSync(disk);
    store = createFileStore({ root: join(disk, 'state'), version: '1.0.0' });
  });
  afterEach(() => {
    execFileSync('umount', [disk]);
    rmSync(directory, { recursive: true });
  });
  const open = () => store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });

  it('claims nothing, loses nothing, and goes on when there is room', async () => {
    mountDisk(disk, 'size=256k');
    const writer = await open();
    const first = dueRun('a', at(1));
    const sink = owned((await writer.claim([{ run: first }]))[0]);
    const filler = fillDisk(disk);
    const many = Array.from({ length: 20 }, (_, index) =>
      dueRun('b', at(10 + index), { message: 'x'.repeat(1000) }),
    );
    const claims = many.map((run) => ({ run, maxLive: 50 }));
    await expect(writer.claim(claims)).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      hint: expect.stringContaining('disk is full'),
    });
    expect((await store.runs({ limit: 50 })).map((run) => run.id)).toEqual([first.id]);
    sink.write('stdout', Buffer.alloc(100_000, 'x'));
    expect(sink.close()).toMatchObject({ stdoutBytes: 100_000, truncated: true });
    const end = { id: first.id, status: 'succeeded', message: 'y'.repeat(4000) } as const;
    await expect(writer.record(end)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    rmSync(filler);
    await writer.heartbeat(new Date());
    expect(await store.runs({ limit: 50 })).toMatchObject([{ id: first.id, status: 'succeeded' }]);
    // Each is owned; a file left open would keep the disk busy.
    for (const answer of await writer.claim(claims)) owned(answer).close();
    await writer.close('done');
  });

  it('has room for all the ends that come in one turn', async () => {
    mountDisk(disk, 'size=4m');
    const writer = await open();
    // A scheduler keeps room for bad times when it asks for what was.
    await writer.past();
    const runs = Array.from({ length: 5 }, (_, index) => dueRun('a', at(10 + index)));
    for (const answer of await writer.claim(runs.map((run) => ({ run })))) owned(answer).close();
    const filler = fillDisk(disk);
    const message = 'y'.repeat(4000);
    await Promise.all(runs.map(({ id }) => writer.record({ id, status: 'succeeded', message })));
    const kept = await store.runs({ limit: 50, status: ['succeeded'] });
    expect(kept.map(({ id }) => id).sort()).toEqual(runs.map(({ id }) => id).sort());
    rmSync(filler);
    await writer.close('done');
  });

  it('of inodes claims nothing', async () => {
    mountDisk(disk, 'size=1m,nr_inodes=20');
    const writer = await open();
    const claims = Array.from({ length: 20 }, (_, index) => ({ run: dueRun('a', at(10 + index)) }));
    await expect(writer.claim(claims)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect(await store.runs({ limit: 50 })).toEqual([]);
    expect(readdirSync(join(disk, 'state/namespaces/n1/output/20260501'))).toEqual([]);
    await writer.close('done');
  });

  it('says so when nothing can be made at all', async () => {
    mountDisk(disk, 'size=1m,nr_inodes=3');
    await expect(open()).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });

  const namespace = (path: string) => join(disk, 'state/namespaces/n1', path);

  /** The journal of a scheduler that was killed with `run` claimed; without a record of it if so told. */
  async function leaveDead(run: Run, isRecorded = true): Promise<string> {
    const writer = await open();
    await writer.setJobs([definition('a')]);
    const [name = ''] = readdirSync(namespace('journal'));
    const before = readFileSync(namespace(`journal/${name}`), 'utf8');
    owned((await writer.claim([{ run }]))[0]).close();
    const text = isRecorded ? readFileSync(namespace(`journal/${name}`), 'utf8') : before;
    await writer.close('killed');
    for (const left of readdirSync(namespace('journal'))) rmSync(namespace(`journal/${left}`));
    const { pid } = spawnSync('true');
    writeFileSync(namespace(`journal/${name}`), text.replaceAll(/"pid":\d+/g, `"pid":${pid}`), {
      mode: 0o600,
    });
    return namespace(`journal/${name}`);
  }

  it('leaves the journal of a dead scheduler as it was until there is room', async () => {
    mountDisk(disk, 'size=256k');
    const run = dueRun('a', at(1));
    const journal = await leaveDead(run);
    const { size } = statSync(journal);
    // Its last page is full.
    writeFileSync(journal, `\n${'\0'.repeat(4096 - (size % 4096) - 2)}\n`, { flag: 'a' });
    utimesSync(journal, new Date(0), new Date(0));
    const text = readFileSync(journal, 'utf8');
    const writer = await open();
    const names = readdirSync(namespace('journal'));
    const filler = fillDisk(disk);
    await expect(writer.heartbeat(new Date())).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: `cannot look after ${join(disk, 'state/namespaces/n1')}: ENOSPC`,
    });
    expect(readdirSync(namespace('journal'))).toEqual(names);
    expect(readFileSync(journal, 'utf8')).toBe(text);
    expect(statSync(journal).mtime).toEqual(new Date(0));
    rmSync(filler);
    expect(await writer.heartbeat(new Date())).toMatchObject([{ id: run.id, status: 'errored' }]);
    const [free = ''] = readdirSync(namespace('journal')).filter((name) => name.startsWith('free-'));
    expect(readFileSync(namespace(`journal/${free}`), 'utf8')).toMatch(/"t":"stop".*"reason":"lost"/);
    await writer.close('done');
  });

  it('forgets no claim of a dead scheduler that has no record yet', async () => {
    mountDisk(disk, 'size=256k');
    const run = dueRun('a', at(1));
    const journal = await leaveDead(run, false);
    const writer = await open();
    await writer.past();
    const [own = ''] = readdirSync(namespace('journal')).filter((name) => !journal.endsWith(name));
    // Little of its last page is left.
    for (let second = 10; 4096 - (statSync(namespace(`journal/${own}`)).size % 4096) > 350; second++)
      await writer.claim([{ run: dueRun('a', at(second), { status: 'skipped', reason: 'paused' }) }]);
    const filler = fillDisk(disk);
    await expect(writer.heartbeat(new Date())).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
    rmSync(filler);
    expect(await writer.heartbeat(new Date())).toMatchObject([{ id: run.id, reason: 'lost' }]);
    expect(await writer.heartbeat(new Date())).toEqual([]);
    await writer.close('done');
  });

  it('of inodes leaves planned runs as they were, and what was lost is told when there is room', async () => {
    mountDisk(disk, 'size=4m,nr_inodes=100');
    const limits = [{ key: 'db', max: 1 }];
    const [first, lost] = [dueRun('a', at(1)), dueRun('b', at(2))];
    const planned = dueRun('c', at(3), {
      trigger: 'retry',
      evidence: { plannedFor: new Date(Date.now() + 60_000).toISOString() },
    });
    const [gone, writer] = [await open(), await open()];
    owned((await writer.claim([{ run: first, limits }]))[0]).close();
    owned((await gone.claim([{ run: lost }]))[0]).close();
    expect((await gone.claim([{ run: planned, limits }]))[0]?.kind).toBe('waiting');
    await gone.close('killed');
    const slots = readdirSync(namespace('slots'));
    const fillers = fillInodes(disk);
    // For its token, then for its place in the queue.
    for (const free of [[], [fillers.pop() ?? '']]) {
      for (const filler of free) rmSync(filler);
      await expect(writer.heartbeat(new Date())).rejects.toMatchObject({
        code: 'STATE_UNAVAILABLE',
        message: expect.stringMatching(/cannot look after .*: ENOSPC/),
      });
      expect(readdirSync(namespace('slots'))).toEqual(slots);
    }
    for (const filler of fillers) rmSync(filler);
    expect(await writer.heartbeat(new Date())).toMatchObject([
      { id: lost.id, status: 'errored', reason: 'lost' },
      { id: planned.id, status: 'waiting' },
    ]);
    expect(await writer.heartbeat(new Date())).toEqual([]);
    const holders = slots.map((name) => readlinkSync(namespace(`slots/${name}`)).split(' ')[1]);
    expect(new Set(holders).size).toBe(1);
    await writer.record({ id: first.id, status: 'succeeded' });
    owned((await writer.claim([{ run: planned, limits }]))[0]).close();
    await writer.close('done');
  });

  it('that is read-only is read', async () => {
    mountDisk(disk, 'size=1m');
    const writer = await open();
    const run = dueRun('a', at(1));
    await writer.claim([{ run: { ...run, status: 'skipped', reason: 'paused' } }]);
    await writer.close('done');
    writeFileSync(join(disk, 'note'), '');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    expect(await store.runs({ limit: 5 })).toHaveLength(1);
    await expect(open()).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      hint: expect.stringContaining('read-only'),
    });
  });
});
