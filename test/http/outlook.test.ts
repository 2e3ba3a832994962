/** What is answered about times: what was, by outcome and hour, and what will be. */
import { describe, expect, it } from 'vitest';
import type { JobDefinition } from '../../src/model/job.ts';
import type { Run } from '../../src/model/run.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { definition, dueRun, ORIGIN } from '../store/conformance.ts';
import { apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';

const NOW = new Date('2026-05-02T00:00:00Z');
const SCHEDULE = { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z') } as const;

async function kept(
  jobs: readonly JobDefinition[],
  runs: readonly Run[] = [],
): Promise<{ store: FileStore; writer: Writer }> {
  const store = fileStore(() => NOW);
  const writer = await store.open('n1', ORIGIN, SCHEDULE);
  await writer.setJobs(jobs);
  await writer.claim(
    runs.map((run) => ({ run: { ...run, status: run.status === 'skipped' ? 'skipped' : 'starting' } })),
  );
  for (const { id, status, startedAt, endedAt, durationMs, reason } of runs)
    if (status !== 'skipped')
      await writer.record({
        id,
        status,
        ...(startedAt ? { startedAt } : {}),
        ...(endedAt ? { endedAt } : {}),
        ...(durationMs === undefined ? {} : { durationMs }),
        ...(reason ? { reason } : {}),
      });
  return { store, writer };
}

/** A run that began `lateMs` after its instant. */
function run(job: string, at: string, status: Run['status'], durationMs: number, lateMs = 0): Run {
  const startedAt = new Date(Date.parse(at) + lateMs);
  const endedAt = new Date(startedAt.getTime() + durationMs);
  return dueRun(job, at, { status, startedAt, endedAt, durationMs });
}

const HOURLY = definition('hourly', { schedules: ['every 1h'], tz: 'UTC' });
const DAILY = definition('daily', { schedules: ['0 3 * * *'], tz: 'Europe/Berlin' });
const MINUTELY = definition('minutely', { schedules: ['every 1m'], tz: 'UTC' });

describe('what is due', () => {
  it('of one job is told in order, with how long it takes and what was said about it', async () => {
    const runs = [10, 20, 30].map((ms, index) =>
      run('hourly', `2026-05-01T0${index}:00:00Z`, 'succeeded', ms),
    );
    const { store, writer } = await kept([HOURLY], runs);
    await store.changeOverrides('n1', ({ pauses }, askedAt) => ({
      overrides: {
        pauses,
        skips: [
          { job: 'hourly', at: new Date('2026-05-02T02:00:00Z'), askedAt, by: undefined, note: undefined },
        ],
      },
      result: undefined,
    }));
    const { get } = apiOver(store, { now: () => NOW });
    const at = { namespace: 'n1', job: 'hourly', expectedMs: 20, attended: true };
    expect((await get('/namespaces/n1/jobs/hourly/upcoming?count=3')).body).toEqual({
      items: [
        { ...at, at: '2026-05-02T00:00:00.000Z', override: null },
        { ...at, at: '2026-05-02T01:00:00.000Z', override: null },
        { ...at, at: '2026-05-02T02:00:00.000Z', override: 'skip' },
      ],
    });
    const part = await get('/namespaces/n1/jobs/hourly/upcoming?from=90m&to=2026-05-02T03:00:00Z');
    expect(part.body).toMatchObject({ items: [{ at: '2026-05-02T02:00:00.000Z' }] });
    await writer.close('test');
  });

  it('of all jobs is told one by one where moments are few, and by hours where they are many', async () => {
    const { store, writer } = await kept([HOURLY, DAILY, MINUTELY, definition('off', { enabled: false })]);
    const { get } = apiOver(store, { now: () => NOW });
    const { body } = await get('/upcoming?from=2026-05-02T00:30:00Z&to=2026-05-03T00:30:00Z');
    const { items, dense, hours, ...rest } = body as {
      items: { job: string; at: string }[];
      dense: { job: string; count: number; hours: { at: string; count: number }[] }[];
      hours: { at: string; count: number }[];
    };
    expect(items.map(({ job }) => job).filter((job) => job === 'daily')).toHaveLength(1);
    expect(items.filter(({ job }) => job === 'hourly')).toHaveLength(24);
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).sort());
    expect(dense).toMatchObject([{ job: 'minutely', count: 24 * 60 }]);
    expect(dense[0]?.hours).toHaveLength(25);
    expect([dense[0]?.hours[0], dense[0]?.hours[1]]).toMatchObject([
      { at: '2026-05-02T00:00:00.000Z', count: 30, held: 0 },
      { at: '2026-05-02T01:00:00.000Z', count: 60 },
    ]);
    expect(hours.reduce((sum, { count }) => sum + count, 0)).toBe(1 + 24 + 24 * 60);
    expect(rest).toMatchObject({ truncated: false, leftOut: 0 });
    await writer.close('test');
  });

  it('is told by hours where there are more items than asked for, and says what is paused', async () => {
    const { store, writer } = await kept([HOURLY, DAILY]);
    await store.changeOverrides('n1', ({ skips }, since) => ({
      overrides: {
        skips,
        pauses: [
          { job: '*', since, until: new Date('2026-05-02T02:00:00Z'), by: undefined, note: undefined },
        ],
      },
      result: undefined,
    }));
    const { get } = apiOver(store, { now: () => NOW });
    const { body } = await get('/upcoming?limit=5&to=24h');
    expect(body).toMatchObject({
      items: [{ job: 'daily', override: 'paused' }],
      dense: [{ job: 'hourly', count: 24 }],
    });
    expect((body as { hours: unknown[] }).hours.slice(0, 3)).toMatchObject([
      { count: 1, held: 1 },
      { count: 2, held: 2 },
      { count: 1, held: 0 },
    ]);
    await writer.close('test');
  });

  it('and counted is what a walk through the moments gives, also of a paused job', async () => {
    const { store, writer } = await kept([MINUTELY]);
    await store.changeOverrides('n1', (_, since) => ({
      overrides: {
        pauses: [
          { job: 'minutely', since, until: new Date('2026-05-02T01:30:00Z'), by: undefined, note: undefined },
        ],
        skips: [
          {
            job: 'minutely',
            at: new Date('2026-05-02T01:45:00Z'),
            askedAt: since,
            by: undefined,
            note: undefined,
          },
        ],
      },
      result: undefined,
    }));
    const { body } = await apiOver(store, { now: () => NOW }).get('/upcoming?to=5h');
    expect(body).toMatchObject({
      dense: [
        {
          hours: [
            { count: 60, held: 60 },
            { count: 60, held: 31 },
            { count: 60, held: 0 },
            { count: 60, held: 0 },
            { count: 60, held: 0 },
          ],
        },
      ],
    });
    await writer.close('test');
  });

  it('is each its own of jobs that are alike but for what their ids decide', async () => {
    const jobs = ['a', 'b'].flatMap((id) => [
      definition(`same-${id}`, { schedules: ['every 1h'], tz: 'UTC' }),
      definition(`hashed-${id}`, { schedules: ['H H * * *'], tz: 'UTC' }),
      definition(`berlin-${id}`, { schedules: ['0 5 * * *'], tz: id === 'a' ? 'UTC' : 'Europe/Berlin' }),
      definition(`off-${id}`, { schedules: ['every 2h'], tz: 'UTC', enabled: id === 'a' }),
    ]);
    const { store, writer } = await kept(jobs);
    const { get } = apiOver(store, { now: () => NOW });
    const { items } = (await get('/upcoming?to=24h')).body as { items: { job: string; at: string }[] };
    const told = new Set(items.map(({ job, at }) => `${job} ${at}`));
    const expected = new Set<string>();
    for (const { id } of jobs) {
      const { body } = await get(`/namespaces/n1/jobs/${id}/upcoming?to=24h&count=100`);
      for (const { at } of (body as { items: { at: string }[] }).items) expected.add(`${id} ${at}`);
    }
    expect(told).toEqual(expected);
    expect(expected.size).toBe(24 + 24 + 2 + 2 + 12);
    await writer.close('test');
  });

  it('is nothing where no scheduler lives to begin it, and unattended where its schedule names it', async () => {
    const { store, writer } = await kept([
      HOURLY,
      definition('start', { schedules: ['every 1h from start'] }),
    ]);
    await writer.close('test');
    const { body } = await apiOver(store, { now: () => NOW }).get('/upcoming?to=1h');
    expect(body).toMatchObject({ items: [{ job: 'hourly', attended: false }] });
    expect((body as { items: unknown[] }).items).toHaveLength(1);
  });
});

