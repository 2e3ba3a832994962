/** Places that runs of several jobs share, on a disk that does not do what it should. */
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileStore } from '../../../src/store/file/store.js';
import type { Writer } from '../../../src/store/store.js';
import { dueRun, ORIGIN, owned } from '../conformance.js';

let directory: string;
let slots: string;
let writer: Writer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  const store = createFileStore({ root: join(directory, 'state'), version: '1.0.0' });
  writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
  slots = join(directory, 'state/namespaces/n1/slots');
});
afterEach(() => rmSync(directory, { recursive: true }));

it('a run that cannot say that it waits keeps nobody waiting', async () => {
  const limits = ['db', 'net'].map((key) => ({ key, max: 1 }));
  const [a, b] = [dueRun('a', '2026-05-01T00:00:10Z'), dueRun('b', '2026-05-01T00:00:20Z')];
  owned((await writer.claim([{ run: a, limits: limits.slice(1) }]))[0]).close();
  const before = readdirSync(slots);
  const obstacle = `+net.w${b.id}`;
  mkdirSync(join(slots, obstacle));
  await expect(writer.claim([{ run: b, limits }])).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  rmdirSync(join(slots, obstacle));
  expect(readdirSync(slots).filter((name) => !name.endsWith('.tmp'))).toEqual(before);
  expect((await writer.claim([{ run: b, limits }]))[0]).toMatchObject({ kind: 'waiting', limit: 'net' });
  await writer.record({ id: a.id, status: 'succeeded' });
  owned((await writer.claim([{ run: b, limits }]))[0]).close();
  await writer.record({ id: b.id, status: 'succeeded' });
  expect(readdirSync(slots).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
});
