/** What is answered about one run: its end, what it belongs to, and what is other about it. */
import { describe, expect, it } from 'vitest';
import type { JobDefinition } from '../../src/model/job.ts';
import { freshRunId, type Run } from '../../src/model/run.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { definition, dueRun, ORIGIN } from '../store/conformance.ts';
import { apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';

const NOW = new Date('2026-05-02T00:00:00Z');
const SCHEDULE = { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z') } as const;

async function kept(jobs: readonly JobDefinition[]): Promise<{ store: FileStore; writer: Writer }> {
  const store = fileStore(() => NOW);
  const writer = await store.open('n1', ORIGIN, SCHEDULE);
  await writer.setJobs(jobs, SCHEDULE.startedAt);
  return { store, writer };
}

async function ended(writer: Writer, run: Run): Promise<Run> {
  const { id, status, durationMs = 5 } = run;
  await writer.claim([{ run: { ...run, status: 'starting' } }]);
  const startedAt = run.startedAt ?? run.scheduledAt;
  const endedAt = run.endedAt ?? new Date(startedAt.getTime() + durationMs);
  await writer.record({ ...run, id, status, startedAt, endedAt, durationMs });
  return { ...run, startedAt, endedAt };
}

describe('waiting for a run', () => {
  it('ends with the run, and with what became of it', async () => {
    const { store, writer } = await kept([definition('a')]);
    const run = dueRun('a', '2026-05-01T01:00:00Z');
    await writer.claim([{ run }]);
    const { get } = apiOver(store, { now: () => NOW });
    const path = `/namespaces/n1/runs/${run.id}/wait`;
    expect(await get(path)).toMatchObject({ status: 202, body: { id: run.id, status: 'starting' } });
    const asked = get(`${path}?timeout=60s`);
    await writer.record({ id: run.id, status: 'running' });
    await writer.record({ id: run.id, status: 'failed', exitCode: 3 });
    expect(await asked).toMatchObject({ status: 200, body: { status: 'failed', exitCode: 3 } });
    expect(await get(`${path}?timeout=60s`)).toMatchObject({ status: 200 });
    await writer.close('test');
  });

  it('ends after a time, or when nobody waits any more', async () => {
    const { store, writer } = await kept([definition('a')]);
    const run = dueRun('a', '2026-05-01T01:00:00Z');
    await writer.claim([{ run }]);
    const { api, get } = apiOver(store, { now: () => NOW });
    const path = `/namespaces/n1/runs/${run.id}/wait`;
    expect(await get(`${path}?timeout=1ms`)).toMatchObject({ status: 202 });
    const leaving = new AbortController();
    const asked = api.request(`/api/v1${path}?timeout=60s`, { signal: leaving.signal });
    leaving.abort();
    expect((await asked).status).toBe(202);
    await writer.close('test');
  });
});

describe('the chain of a run', () => {
  it('has its attempts, what led to it, and what it led to', async () => {
    const { store, writer } = await kept([definition('a'), definition('b')]);
    const [at, later] = ['2026-05-01T01:00:00Z', '2026-05-01T01:00:02.000Z'];
    const first = await ended(writer, dueRun('a', at, { status: 'failed' }));
    const second = await ended(
      writer,
      dueRun('a', at, {
        attempt: 2,
        trigger: 'retry',
        cause: { run: first.id, kind: 'retry' },
        status: 'failed',
      }),
    );
    const action = await ended(
      writer,
      dueRun('a@on-failed', second.endedAt?.toISOString() ?? '', {
        trigger: 'action',
        cause: { run: second.id, kind: 'action' },
        status: 'succeeded',
      }),
    );
    const dependent = await ended(
      writer,
      dueRun('b', later, {
        trigger: 'dependency',
        cause: { run: second.id, kind: 'dependency' },
        status: 'succeeded',
      }),
    );
    const again = await ended(
      writer,
      dueRun('a', at, {
        id: freshRunId(new Date('2026-05-01T09:00:00Z')),
        trigger: 'rerun',
        cause: { run: second.id, kind: 'rerun' },
        status: 'succeeded',
      }),
    );
    const { get } = apiOver(store, { now: () => NOW });
    const { body } = await get(`/namespaces/n1/runs/${second.id}/chain`);
    expect(body).toMatchObject({ run: { id: second.id }, ledBy: [] });
    const ids = (key: string) => (body as Record<string, { id: string; run: { id: string } }[]>)[key] ?? [];
    expect(ids('attempts').map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(ids('ledTo').map(({ run }) => run.id)).toEqual([action.id, dependent.id, again.id]);
    expect((await get(`/namespaces/n1/runs/${again.id}/chain`)).body).toMatchObject({
      ledBy: [{ run: { id: second.id }, depth: -1 }],
      ledTo: [],
    });
    await writer.close('test');
  });
});

describe('the changes of a run', () => {
  it('are those of the timetable and of the record since the last success', async () => {
    const { store, writer } = await kept([definition('a')]);
    await ended(
      writer,
      dueRun('a', '2026-05-01T01:00:00Z', { status: 'succeeded', durationMs: 5, args: { x: '1' } }),
    );
    const success = await ended(
      writer,
      dueRun('a', '2026-05-01T02:00:00Z', { status: 'succeeded', durationMs: 7, args: { x: '1' } }),
    );
    await writer.setJobs(
      [definition('a', { target: 'cmd:false', schedules: ['every 1h'] })],
      new Date('2026-05-01T02:30:00Z'),
    );
    await ended(writer, dueRun('a', '2026-05-01T03:00:00Z', { status: 'failed' }));
    const run = await ended(
      writer,
      dueRun('a', '2026-05-01T04:00:00Z', {
        status: 'failed',
        reason: 'exit-code',
        exitCode: 1,
        durationMs: 9,
        args: { x: '2' },
      }),
    );
    const { get } = apiOver(store, { now: () => NOW });
    const at = '2026-05-01T02:30:00.000Z';
    expect((await get(`/namespaces/n1/runs/${run.id}/changes`)).body).toMatchObject({
      run: { id: run.id },
      lastSuccess: { id: success.id },
      failures: 1,
      definition: [
        { at, field: 'target', before: 'cmd:echo a', after: 'cmd:false' },
        { at, field: 'schedules', before: ['@daily'], after: ['every 1h'] },
      ],
      remembered: true,
      differences: [
        { field: 'status', before: 'succeeded', after: 'failed' },
        { field: 'reason', before: null, after: 'exit-code' },
        { field: 'exitCode', before: null, after: 1 },
        { field: 'durationMs', before: 7, after: 9 },
        { field: 'args', before: { x: '1' }, after: { x: '2' } },
      ],
    });
    await writer.close('test');
  });

  it('are none where it never succeeded', async () => {
    const { store, writer } = await kept([definition('a')]);
    const run = await ended(writer, dueRun('a', '2026-05-01T03:00:00Z', { status: 'failed' }));
    expect(
      (await apiOver(store, { now: () => NOW }).get(`/namespaces/n1/runs/${run.id}/changes`)).body,
    ).toMatchObject({
      lastSuccess: null,
      failures: 0,
      definition: [],
      remembered: false,
      differences: [],
    });
    await writer.close('test');
  });
});

describe('schedulers', () => {
  it('are listed with what goes on in their namespace', async () => {
    const { store, writer } = await kept([definition('a'), definition('b')]);
    const run = dueRun('a', '2026-05-01T01:00:00Z', { status: 'running' });
    await writer.claim([{ run }]);
    await store.changeOverrides('n1', ({ skips }, since) => ({
      overrides: { skips, pauses: [{ job: 'b', since, until: undefined, by: undefined, note: undefined }] },
      result: undefined,
    }));
    const { get } = apiOver(store, { now: () => NOW });
    expect((await get('/schedulers')).body).toMatchObject([
      {
        namespace: 'n1',
        source: '/home/ann/week.yaml',
        kind: 'file',
        pid: process.pid,
        jobs: 2,
        paused: 1,
        nextDueAt: '2026-05-02T22:00:00.000Z',
        running: [{ id: run.id }],
        stopping: false,
        reachable: false,
      },
    ]);
    expect((await apiOver(store, { now: () => NOW, namespace: 'n2' }).get('/schedulers')).body).toEqual([]);
    await writer.close('test');
    expect((await get('/schedulers')).body).toEqual([]);
  });
});

describe('what is no run', () => {
  it.each([
    ['00000000-0000-8000-8000-000000000000/wait', 404],
    ['00000000-0000-8000-8000-000000000000/chain', 404],
    ['00000000-0000-8000-8000-000000000000/changes', 404],
    ['%2e%2e/chain', 404],
    ['__proto__/changes', 404],
    ['a%00/wait', 404],
    ['0/wait?timeout=61s', 400],
    ['0/wait?timeout=-1s', 400],
    ['0/wait?timeout=soon', 400],
    ['0/wait?timeout=', 400],
    ['0/wait?timeout=1s&timeout=1s', 400],
    ['0/chain?depth=1', 400],
  ])('%s is %i', async (path, status) => {
    const { store, writer } = await kept([definition('a')]);
    const { get, bugs } = apiOver(store, { now: () => NOW });
    expect(await get(`/namespaces/n1/runs/${path}`)).toMatchObject({ status });
    expect(bugs).toEqual([]);
    await writer.close('test');
  });
});