describe('statistics', () => {
  it('count outcomes, of attempts the last one, and tell how long and how late', async () => {
    const first = run('a', '2026-05-01T01:00:00Z', 'failed', 5, 100);
    const second = dueRun('a', '2026-05-01T01:00:00Z', {
      ...run('a', '2026-05-01T01:00:00Z', 'succeeded', 10),
      id: dueRun('a', '2026-05-01T01:00:00Z', { attempt: 2 }).id,
      attempt: 2,
      trigger: 'retry',
      cause: { run: first.id, kind: 'retry' },
    });
    const { store, writer } = await kept(
      [definition('a')],
      [
        first,
        second,
        run('a', '2026-05-01T02:00:00Z', 'succeeded', 30, 200),
        run('a', '2026-04-20T02:00:00Z', 'failed', 30, 300),
        dueRun('a', '2026-05-01T03:00:00Z', { status: 'skipped', reason: 'paused', count: 3 }),
        run('b', '2026-05-01T02:00:00Z', 'failed', 1),
      ],
    );
    const { get } = apiOver(store, { now: () => NOW });
    expect((await get('/namespaces/n1/jobs/a/statistics')).body).toMatchObject({
      namespace: 'n1',
      job: 'a',
      runs: 3,
      outcomes: { succeeded: 2, failed: 1, skipped: 3 },
      reasons: { paused: 3 },
      successRate: 2 / 3,
      durationMs: { count: 2, min: 10, p50: 10, p95: 30, max: 30 },
      latenessMs: { count: 3, min: 100, p50: 200, max: 300 },
      days: [
        { day: '2026-04-20', outcomes: { failed: 1 }, p50Ms: null },
        { day: '2026-05-01', p50Ms: 10 },
      ],
      truncated: false,
    });
    expect((await get('/namespaces/n1/jobs/a/statistics?since=1d')).body).toMatchObject({
      outcomes: { succeeded: 2, skipped: 3 },
      successRate: 1,
    });
    expect((await get('/namespaces/n1/jobs/b/statistics')).body).toMatchObject({ runs: 1, durationMs: null });
    await writer.close('test');
  });
});

