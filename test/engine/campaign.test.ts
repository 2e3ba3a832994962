import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { rig } from '../support/rig.ts';

const FAILED = { status: 'failed', reason: 'exit-code', exitCode: 1 } as const;

describe('a bounded campaign', () => {
  it('ends after so many runs', async () => {
    const { time, executor, engine } = await rig({ beat: { when: 'every 1s' } }, { campaign: { times: 3 } });
    for (let n = 0; n < 5; n++) {
      await executor.finish();
      await time.advance(1_000);
    }
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 3, verdict: undefined });
    expect(executor.requests).toHaveLength(3);
  });

  it('starts no more than that of jobs that are due together', async () => {
    const tasks = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { when: 'every 1s' }]));
    const { executor, engine } = await rig(tasks, { campaign: { times: 2 } });
    await executor.finish();
    await executor.finish();
    expect(await engine.done).toMatchObject({ ended: 2 });
    expect(executor.requests).toHaveLength(2);
  });

  it('attends to nothing more once the last run has started: the next scheduler finds what is due meanwhile', async () => {
    const tasks = { beat: { when: 'every 1s', policy: { overlap: 'parallel', missed: 'all' } } } as const;
    const store = createMemoryStore();
    const first = await rig(tasks, { campaign: { times: 2 }, store });
    await first.time.advance(3_000);
    expect(first.executor.requests).toHaveLength(2);
    await first.executor.finish();
    await first.executor.finish();
    const { attendedUntil } = await first.stop();
    expect(attendedUntil?.toISOString()).toBe('2026-01-01T00:00:01.000Z');

    const second = await rig(tasks, { store, at: '2026-01-01T00:00:05Z' });
    for (let n = 0; n < 4; n++) await second.executor.finish();
    expect(await second.records()).toEqual(
      ['00', '01', '02', '03', '04', '05'].map((second) => `succeeded@00:00:${second}`),
    );
    await second.stop();
  });

  it('leaves open which of the jobs that are due together was not started', async () => {
    const tasks = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { when: 'every 1h' }]));
    const store = createMemoryStore();
    const first = await rig(tasks, { campaign: { times: 2 }, store, at: '2025-12-31T23:59:55Z' });
    await first.time.advance(10_000);
    await first.executor.finish();
    await first.executor.finish();
    const { attendedUntil } = await first.stop();
    expect(attendedUntil?.toISOString()).toBe('2025-12-31T23:59:59.999Z');

    const second = await rig(tasks, { store, at: '2026-01-01T00:10:00Z' });
    const runs = await second.runs();
    expect(runs.map(({ job }) => job).sort()).toEqual(['a', 'b', 'c']);
    expect(runs.filter(({ trigger }) => trigger === 'catch-up')).toHaveLength(1);
    await second.stop();
  });

  it('catches up with as many missed moments as may start, and leaves the others open', async () => {
    const tasks = { beat: { when: 'every 1s', policy: { overlap: 'parallel', missed: 'all' } } } as const;
    const store = createMemoryStore();
    const first = await rig(tasks, { store });
    await first.executor.finish();
    await first.stop();
    const second = await rig(tasks, { store, at: '2026-01-01T00:00:04Z', campaign: { times: 2 } });
    await second.executor.finish();
    await second.executor.finish();
    const { attendedUntil } = await second.stop();
    expect(await second.records()).toEqual([
      'succeeded@00:00:00',
      'succeeded@00:00:01',
      'succeeded@00:00:02',
    ]);
    expect(attendedUntil?.toISOString()).toBe('2026-01-01T00:00:02.999Z');
  });

  it('ends after so long, and lets the last run end', async () => {
    const { time, executor, engine } = await rig(
      { beat: { when: 'every 10s' } },
      { campaign: { forMs: 25_000 } },
    );
    await executor.finish();
    await time.advance(10_000);
    await executor.finish();
    await time.advance(10_000);
    await time.advance(60_000);
    expect(executor.requests).toHaveLength(3);
    expect(executor.signals).toEqual([]);
    await executor.finish();
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 3, unsuccessful: 0 });
  });

  it('ends at an instant', async () => {
    const { time, executor, engine } = await rig(
      { beat: { when: 'every 1h' } },
      { campaign: { untilAt: new Date('2026-01-01T00:30:00Z') } },
    );
    await executor.finish();
    await time.advance(30 * 60_000);
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 1 });
  });

  it('has reached what it waited for with the first success', async () => {
    const { time, executor, engine } = await rig(
      { probe: { when: 'every 5s' } },
      { campaign: { until: 'success', forMs: 120_000 } },
    );
    await executor.finish(FAILED);
    await time.advance(5_000);
    await executor.finish();
    expect(await engine.done).toMatchObject({ verdict: 'reached', ended: 2, unsuccessful: 1 });
  });

  it('has missed it when its time is up, and stops what still runs', async () => {
    const executor = createFakeExecutor();
    const { time, engine } = await rig(
      { probe: { when: 'every 5s' } },
      { campaign: { until: 'success', forMs: 12_000 }, executor },
    );
    await time.advance(12_000);
    expect(executor.signals).toEqual(['SIGTERM']);
    expect(await engine.done).toMatchObject({ verdict: 'missed' });
  });

  it('hunts for a failure', async () => {
    const { time, executor, engine } = await rig(
      { test: { when: 'every 1s' } },
      { campaign: { until: 'failure' } },
    );
    await executor.finish();
    await time.advance(1_000);
    await executor.finish(FAILED);
    expect(await engine.done).toMatchObject({ verdict: 'reached' });
  });

  it('gives up after failures in a row', async () => {
    const { time, executor, engine } = await rig(
      { flaky: { when: 'every 1s' } },
      { campaign: { stopOnFailure: 2 } },
    );
    for (const outcome of [FAILED, undefined, FAILED, FAILED]) {
      await executor.finish(outcome);
      await time.advance(1_000);
    }
    expect(await engine.done).toMatchObject({ verdict: 'missed', ended: 4, unsuccessful: 3 });
  });

  it('runs at the start, too, when told so', async () => {
    const { time, executor, records, stop } = await rig(
      { later: { when: '@hourly' } },
      { campaign: { now: true }, at: '2026-01-01T00:10:00Z' },
    );
    await executor.finish();
    await time.advance(50 * 60_000);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:10:00', 'succeeded@01:00:00']);
    await stop();
  });
});
