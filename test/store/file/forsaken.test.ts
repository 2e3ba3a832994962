/** Claims whose maker died before it could write them down. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileStore } from '../../../src/store/file/store.js';
import type { Store } from '../../../src/store/store.js';
import { definition, dueRun, ORIGIN } from '../conformance.js';

const RUN = dueRun('a', '2026-05-01T00:00:07Z');

let directory: string;
let store: Store;
/** How far the wall clock is ahead of the machine's. */
let ahead: number;
const now = () => new Date(Date.now() + ahead);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  ahead = 0;
  store = createFileStore({ root: join(directory, 'state'), version: '1.0.0', now });
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = () => store.open('n1', ORIGIN, { mode: 'schedule', startedAt: now() });

/** A scheduler that is dead, and claimed `RUN` last. */
async function dieAfterClaim(): Promise<void> {
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
  writeFileSync(join(day, `${RUN.id}.out`), '', { mode: 0o600 });
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