describe('a timeline', () => {
  it('has the runs of a part of time, what went on before it, and all by hour', async () => {
    const { store, writer } = await kept(
      [definition('a')],
      [
        run('a', '2026-05-01T01:00:00Z', 'succeeded', 10),
        run('a', '2026-05-01T01:30:00Z', 'failed', 10),
        run('a', '2026-05-01T05:00:00Z', 'succeeded', 10),
        dueRun('a', '2026-05-01T02:00:00Z', { status: 'skipped', reason: 'paused', count: 7 }),
        dueRun('a', '2026-05-01T00:10:00Z', { status: 'running' }),
        run('a', '2026-05-01T00:20:00Z', 'succeeded', 10),
      ],
    );
    const { get } = apiOver(store, { now: () => NOW });
    const { body } = await get('/timeline?from=2026-05-01T01:00:00Z&to=2026-05-01T05:00:00Z');
    expect(
      (body as { runs: { scheduledAt: string }[] }).runs.map(({ scheduledAt }) => scheduledAt.slice(11, 16)),
    ).toEqual(['02:00', '01:30', '01:00', '00:10']);
    expect(body).toMatchObject({
      hours: [
        { at: '2026-05-01T01:00:00.000Z', counts: { succeeded: 1, failed: 1 } },
        { at: '2026-05-01T02:00:00.000Z', counts: { skipped: 7 } },
      ],
      truncated: false,
      uncounted: false,
    });
    await writer.close('test');
  });

  it('has what is planned among the runs, and counts it in no hour', async () => {
    const { store, writer } = await kept([definition('a')], [run('a', '2026-05-01T01:00:00Z', 'failed', 10)]);
    const evidence = { plannedFor: '2026-05-02T09:00:00.000Z' };
    const planned: Run = {
      ...dueRun('a', '2026-05-01T01:00:00.001Z', { status: 'waiting', evidence }),
      id: '019b7000-0000-8000-8000-000000000000',
    };
    await writer.claim([{ run: planned }]);
    const { body } = await apiOver(store, { now: () => NOW }).get('/timeline');
    expect(body).toMatchObject({
      runs: [{ status: 'waiting', evidence }, { status: 'failed' }],
      hours: [{ at: '2026-05-01T01:00:00.000Z', counts: { failed: 1 } }],
    });
    expect((body as { hours: { counts: object }[] }).hours[0]?.counts).toEqual({ failed: 1 });
    await writer.close('test');
  });

  it('has the newest 2000 runs, and counts all', async () => {
    const runs = Array.from({ length: 2_100 }, (_, index) =>
      dueRun('a', new Date(Date.UTC(2026, 4, 1) + index * 1_000).toISOString(), {
        status: 'skipped',
        reason: 'paused',
      }),
    );
    const { store, writer } = await kept([definition('a')], runs);
    const { body } = await apiOver(store, { now: () => NOW }).get('/timeline');
    expect((body as { runs: unknown[] }).runs).toHaveLength(2_000);
    expect(body).toMatchObject({
      hours: [{ counts: { skipped: 2_100 } }],
      truncated: true,
      uncounted: false,
    });
    await writer.close('test');
  });
});

