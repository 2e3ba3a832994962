/** What is answered about namespaces, jobs and runs: paging, filters, and what never was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { definition, dueRun, ORIGIN } from '../store/conformance.ts';
import { type Answer, apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';

type Page = { items: { id: string; [key: string]: unknown }[]; next: string | null; total?: number };

const NOW = new Date('2026-05-02T00:00:00Z');
const SCHEDULE = { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z') } as const;

/** Runs of three jobs, a minute apart, two of the same minute; `b` has failed last, `c` never ran. */
async function kept(count: number): Promise<{ store: FileStore; writer: Writer; runs: readonly Run[] }> {
  const store = fileStore(() => NOW);
  const writer = await store.open('n1', ORIGIN, SCHEDULE);
  await writer.setJobs([
    definition('a', { name: 'Apple', labels: { team: 'billing', fruit: '' } }),
    definition('b', {
      schedules: ['every 1h'],
      labels: { team: 'sales' },
      args: { x: '1', y: [2], z: 'p=q' },
    }),
    definition('c', { enabled: false, target: 'cmd:echo pear' }),
  ]);
  const runs = Array.from({ length: count }, (_, index) =>
    dueRun(index % 2 === 0 ? 'a' : 'b', minute(Math.floor(index / 2)), {
      status: index % 2 === 0 ? 'succeeded' : 'failed',
      ...(index % 5 === 0 ? { note: 'Fifth', trigger: 'manual' } : {}),
    }),
  );
  await writer.claim(runs.map((run) => ({ run: { ...run, status: 'starting' } })));
  for (const { id, status } of runs) await writer.record({ id, status });
  return { store, writer, runs };
}

function minute(index: number): string {
  return new Date(Date.UTC(2026, 4, 1) + index * 60_000).toISOString();
}

async function walk(get: (path: string) => Promise<Answer>, path: string, between = async () => {}) {
  const items: Page['items'] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    const page = body as Page;
    items.push(...page.items);
    cursor = page.next;
    await between();
  }
  return items;
}

const idsOf = (items: Page['items']): string[] => items.map(({ id }) => id);

describe('a list of runs', () => {
  it('gives each run once, newest first, whatever the size of its pages and whatever arrives meanwhile', async () => {
    const { store, writer, runs } = await kept(23);
    const { get } = apiOver(store, { now: () => NOW });
    const all = idsOf(await walk(get, '/runs?limit=500'));
    expect(new Set(all)).toEqual(new Set(runs.map(({ id }) => id)));
    let later = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (limit) => {
        const known = idsOf(await walk(get, '/runs?limit=500'));
        const found = await walk(get, `/runs?limit=${limit}`, async () => {
          const at = new Date(NOW.getTime() + later++).toISOString();
          await writer.claim([{ run: dueRun('a', at, { status: 'skipped', reason: 'paused' }) }]);
        });
        expect(idsOf(found)).toEqual(known);
      }),
      { numRuns: 8 },
    );
    await writer.close('test');
  });

  it.each([
    ['job=a', 5],
    ['job=b&status=failed', 5],
    ['status=failed&status=succeeded', 10],
    ['trigger=manual', 2],
    ['since=2026-05-01T00:03:00Z', 4],
    ['until=2026-05-01T00:03:00Z', 8],
    ['since=1d', 10],
    ['search=fIFth', 2],
    ['namespace=n1', 10],
    ['namespace=other', 0],
  ])('has with %s as many as there are: %i', async (query, count) => {
    const { store, writer } = await kept(10);
    const { get } = apiOver(store, { now: () => NOW });
    expect(await walk(get, `/runs?limit=3&${query}`)).toHaveLength(count);
    await writer.close('test');
  });
});

