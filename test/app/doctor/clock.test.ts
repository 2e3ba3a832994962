import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { examineClock, examineZone, examineZoneData, systemVersion } from '../../../src/app/doctor/clock.ts';
import { examineLimits } from '../../../src/app/doctor/limit.ts';
import type { Run } from '../../../src/model/run.ts';
import type { Store } from '../../../src/store/store.ts';

it.each([
  ['2025a', '2025b', 'warn'],
  ['2025b', '2025b', 'ok'],
  ['2025c', '2025b', 'ok'],
  ['2025b', undefined, 'ok'],
])('zone data %s in Node and %s in the system: %s', (own, system, status) => {
  expect(examineZoneData(own, system)).toMatchObject({ status, check: 'zone data' });
});

it.each([
  ['tzdata.zi', '# version 2025b\n# This zic input file is in the public domain.\n', '2025b'],
  ['+VERSION', '2024a\n', '2024a'],
  ['other', '2024a\n', undefined],
])('the version of the system is in %s', (name, text, version) => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-zone-'));
  try {
    mkdirSync(join(directory, 'Europe'));
    writeFileSync(join(directory, name), text);
    expect(systemVersion(directory)).toBe(version);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it.each([
  ['Europe/Berlin', {}, 'ok'],
  ['Europe/Berlin', { TZ: ':Europe/Berlin' }, 'ok'],
  ['UTC', { TZ: 'Mars/Base' }, 'warn'],
  ['UTC', { TZ: 'Mars/Base', SUPERTASK_TZ: 'UTC' }, 'ok'],
  ['Mars/Base', {}, 'fail'],
])('zone %s with %j: %s', (tz, env, status) => {
  expect(examineZone(tz, env)).toMatchObject({ status, check: 'zone' });
});

it.each([
  ['2026-11-21T12:00:00Z', '2026-11-21T11:59:00Z', 'ok'],
  ['2026-11-21T12:00:00Z', '2026-11-21T12:00:30Z', 'ok'],
  ['2026-11-21T12:00:00Z', '2026-11-21T15:00:00Z', 'warn'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'fail'],
  ['2098-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'fail'],
])('clock at %s after a run that ended at %s: %s', async (now, endedAt, status) => {
  const runs = async () => [{ startedAt: new Date(endedAt), endedAt: new Date(endedAt) } as Run];
  const store: Pick<Store, 'runs'> = { runs };
  expect(await examineClock(store, new Date(now))).toMatchObject({ status, check: 'clock' });
});

it('tells of low limits, and how many runs they allow', () => {
  const limits = (files: string) =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax processes             unlimited            unlimited            processes\nMax open files            ${files.padEnd(21)}4096                 files\n`;
  expect(examineLimits(limits('256'))).toMatchObject([
    { status: 'warn', check: 'open files', message: 'no more than 256: 30 runs go at once' },
    { status: 'ok', check: 'processes', message: 'up to unlimited' },
    { check: 'watching' },
  ]);
  expect(examineLimits(limits('4096'))[0]).toMatchObject({ status: 'ok' });
  expect(examineLimits('').map(({ check }) => check)).toEqual(['watching']);
});
