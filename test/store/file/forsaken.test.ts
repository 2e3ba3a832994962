/** Claims whose maker died before it could write them down. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Run } from '../../../src/model/run.js';
import { writeSegments } from '../../../src/store/file/history.js';
import { createFileStore } from '../../../src/store/file/store.js';
import type { Store } from '../../../src/store/store.js';
import { canMount, fillDisk, mountDisk } from '../../support/small-disk.ts';
import { definition, dueRun, ORIGIN, owned } from '../conformance.js';

const RUN = dueRun('a', '2026-05-01T00:00:07Z');

let directory: string;
let store: Store;
/** How far the wall clock is ahead of the machine's. */
let ahead: number;
let isMounted: boolean;
const now = () => new Date(Date.now() + ahead);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  ahead = 0;
  isMounted = false;
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now });
});
afterEach(() => {
  if (isMounted) execFileSync('umount', [directory]);
  rmSync(directory, { recursive: true });
});

const open = () => store.open('n1', ORIGIN, { mode: 'schedule', startedAt: now() });

/** A scheduler that is dead, and claimed these last. */
async function dieAfterClaim(runs: readonly Run[] = [RUN]): Promise<void> {
  const writer = await open();
  await writer.setJobs([definition('a')]);
  const journals = join(directory, 'state/namespaces/n1/journal');
  const [name = ''] = readdirSync(journals);
  const { pid } = spawnSync('true');
  const text = readFileSync(join(journals, name), 'utf8');
  await writer.close('done');
  rmSync(journals, { recursive: true });
  mkdirSync(journals, { mode: 0o700 });
  writeFileSync(join(journals, name), text.replaceAll(/"pid":\d+/g, `"pid":${pid}`), { mode: 0o600 });
  const day = join(directory, 'state/namespaces/n1/output/20260501');
  mkdirSync(day, { mode: 0o700 });
  for (const { id } of runs) writeFileSync(join(day, `${id}.out`), '', { mode: 0o600 });
}

const LOST = {
  id: RUN.id,
  job: 'a',
  status: 'errored',
  reason: 'lost',
  evidence: { claimed: 'not journalled' },
};

it('are lost at once where nobody else is alive, and recorded once (P8)', async () => {
  await dieAfterClaim();
  const writer = await open();
  await writer.setJobs([definition('a')]);
  await writer.past();
  expect(await writer.heartbeat(now())).toMatchObject([LOST]);
  expect(await writer.heartbeat(now())).toEqual([]);
  expect((await writer.claim([{ run: RUN }]))[0]?.kind).toBe('duplicate');
  await writer.close('done');
  expect(await store.runs({ limit: 9 })).toMatchObject([LOST]);
});

it('have five seconds where somebody else is alive, whose they may be', async () => {
  await dieAfterClaim();
  const other = await open();
  const writer = await open();
  await writer.setJobs([definition('a')]);
  expect(await writer.heartbeat(now())).toEqual([]);
  ahead = 4000;
  expect(await writer.heartbeat(now())).toEqual([]);
  ahead = 6000;
  expect(await writer.heartbeat(now())).toMatchObject([LOST]);
  await writer.close('done');
  await other.close('done');
});

it('that were taken back are nobody’s', async () => {
  await dieAfterClaim();
  const other = await open();
  const writer = await open();
  await writer.setJobs([definition('a')]);
  expect(await writer.heartbeat(now())).toEqual([]);
  rmSync(join(directory, 'state/namespaces/n1/output/20260501', `${RUN.id}.out`));
  ahead = 6000;
  expect(await writer.heartbeat(now())).toEqual([]);
  expect(await store.runs({ limit: 9 })).toEqual([]);
  await writer.close('done');
  await other.close('done');
});

const journals = (): string[] => readdirSync(join(directory, 'state/namespaces/n1/journal'));

it('are judged by those who are left when their finder ends before it could (P8)', async () => {
  await dieAfterClaim();
  const [dead = ''] = journals();
  const other = await open();
  const finder = await open();
  await finder.setJobs([definition('a')]);
  await finder.past();
  expect(await finder.heartbeat(now())).toEqual([]);
  await finder.close('done');
  expect(journals()).toContain(dead);
  ahead = 30_000;
  expect(await other.heartbeat(now())).toMatchObject([LOST]);
  ahead = 60_000;
  expect(await other.heartbeat(now())).toEqual([]);
  expect(journals()).not.toContain(dead);
  await other.close('done');
  expect(await store.runs({ limit: 9 })).toMatchObject([LOST]);
});

it('are judged once, and the journal of the dead is handed on, whatever others claim meanwhile', async () => {
  await dieAfterClaim();
  const [dead = ''] = journals();
  const other = await open();
  const writer = await open();
  await writer.setJobs([definition('a')]);
  const found: Run[] = [];
  for (let beat = 0; beat < 3; beat++) {
    const run = dueRun('a', new Date(now().getTime() - beat).toISOString());
    owned((await other.claim([{ run }]))[0]).close();
    expect((await writer.claim([{ run }]))[0]?.kind).toBe('duplicate');
    expect((await writer.claim([{ run: RUN }]))[0]?.kind).toBe('duplicate');
    found.push(...(await writer.heartbeat(now())));
    ahead += 30_000;
  }
  expect(found).toMatchObject([LOST]);
  expect(journals()).not.toContain(dead);
  await writer.close('done');
  await other.close('done');
});

it('are judged soon also where the clock was set back since', async () => {
  await dieAfterClaim();
  const other = await open();
  const writer = await open();
  await writer.setJobs([definition('a')]);
  expect(await writer.heartbeat(now())).toEqual([]);
  ahead = -3_600_000;
  expect(await writer.heartbeat(now())).toMatchObject([LOST]);
  await writer.close('done');
  await other.close('done');
});

it('do not keep the journal of the dead where the history has their records', async () => {
  await dieAfterClaim();
  const [dead = ''] = journals();
  const ended: Run = { ...RUN, status: 'succeeded' };
  writeSegments(join(directory, 'state/namespaces/n1/history'), [ended]);
  const writer = await open();
  await writer.setJobs([definition('a')]);
  expect(await writer.heartbeat(now())).toEqual([]);
  expect(journals()).not.toContain(dead);
  await writer.close('done');
  expect(await store.runs({ limit: 9 })).toMatchObject([ended]);
});

it.skipIf(!canMount)('are kept in mind until there is room for their records', async () => {
  mountDisk(directory, 'size=1m');
  isMounted = true;
  const runs = Array.from({ length: 20 }, (_, index) => dueRun('a', `2026-05-01T00:01:${10 + index}Z`));
  await dieAfterClaim(runs);
  const writer = await open();
  await writer.setJobs([definition('a')]);
  const filler = fillDisk(directory);
  await expect(writer.heartbeat(now())).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  rmSync(filler);
  expect(await writer.heartbeat(now())).toHaveLength(runs.length);
  await writer.close('done');
});
