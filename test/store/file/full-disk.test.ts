/** A disk that is full for real: a small file system in memory. Only root may mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../src/store/file/store.js';
import type { Store } from '../../../src/store/store.js';
import { canMount, fillDisk, mountDisk } from '../../support/small-disk.ts';
import { dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
let disk: string;
let store: Store;
const at = (second: number) => `2026-05-01T00:00:${String(second).padStart(2, '0')}Z`;

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