describe('a list of jobs', () => {
  it.each([
    ['', ['a', 'b', 'c']],
    ['sort=failures', ['b', 'a', 'c']],
    ['sort=last-run', ['a', 'b', 'c']],
    ['sort=due', ['b', 'a', 'c']],
    ['search=APPLE', ['a']],
    ['search=pear', ['c']],
    ['search=TEAM%3Dsal', ['b']],
    ['label=team', ['a', 'b']],
    ['label=team%3Dbilling', ['a']],
    ['label=team&label=fruit', ['a']],
    ['label=fruit%3D', ['a']],
    ['label=Team', []],
    ['label=team%3D', []],
    ['label=__proto__', []],
    ['label=constructor', []],
    ['label=', []],
    ['arg=x', ['b']],
    ['arg=x%3D1&arg=z%3Dp%3Dq', ['b']],
    ['arg=x%3D2', []],
    ['arg=y%3D%5B2%5D', ['b']],
    ['status=failed', ['b']],
    ['status=never', ['c']],
    ['enabled=false', ['c']],
    ['paused=true', []],
    ['namespace=other', []],
  ])('has with "%s" %j, in pages of any size', async (query, expected) => {
    const { store, writer } = await kept(11);
    await writer.record({ id: (await store.runs({ job: 'b', limit: 1 }))[0]?.id ?? '', status: 'failed' });
    const { get } = apiOver(store, { now: () => NOW });
    for (const limit of [1, 2, 3]) {
      const found = await walk(get, `/jobs?limit=${limit}&${query}`);
      expect(idsOf(found)).toEqual(expected);
    }
    const { body } = await get(`/jobs?limit=1&${query}`);
    expect((body as Page).total).toBe(expected.length);
    await writer.close('test');
  });

  it('has the last runs of each, newest last', async () => {
    const { store, writer, runs } = await kept(50);
    const { get } = apiOver(store, { now: () => NOW });
    const [first, , third] = await walk(get, '/jobs?limit=3');
    const own = runs.filter(({ job }) => job === 'a').map(({ id }) => id);
    expect(idsOf(first?.['recent'] as Page['items'])).toEqual(own.slice(-20));
    expect(third).toMatchObject({ recent: [], lastRun: null, nextDueAt: null });
    expect(first).toMatchObject({ nextDueAt: '2026-05-02T22:00:00.000Z' });
    await writer.close('test');
  });
});

describe('a job', () => {
  it('is told with its origin and what is kept of its definition', async () => {
    const { store, writer } = await kept(2);
    const jobs = [
      definition('a', {
        schedules: ['30 2 * * mon-fri', 'every 1h', 'from another version'],
        labels: { team: 'billing' },
        deadlineMs: 5_000,
        keep: { runs: 7 },
      }),
      definition('made', { origin: 'api' }),
    ];
    await writer.setJobs(jobs, NOW);
    const { get } = apiOver(store, { now: () => NOW });
    expect((await get('/namespaces/n1/jobs/a')).body).toMatchObject({
      id: 'a',
      origin: 'file',
      labels: { team: 'billing' },
      definition: {
        schedules: [
          {
            text: '30 2 * * mon-fri',
            meaning: 'at 02:30 on Monday to Friday (Europe/Berlin)',
            class: 'fixed-time',
            tz: 'Europe/Berlin',
            enabled: true,
            warnings: [],
          },
          { text: 'every 1h', meaning: 'every hour', class: 'interval' },
          { text: 'from another version', meaning: null, class: null },
        ],
        deadlineMs: 5_000,
        keep: { runs: 7 },
        countsFrom: null,
      },
      recent: [{}],
    });
    expect((await get('/namespaces/n1/jobs/made')).body).toMatchObject({ origin: 'api' });
    await writer.close('test');
  });
});