describe('why', () => {
  it('is answered of a job by its whole id, and of one that is gone', async () => {
    const { store, writer } = await kept(
      [HOURLY],
      [
        run('hourly', '2026-05-01T01:00:00Z', 'failed', 10),
        run('gone', '2026-05-01T01:00:00Z', 'succeeded', 10),
      ],
    );
    const { get } = apiOver(store, { now: () => NOW });
    expect((await get('/namespaces/n1/jobs/hourly/why?at=2026-05-01T01:00:00Z')).body).toMatchObject({
      verdict: 'failed',
      run: { job: 'hourly' },
    });
    expect((await get('/namespaces/n1/jobs/hourly/why?at=2026-05-03T01:00:00Z')).body).toMatchObject({
      verdict: 'to-come',
    });
    expect((await get('/namespaces/n1/jobs/gone/why')).body).toMatchObject({ verdict: 'succeeded' });
    expect(await get('/namespaces/n1/jobs/hour/why')).toMatchObject({ status: 404 });
    await writer.close('test');
  });
});

describe('a question about time that is none', () => {
  const job = '/namespaces/n1/jobs/hourly';
  it.each([
    ['/upcoming?from=2026-05-03T00:00:00Z&to=2026-05-02T00:00:00Z', 400],
    ['/upcoming?to=36d', 400],
    ['/upcoming?from=9999-12-31&to=9999-12-31', 400],
    ['/upcoming?from=%2B99999-01-01', 400],
    ['/upcoming?from=1e9d', 400],
    ['/upcoming?limit=5001', 400],
    ['/upcoming?from=', 400],
    ['/upcoming?cursor=x', 400],
    ['/upcoming?namespace=..', 200],
    ['/timeline?from=36d', 400],
    ['/timeline?from=1d&to=2d', 400],
    ['/timeline?from=x', 400],
    ['/timeline?from=1d&from=2d', 400],
    ['/timeline?namespace=%00', 200],
    [`${job}/upcoming?count=0`, 400],
    [`${job}/upcoming?count=1001`, 400],
    [`${job}/upcoming?to=0s`, 400],
    [`${job}/statistics?since=-1d`, 400],
    [`${job}/why?at=soon`, 400],
    [`${job}/why?at=${'1'.repeat(101)}`, 400],
    ['/namespaces/n1/jobs/none/upcoming', 404],
    ['/namespaces/n1/jobs/none/statistics', 404],
    ['/namespaces/n1/jobs/none/why', 404],
    ['/namespaces/n1/jobs/%2e%2e/statistics', 404],
    ['/namespaces/n1/jobs/__proto__/statistics', 404],
    ['/namespaces/n1/jobs/a%00b/why', 404],
    ['/namespaces/%2E%2E/jobs/hourly/upcoming', 404],
  ])('%s is %i', async (path, status) => {
    const { store, writer } = await kept([HOURLY]);
    const { get, bugs } = apiOver(store, { now: () => NOW });
    expect(await get(path)).toMatchObject({ status });
    expect(bugs).toEqual([]);
    await writer.close('test');
  });
});
