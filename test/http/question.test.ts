/** What is answered about schedules and timetables that nobody keeps. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/model/scope.ts';
import { apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';

const NOW = new Date('2026-05-02T00:00:00Z');

function api(scope?: Scope) {
  return apiOver(
    fileStore(() => NOW),
    { now: () => NOW, env: { TZ: 'UTC' }, ...(scope ? { scope } : {}) },
  );
}

describe('a schedule', () => {
  it.each([
    [{ expr: 'every 6h', count: 2 }, 'UTC', ['2026-05-02T06:00:00.000Z', '2026-05-02T12:00:00.000Z']],
    [
      { expr: '30 2 * * *', tz: 'Europe/Berlin', from: '2026-03-28T12:00', count: 2 },
      'Europe/Berlin',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [{ expr: 'once' }, 'UTC', ['2026-05-02T00:00:00.000Z']],
    [{ expr: '2020-01-01T00:00:00Z' }, 'UTC', []],
  ])('%j is due as supertask next says', async (body, tz, next) => {
    expect(await api().post('/next', body)).toMatchObject({
      status: 200,
      body: { expr: body.expr, tz, next },
    });
  });

  it('is explained as supertask explain does it', async () => {
    const { body } = await api().post('/explain', { expr: '30 2 * * mon-fri', tz: 'Europe/Berlin' });
    expect(body).toMatchObject({
      meaning: 'at 02:30 on Monday to Friday (Europe/Berlin)',
      class: 'fixed-time',
      next: ['2026-05-04T00:30:00.000Z', '2026-05-05T00:30:00.000Z', '2026-05-06T00:30:00.000Z'],
      clockChange: {},
    });
  });
});

describe('a question that is none', () => {
  it.each([
    ['/next', {}, 'USAGE'],
    ['/next', { expr: '' }, 'SCHEDULE_INVALID'],
    ['/next', { expr: 'now and then' }, 'SCHEDULE_INVALID'],
    ['/next', { expr: 'every 0s' }, 'SCHEDULE_INVALID'],
    ['/next', { expr: '0 0 31 2 *' }, 'SCHEDULE_INVALID'],
    ['/next', { expr: 'x'.repeat(4_001) }, 'USAGE'],
    ['/next', { expr: 'daily', tz: 'Mars/Olympus' }, 'ZONE_UNKNOWN'],
    ['/next', { expr: 'daily', tz: '../../etc/passwd' }, 'ZONE_UNKNOWN'],
    ['/next', { expr: 'daily', from: 'tomorrow' }, 'USAGE'],
    ['/next', { expr: 'daily', from: '2026-13-01' }, 'USAGE'],
    ['/next', { expr: 'daily', count: 0 }, 'USAGE'],
    ['/next', { expr: 'daily', count: 1_001 }, 'USAGE'],
    ['/next', { expr: 'daily', count: '5' }, 'USAGE'],
    ['/next', { expr: 5 }, 'USAGE'],
    ['/next', { expr: 'daily', more: 1 }, 'USAGE'],
    ['/explain', { expr: 'now and then' }, 'SCHEDULE_INVALID'],
    ['/explain', { expr: 'daily', count: 21 }, 'USAGE'],
    ['/timetables/check', {}, 'USAGE'],
    ['/timetables/check', { text: 'x'.repeat(256 * 1024 + 1) }, 'USAGE'],
    ['/timetables/check', { text: '', name: '../x.yaml' }, 'USAGE'],
    ['/timetables/check', { text: '', name: 'x\u0000.yaml' }, 'USAGE'],
  ])('to %s (%#) is told: a mistake', async (path, body, code) => {
    const { post, bugs } = api();
    expect(await post(path, body)).toMatchObject({ status: 400, body: { code } });
    expect(bugs).toEqual([]);
  });

  it('is any text, and never a bug', async () => {
    const { post, bugs } = api();
    const text = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 30 }));
    await fc.assert(
      fc.asyncProperty(text, text, async (expr, tz) => {
        for (const path of ['/next', '/explain'])
          for (const body of [{ expr }, { expr: 'daily', tz }, { expr: 'daily', from: tz }])
            expect([200, 400]).toContain((await post(path, body)).status);
        expect((await post('/timetables/check', { text: expr })).status).toBe(200);
      }),
      { numRuns: 40 },
    );
    expect(bugs).toEqual([]);
  });
});

describe('a timetable', () => {
  const text =
    'tasks:\n  a:\n    when: every 1h\n    run: [{exec: [/no/such/program]}]\n  b: {wen: daily, run: "cmd:true"}\n';
  const codes = (body: unknown): string[] =>
    (body as { findings: { code: string }[] }).findings.map(({ code }) => code);
  let directory = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'supertask-check-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is checked with the machine for who may change it, and alone for all others', async () => {
    const { body } = await api('admin').post('/timetables/check', { text, name: 'my.yaml' });
    expect(body).toMatchObject({ clean: false, files: ['my.yaml'] });
    expect(codes(body)).toEqual(['PROGRAM_MISSING', 'TIMETABLE_INVALID']);
    for (const scope of ['read', 'operate'] as const)
      expect(codes((await api(scope).post('/timetables/check', { text })).body)).toEqual([
        'TIMETABLE_INVALID',
      ]);
  });

  it('tells nothing of a file that it names as a calendar to who may only look', async () => {
    mkdirSync(join(directory, 'x'));
    const path = join(directory, 'x/secret.ics');
    writeFileSync(path, 'the-secret');
    const timetable = (file: string) =>
      `calendars: {c: {ics: ${file}}}\ntasks: {a: {when: {daily: '10:00', calendar: c}, run: "cmd:true"}}\n`;
    const ask = async (scope: Scope, file: string) =>
      (await api(scope).post('/timetables/check', { text: timetable(file) })).body as {
        findings: { code: string; message: string }[];
      };
    const there = await ask('read', path);
    const nowhere = await ask('read', `${directory}/x/nothing.ics`);
    expect(there.findings.map(({ code }) => code)).toEqual(['FILE_UNREADABLE']);
    expect(nowhere.findings.map(({ code }) => code)).toEqual(['FILE_UNREADABLE']);
    expect(codes(await ask('admin', `${directory}/x/nothing.ics`))).toEqual(['FILE_NOT_FOUND']);
  });
});