describe('a run', () => {
  it('is found by how its id begins, and only in its own namespace', async () => {
    const { store, writer, runs } = await kept(4);
    const { get } = apiOver(store, { now: () => NOW });
    const id = runs[0]?.id ?? '';
    expect((await get(`/namespaces/n1/runs/${id}`)).body).toMatchObject({ id, status: 'succeeded' });
    expect((await get(`/namespaces/n1/runs/${id.slice(0, 20).toUpperCase()}`)).body).toMatchObject({ id });
    expect(await get(`/namespaces/n1/runs/${id.slice(0, 3)}`)).toMatchObject({
      status: 409,
      body: { code: 'ID_AMBIGUOUS' },
    });
    expect(await get(`/namespaces/n2/runs/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'ID_UNKNOWN' },
    });
    await writer.close('test');
  });
});

/** Row 92 of the list of faults: ids that are none. */
const HOSTILE = [
  '../x',
  '..',
  '.',
  'a/b',
  'CON',
  'x'.repeat(300),
  '💥',
  'a\nb',
  'a\0b',
  '-rf',
  '-',
  'N1',
  'é',
  'e\u0301',
  '%2e%2e%2f',
  '__proto__',
  '*',
  ' ',
];

describe('what is not there', () => {
  it.each(HOSTILE)('is not found by the id %j, and is no bug', async (id) => {
    const { store, writer } = await kept(2);
    const { get, bugs } = apiOver(store, { now: () => NOW });
    const text = encodeURIComponent(id).replaceAll('.', '%2E');
    for (const path of [
      `/namespaces/${text}`,
      `/namespaces/${text}/jobs/a`,
      `/namespaces/n1/jobs/${text}`,
      `/namespaces/n1/runs/${text}`,
    ])
      expect([path, await get(path)]).toMatchObject([
        path,
        { status: 404, type: 'application/problem+json' },
      ]);
    expect(await walk(get, `/runs?limit=3&job=${text}`)).toEqual([]);
    expect(await walk(get, `/jobs?limit=3&namespace=${text}`)).toEqual([]);
    expect(bugs).toEqual([]);
    await writer.close('test');
  });

  it('is a cursor of nothing, of another list, or of another order', async () => {
    const { store, writer } = await kept(6);
    const { get, bugs } = apiOver(store, { now: () => NOW });
    const { next } = (await get('/jobs?limit=1')).body as Page;
    const made = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const garbage = [
      'x',
      '%00',
      'a'.repeat(2_000),
      next ?? '',
      made(['runs']),
      made(['runs', 1e300, 1, 'x']),
      made(['runs', null, 1, 'x']),
      made(['runs', '1', 1, 'x']),
      made({}),
      made(JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`)),
    ];
    for (const cursor of garbage)
      expect([cursor, (await get(`/runs?cursor=${cursor}`)).status]).toEqual([cursor, 400]);
    for (const cursor of [...garbage.filter((each) => each !== next), made(['jobs by id', 1, 2])])
      expect((await get(`/jobs?cursor=${cursor}`)).status).toBe(400);
    expect((await get(`/jobs?sort=due&cursor=${next}`)).status).toBe(400);
    expect((await get(`/jobs?cursor=${next}`)).status).toBe(200);
    await fc.assert(
      fc.asyncProperty(fc.base64String({ maxLength: 60 }), async (text) => {
        expect((await get(`/runs?cursor=${encodeURIComponent(text)}`)).status).toBe(400);
      }),
      { numRuns: 50 },
    );
    expect(bugs).toEqual([]);
    await writer.close('test');
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=1.5',
    'limit=-1',
    'limit=',
    'limit=1&limit=2',
    'status=well',
    'since=yesterday',
    'since=2026-13-01',
    'until=-5m',
    'nonsense=1',
    `search=${'x'.repeat(201)}`,
  ])('is a parameter such as %s', async (query) => {
    const { store, writer } = await kept(1);
    const { get, bugs } = apiOver(store, { now: () => NOW });
    expect(await get(`/runs?${query}`)).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(bugs).toEqual([]);
    await writer.close('test');
  });
});

it('speaks of no other namespace where it speaks for one', async () => {
  const { store, writer } = await kept(3);
  const { get } = apiOver(store, { now: () => NOW, namespace: 'other' });
  for (const path of [
    '/runs?limit=5',
    '/runs?limit=5&namespace=n1',
    '/jobs?limit=5',
    '/jobs?limit=5&namespace=n1',
  ])
    expect(await walk(get, path)).toEqual([]);
  expect((await get('/namespaces')).body).toEqual({ items: [], next: null });
  for (const path of ['/namespaces/n1', '/namespaces/n1/jobs/a', '/namespaces/n1/scheduler'])
    expect((await get(path)).status).toBe(404);
  await writer.close('test');
});

it('tells of namespaces with the schedulers that live in them', async () => {
  const { store, writer } = await kept(3);
  const { get } = apiOver(store, { now: () => NOW });
  const own = { id: 'n1', jobs: 3, runs: 3, schedulers: [{ pid: process.pid, jobs: 3, reachable: false }] };
  expect((await get('/namespaces')).body).toMatchObject({ items: [own], next: null });
  expect((await get('/namespaces/n1')).body).toMatchObject(own);
  await writer.close('test');
  expect((await get('/namespaces/n1')).body).toMatchObject({ schedulers: [] });
});
