/** What is counted and measured for Prometheus. */
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/model/run.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { Writer } from '../../src/store/store.ts';
import { definition, dueRun, ORIGIN } from '../store/conformance.ts';
import { apiOf, apiOver } from '../support/control.ts';
import { type Exposed, readExposition } from '../support/exposition.ts';
import { fileStore } from '../support/file-store.ts';
import { rig } from '../support/rig.ts';

const NOW = new Date('2026-05-02T00:00:00Z');
const SCHEDULE = { mode: 'schedule', startedAt: new Date('2026-05-01T00:00:00Z') } as const;

async function scrape(store: FileStore, query = ''): Promise<readonly Exposed[]> {
  const { api } = apiOver(store, { now: () => NOW });
  const response = await api.request(`/api/v1/metrics${query}`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition(await response.text());
}

function found(
  samples: readonly Exposed[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (each) =>
      each.name === `supertask_${name}` &&
      Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  )?.value;
}

async function end(writer: Writer, job: string, minute: number, more: Partial<Run>): Promise<void> {
  const at = new Date(Date.UTC(2026, 4, 1) + minute * 60_000);
  const { status = 'succeeded', ...rest } = more;
  const run = dueRun(job, at.toISOString(), rest);
  if (status === 'skipped' || status === 'missed') {
    await writer.claim([{ run: { ...run, status } }]);
    return;
  }
  await writer.claim([{ run: { ...run, startedAt: new Date(at.getTime() + 250) } }]);
  const endedAt = new Date(at.getTime() + 1_750);
  await writer.record({ id: run.id, status, endedAt, durationMs: 1_500 });
}

async function kept(): Promise<{ store: FileStore; writer: Writer }> {
  const store = fileStore(() => NOW);
  const writer = await store.open('n1', ORIGIN, SCHEDULE);
  await writer.setJobs([definition('a'), definition('b', { enabled: false })]);
  await end(writer, 'a', 0, {});
  await end(writer, 'a', 1, { status: 'failed', reason: 'exit-code' });
  await end(writer, 'a', 2, { trigger: 'catch-up' });
  await end(writer, 'a', 3, { status: 'skipped', reason: 'overlap' });
  await end(writer, 'b', 4, { status: 'missed', reason: 'down', count: 7 });
  await writer.claim([{ run: dueRun('a', '2026-05-01T00:05:00Z') }]);
  return { store, writer };
}

describe('a scrape', () => {
  it('counts runs by how they ended, and due moments that were not run', async () => {
    const { store, writer } = await kept();
    const samples = await scrape(store);
    const of = { namespace: 'n1' };
    expect([
      found(samples, 'runs_total', { ...of, status: 'succeeded' }),
      found(samples, 'job_runs_total', { ...of, job: 'a', status: 'failed' }),
      found(samples, 'job_runs_total', { ...of, job: 'b', status: 'failed' }),
      found(samples, 'moments_skipped_total', of),
      found(samples, 'job_moments_missed_total', { ...of, job: 'b' }),
      found(samples, 'run_duration_seconds_sum', of),
      found(samples, 'run_duration_seconds_count', of),
      found(samples, 'run_lateness_seconds_sum', of),
      found(samples, 'run_lateness_seconds_count', of),
      found(samples, 'runs_running', of),
      found(samples, 'runs_waiting', of),
      found(samples, 'jobs', of),
      found(samples, 'jobs_disabled', of),
    ]).toEqual([2, 1, 0, 1, 7, 4.5, 3, 0.5, 2, 1, 0, 2, 1]);
    expect(found(samples, 'job_last_success_timestamp_seconds', { job: 'a' })).toBe(
      Date.parse('2026-05-01T00:02:01.750Z') / 1_000,
    );
    expect(found(samples, 'job_last_success_timestamp_seconds', { job: 'b' })).toBeUndefined();
    await writer.close('test');
  });

  it('says whether a scheduler lives, and what is due', async () => {
    const { store, writer } = await kept();
    expect(found(await scrape(store), 'scheduler_up', { namespace: 'n1' })).toBe(1);
    expect(found(await scrape(store), 'next_due_timestamp_seconds', { namespace: 'n1' })).toBe(
      Date.parse('2026-05-02T22:00:00Z') / 1_000,
    );
    await writer.close('test');
    const after = await scrape(store);
    expect(found(after, 'scheduler_up', { namespace: 'n1' })).toBe(0);
    expect(found(after, 'next_due_timestamp_seconds')).toBeUndefined();
    expect(await scrape(store, '?namespace=other')).not.toContainEqual(
      expect.objectContaining({ labels: expect.objectContaining({ namespace: 'n1' }) }),
    );
  });

  it('tells of what runs and waits now', async () => {
    const one = await rig(
      { slow: { when: 'every 10s' }, line: { when: 'every 10s', policy: { overlap: 'queue' } } },
      { at: '2026-01-01T00:00:01Z', store: fileStore() },
    );
    await one.time.advance(20_000);
    const { api } = apiOf(one);
    const samples = readExposition(await (await api.request('/api/v1/metrics')).text());
    expect([
      found(samples, 'job_runs_running', { job: 'slow' }),
      found(samples, 'job_runs_waiting', { job: 'line' }),
      found(samples, 'next_due_timestamp_seconds'),
    ]).toEqual([1, 1, Date.parse('2026-01-01T00:00:30Z') / 1_000]);
    await one.stop();
  });

  it('escapes what jobs are called', async () => {
    const store = fileStore(() => NOW);
    const writer = await store.open('n1', ORIGIN, SCHEDULE);
    const ids = ['a"b', 'a\\', 'a\nb', 'a{b="c"} 1', 'ü 💥', '\\n', '__proto__'];
    await writer.setJobs(ids.map((id) => definition(id)));
    const samples = await scrape(store);
    const told = samples.flatMap(({ name, labels }) =>
      name === 'supertask_job_enabled' ? labels['job'] : [],
    );
    expect(told.sort()).toEqual([...ids].sort());
    await writer.close('test');
  });

  it('has no series for each of very many jobs', async () => {
    const store = fileStore(() => NOW);
    const many = await store.open('many', ORIGIN, SCHEDULE);
    await many.setJobs(Array.from({ length: 1_001 }, (_, index) => definition(`job-${index}`)));
    const { writer } = { writer: await store.open('few', ORIGIN, SCHEDULE) };
    await writer.setJobs([definition('a')]);
    const samples = await scrape(store);
    expect(samples.length).toBeLessThan(100);
    expect(found(samples, 'jobs_without_series')).toBe(1_001);
    expect(found(samples, 'jobs', { namespace: 'many' })).toBe(1_001);
    expect(found(samples, 'job_enabled', { namespace: 'few', job: 'a' })).toBe(1);
    for (const each of [many, writer]) await each.close('test');
  });
});

it('the reader of the tests finds what is wrong', () => {
  const good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c"} 1\n';
  expect(readExposition(good)).toEqual([{ name: 'a_total', labels: { b: 'c' }, value: 1 }]);
  const bad = [
    good.trim(),
    good + good,
    good.replace(' 1', ' x'),
    good.replace('"c"', '"c'),
    good.replace('"c"', '"c\\d"'),
    good.replace('counter', 'gauge'),
    good.replace(' 1', ' -1'),
    `${good}a_total{b="c"} 2\n`,
    `${good}other 2\n`,
    good.replace('# HELP a_total x\n', ''),
    `${good}\n`,
  ];
  for (const text of bad) expect(() => readExposition(text), text).toThrow();
});
