import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withPause, withSkip } from '../../../src/model/override.ts';
import { createFileStore, type FileStore } from '../../../src/store/file/store.ts';
import { mistakes } from '../../support/schema.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const ORIGIN = { host: 'h', user: 'u', source: '/t.yaml', kind: 'file', author: undefined } as const;

let root: string;
let store: FileStore;
const warnings: string[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'supertask-overrides-'));
  store = createFileStore({ root, version: '1', now: () => NOW });
  warnings.length = 0;
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function open() {
  const warn = (message: string): void => void warnings.push(message);
  const writer = await store.open('shop', ORIGIN, { mode: 'schedule', startedAt: NOW, warn });
  await writer.setJobs([
    {
      id: 'job',
      name: undefined,
      description: undefined,
      target: 'x',
      schedules: [],
      tz: 'UTC',
      enabled: true,
    },
  ]);
  return writer;
}

function pause(job: string, until?: Date) {
  return store.changeOverrides('shop', (overrides, since) => ({
    overrides: withPause(overrides, { job, since, until, by: 'ada', note: 'why' }),
    result: job,
  }));
}

const path = (): string => join(root, 'namespaces/shop/overrides.json');

it('is read as it was written, and fits its schema', async () => {
  const writer = await open();
  await pause('job');
  await store.changeOverrides('shop', (overrides) => ({
    overrides: withSkip(overrides, {
      job: 'job',
      at: new Date(NOW.getTime() + 1),
      askedAt: NOW,
      by: undefined,
      note: undefined,
    }),
    result: undefined,
  }));
  expect(await store.overrides('shop')).toEqual({
    pauses: [{ job: 'job', since: NOW, until: undefined, by: 'ada', note: 'why' }],
    skips: [{ job: 'job', at: new Date(NOW.getTime() + 1), askedAt: NOW, by: undefined, note: undefined }],
  });
  expect(mistakes('overrides', JSON.parse(readFileSync(path(), 'utf8')))).toEqual([]);
  expect(await store.jobs('shop')).toMatchObject([{ paused: true }]);
  expect(await store.check('shop')).toEqual([]);
  await writer.close('test');
});

it('loses nothing when many change it at once', async () => {
  const writer = await open();
  const names = Array.from({ length: 20 }, (_, index) => `job-${index}`);
  expect(await Promise.all(names.map((name) => pause(name)))).toEqual(names);
  expect((await store.overrides('shop')).pauses.map(({ job }) => job).sort()).toEqual([...names].sort());
  await writer.close('test');
});

it('takes the lock of somebody who was killed', async () => {
  const writer = await open();
  mkdirSync(`${path()}.lock`);
  utimesSync(`${path()}.lock`, new Date(0), new Date(0));
  expect(await pause('job')).toBe('job');
  await writer.close('test');
});

it('is told to a scheduler where it has changed, and only then', async () => {
  const writer = await open();
  expect(await writer.overrides?.()).toBeUndefined();
  await pause('job');
  expect(await writer.overrides?.()).toMatchObject({ pauses: [{ job: 'job' }] });
  expect(await writer.overrides?.()).toBeUndefined();
  await writer.close('test');
});

it('that cannot be read holds as before for a scheduler, and is put aside by who writes next', async () => {
  const writer = await open();
  await pause('job');
  await writer.overrides?.();
  writeFileSync(path(), '{"pauses": [');
  expect(await writer.overrides?.()).toBeUndefined();
  expect(warnings.join()).toMatch(/overrides\.json is unreadable: pauses and skips stay as they were/);
  expect(await store.check('shop')).toMatchObject([{ kind: 'unreadable', path: path() }]);
  await pause('other');
  expect(await store.overrides('shop')).toMatchObject({ pauses: [{ job: 'other' }] });
  expect(await store.check('shop')).toMatchObject([{ kind: 'quarantined' }]);
  await writer.close('test');
});

it('that the system does not let be read is read again until it does', async () => {
  const writer = await open();
  await pause('job');
  await writer.overrides?.();
  rmSync(path());
  mkdirSync(path());
  for (let look = 0; look < 2; look++)
    await expect(writer.overrides?.()).rejects.toMatchObject({
      code: 'STATE_UNAVAILABLE',
      message: `cannot read ${path()}: EISDIR`,
    });
  rmSync(path(), { recursive: true });
  await pause('other');
  expect(await writer.overrides?.()).toMatchObject({ pauses: [{ job: 'other' }] });
  await writer.close('test');
});

it('that cannot be read is put aside by a repair', async () => {
  const writer = await open();
  await pause('job');
  writeFileSync(path(), 'x');
  await writer.close('test');
  expect((await store.repair('shop')).map(({ what }) => what).join()).toMatch(/put aside as/);
  expect(await store.overrides('shop')).toEqual({ pauses: [], skips: [] });
});

it('goes over to the namespace that adopts', async () => {
  const writer = await open();
  await pause('job');
  await writer.close('test');
  await store.adopt('shop', { id: 'mall', origin: ORIGIN });
  expect(await store.overrides('mall')).toMatchObject({ pauses: [{ job: 'job' }] });
  expect(await store.check('mall')).toEqual([]);
});
