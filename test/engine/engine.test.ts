import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory.ts';
import { withClaim } from '../support/claim-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeExecutor, type FakeExecutor } from '../support/fake-executor.ts';
import { rig } from '../support/rig.ts';

const HOUR = 3_600_000;

describe('the loop', () => {
  it('runs a job at each of its instants and records it before it tells', async () => {
    const { time, executor, told, records, stop } = await rig({ beat: { when: 'every 10s' } });
    await executor.finish();
    await time.advance(10_000);
    await executor.finish();
    await time.advance(10_000);
    await executor.finish();
    expect(told()).toEqual(Array(3).fill(['run-started', 'run-finished']).flat());
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:00:10', 'succeeded@00:00:20']);
    await stop();
  });

  it('ends by itself when nothing is to come', async () => {
    const { time, executor, engine } = await rig({ later: { when: 'in 10m' } });
    await time.advance(10 * 60_000);
    await executor.finish();
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 1, unsuccessful: 0 });
    expect(time.waiting).toBe(0);
  });

  it('counts all runs that end at one moment before it ends', async () => {
    const { engine, told } = await rig(
      { a: { when: 'once' }, b: { when: 'once' }, c: { when: 'once' } },
      { mode: 'once' },
    );
    engine.stop('SIGTERM');
    expect(await engine.done).toMatchObject({ reason: 'SIGTERM', ended: 3, unsuccessful: 3 });
    expect(told().filter((type) => type === 'run-finished')).toHaveLength(3);
  });

  it('never waits longer than 30 s on one timer', async () => {
    const { time, engine, stop } = await rig({ yearly: { when: '0 0 29 2 *' } });
    const waits: number[] = [];
    const { after } = time;
    time.after = (delayMs, call) => {
      waits.push(delayMs);
      return after(delayMs, call);
    };
    await time.advance(5 * 60_000);
    expect(waits.length).toBeGreaterThan(5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(Math.min(...waits)).toBeGreaterThan(1_000);
    await stop();
    await engine.done;
  });

  it('counts every run of several that end at the same moment', async () => {
    const tasks = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { when: 'once' }]));
    const { executor, engine } = await rig(tasks, { mode: 'once' });
    await Promise.all([executor.finish(), executor.finish(), executor.finish()]);
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 3 });
  });

  it('runs again some time after the previous run has ended', async () => {
    const { time, executor, records, stop } = await rig({ poll: { when: 'every 10s after finish' } });
    await time.advance(3_000);
    await executor.finish();
    await time.advance(9_999);
    expect(executor.requests).toHaveLength(1);
    await time.advance(1);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:00:13']);
    await stop();
  });

  it('counts from its own start when asked to', async () => {
    const { time, executor, records, stop } = await rig(
      { beat: { when: 'every 10s from start' } },
      { at: '2026-01-01T00:00:03Z' },
    );
    await executor.finish();
    await time.advance(10_000);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:03', 'succeeded@00:00:13']);
    await stop();
  });

  it('runs once for instants that several schedules of a job share', async () => {
    const { time, executor, records, stop } = await rig(
      { job: { when: ['every 10s', '*/20 * * * * *'] } },
      { at: '2026-01-01T00:00:01Z' },
    );
    await time.advance(19_000);
    await executor.finish();
    await executor.finish();
    expect(await records()).toEqual(['skipped/overlap@00:00:20', 'succeeded@00:00:10'].reverse());
    await stop();
  });

  it('stops runs with their own signal first and kills them when told again', async () => {
    const executor = createFakeExecutor({ obeys: false });
    const { engine, time } = await rig({ slow: { when: 'every 1h' } }, { executor });
    engine.stop('SIGTERM', 'SIGTERM');
    await time.advance(0);
    expect(executor.signals).toEqual(['SIGTERM']);
    engine.kill();
    expect(executor.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(await engine.done).toMatchObject({ reason: 'SIGTERM', unsuccessful: 1 });
  });

  it('waits for its runs when it drains', async () => {
    const { engine, executor, time } = await rig({ slow: { when: 'every 1h' } }, { onStop: 'drain' });
    engine.stop('SIGTERM', 'SIGTERM');
    await time.advance(HOUR * 2);
    expect(executor.signals).toEqual([]);
    await executor.finish();
    expect(await engine.done).toMatchObject({ reason: 'SIGTERM', ended: 1, unsuccessful: 0 });
    expect(executor.requests).toHaveLength(1);
  });

  it('lets runs beyond the limit wait their turn', async () => {
    const tasks = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, { when: 'every 1h' }]));
    const { executor, told, stop } = await rig(tasks, { maxRunning: 2 });
    expect(executor.running).toBe(2);
    await executor.finish();
    await executor.finish();
    expect(executor.running).toBe(2);
    await executor.finish();
    await executor.finish();
    await executor.finish();
    expect(told().filter((type) => type === 'run-finished')).toHaveLength(5);
    await stop();
  });

  it('claims those that wait for room many at a time when runs end together', async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`job-${index}`, { when: 'every 1h' }]),
    );
    const claimed: number[] = [];
    const store = withClaim(createMemoryStore(), (claims, go) => {
      claimed.push(claims.length);
      return go(claims);
    });
    const { executor, stop } = await rig(tasks, { maxRunning: 50, store });
    claimed.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => executor.finish()));
    expect(executor.running).toBe(50);
    expect(claimed).toEqual([25, 25]);
    await stop();
  });

  it('does not end before those that are still to be recorded as waiting have had theirs', async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`job-${index}`, { when: 'once' }]),
    );
    const hasty = createFakeExecutor();
    const executor: FakeExecutor = {
      ...hasty,
      start(request) {
        const execution = hasty.start(request);
        void hasty.finish();
        return execution;
      },
    };
    const { engine, time, runs } = await rig(tasks, { mode: 'once', maxRunning: 2, executor });
    await time.advance(1_000);
    expect(await engine.done).toMatchObject({ reason: 'finished', ended: 600, unsuccessful: 0 });
    expect((await runs()).filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });
});

describe('a run that is due while the previous one is going', () => {
  it('is skipped, and the record names the run in the way', async () => {
    const { time, executor, records, runs, stop } = await rig({ slow: { when: 'every 10s' } });
    await time.advance(20_000);
    await executor.finish();
    expect(await records()).toEqual([
      'succeeded@00:00:00',
      'skipped/overlap@00:00:10',
      'skipped/overlap@00:00:20',
    ]);
    const [first, second] = await runs();
    expect(second?.evidence).toMatchObject({ run: first?.id, runningMs: 10_000 });
    await stop();
  });

  it('waits behind it under queue, one at most', async () => {
    const { time, executor, records, stop } = await rig({
      slow: { when: 'every 10s', policy: { overlap: 'queue' } },
    });
    await time.advance(25_000);
    expect(executor.running).toBe(1);
    await executor.finish();
    expect(executor.running).toBe(1);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:00:10', 'skipped/overlap@00:00:20']);
    await stop();
  });

  it('runs beside it under parallel', async () => {
    const { time, executor, stop } = await rig({
      slow: { when: 'every 10s', policy: { overlap: 'parallel' } },
    });
    await time.advance(20_000);
    expect(executor.running).toBe(3);
    await stop();
  });

  it('takes its place under replace, after the old one is gone', async () => {
    const executor = createFakeExecutor({ obeys: false });
    const { time, records, stop, engine } = await rig(
      { slow: { when: 'every 10s', policy: { overlap: 'replace' } } },
      { executor },
    );
    await time.advance(10_000);
    expect(executor.signals).toEqual(['SIGTERM']);
    expect(executor.requests).toHaveLength(1);
    await executor.finish({ status: 'failed', reason: 'stopped', signal: 'SIGTERM' });
    expect(executor.requests).toHaveLength(2);
    expect(await records()).toEqual(
      ['failed/stopped@00:00:00', 'starting@00:00:10'].map((r) =>
        expect.stringMatching(r.replace('starting', '(starting|running)')),
      ),
    );
    engine.kill();
    await stop();
  });

  it('takes the place of the oldest under replace, once as many go as may', async () => {
    const { time, executor, records, stop } = await rig({
      slow: { when: 'every 10s', policy: { overlap: 'replace', maxRunning: 3 } },
    });
    await time.advance(20_000);
    expect(executor.running).toBe(3);
    expect(executor.signals).toEqual([]);
    await time.advance(10_000);
    expect(executor.running).toBe(3);
    expect(executor.signals).toEqual(['SIGTERM']);
    expect(await records()).toEqual([
      'failed/stopped@00:00:00',
      'running@00:00:10',
      'running@00:00:20',
      'running@00:00:30',
    ]);
    await stop();
  });

  it('starts under replace when the oldest is gone, beside the others', async () => {
    const executor = createFakeExecutor({ obeys: false });
    const { time, engine, records, stop } = await rig(
      { slow: { when: 'every 10s', policy: { overlap: 'replace', maxRunning: 2 } } },
      { executor },
    );
    await time.advance(30_000);
    expect(executor.signals).toEqual(['SIGTERM']);
    await executor.finish({ status: 'failed', reason: 'stopped', signal: 'SIGTERM' });
    expect(executor.running).toBe(2);
    expect(await records()).toEqual([
      'failed/stopped@00:00:00',
      'running@00:00:10',
      'skipped/overlap@00:00:20',
      expect.stringMatching(/(starting|running)@00:00:30/),
    ]);
    engine.kill();
    await stop();
  });

  it('starts under queue when one of several has ended, beside the others', async () => {
    const { time, executor, stop } = await rig({
      slow: { when: 'every 10s', policy: { overlap: 'queue', maxRunning: 2 } },
    });
    await time.advance(25_000);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    expect(executor.requests).toHaveLength(3);
    expect(executor.running).toBe(2);
    await stop();
  });
});

describe('instants that pass unattended', () => {
  it('are caught up by the newest after a stall, and the others are recorded', async () => {
    const { time, executor, records, stop } = await rig({ beat: { when: 'every 1m' } });
    await executor.finish();
    await time.advance(30_000);
    time.stall(5 * 60_000);
    await time.advance(0);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'missed/late@00:04:00 x4', 'succeeded@00:05:00']);
    await stop();
  });

  it('do not find a run in the way that ended during the stall', async () => {
    const { time, executor, told, stop } = await rig({ beat: { when: 'every 10s' } });
    time.stall(10_500);
    // Ends are read after the timers that have become due.
    time.after(20, () => void executor.finish());
    await time.advance(200);
    expect(told()).toEqual(['run-started', 'run-finished', 'run-started']);
    await stop();
  });

  it('find one in the way that goes on after the stall', async () => {
    const { time, told, stop } = await rig({ beat: { when: 'every 10s' } });
    time.stall(10_500);
    await time.advance(200);
    expect(told()).toEqual(['run-started', 'run-skipped']);
    await stop();
  });

  it('are not missed because ends are waited for', async () => {
    const { time, executor, records, stop } = await rig({
      beat: { when: 'every 10s', policy: { missed: 'skip' } },
      long: { when: 'every 1h' },
    });
    await executor.finish();
    time.stall(10_950);
    await time.advance(200);
    expect(executor.running).toBe(2);
    expect(await records()).toContain('running@00:00:10');
    await stop();
  });

  it('are known as slept through when the machine was suspended', async () => {
    const { time, executor, records, events, stop } = await rig({ beat: { when: 'every 1m' } });
    await executor.finish();
    time.suspend(10 * 60_000);
    await time.advance(30_000);
    await executor.finish();
    expect(await records()).toEqual([
      'succeeded@00:00:00',
      'missed/asleep@00:09:00 x9',
      'succeeded@00:10:00',
    ]);
    expect(events.filter(({ type }) => type === 'clock-jumped')).toMatchObject([{ cause: 'asleep' }]);
    await stop();
  });

  it('are missed when they are past their deadline', async () => {
    const { time, executor, records, stop } = await rig(
      { daily: { when: '@daily' } },
      { at: '2026-01-01T22:00:00Z' },
    );
    time.suspend(6 * HOUR);
    await time.advance(30_000);
    expect(executor.requests).toHaveLength(0);
    expect(await records()).toEqual(['missed/asleep@00:00:00 x1']);
    await stop();
  });

  it('all run one after another when asked for, oldest first', async () => {
    const { time, executor, records, stop } = await rig({
      beat: { when: 'every 1m', policy: { missed: 'all' } },
    });
    await executor.finish();
    time.suspend(3 * 60_000);
    await time.advance(30_000);
    expect(executor.running).toBe(1);
    await executor.finish();
    await executor.finish();
    await executor.finish();
    expect(await records()).toEqual(['00:00', '01:00', '02:00', '03:00'].map((at) => `succeeded@00:${at}`));
    await stop();
  });

  it('are noticed when supertask was down, under each policy, and never for a job not seen before', async () => {
    const store = createMemoryStore();
    const time = createFakeClock(new Date('2026-01-01T00:00:00.500Z'));
    const policies = { skip: 'skip', latest: 'latest', all: 'all' } as const;
    const tasks = Object.fromEntries(
      Object.entries(policies).map(([id, missed]) => [id, { when: 'every 2s', policy: { missed } }]),
    );
    const first = await rig(tasks, { store, time });
    await first.stop();
    time.suspend(7_000);
    const executor = createFakeExecutor();
    const second = await rig({ ...tasks, fresh: { when: 'every 2s' } }, { store, time, executor });
    while (executor.running > 0) await executor.finish();
    const of = async (job: string): Promise<string[]> =>
      (await second.runs()).filter((run) => run.job === job).map((run) => `${run.status}${run.count ?? ''}`);
    expect(await of('skip')).toEqual(['missed3']);
    expect(await of('latest')).toEqual(['missed2', 'succeeded']);
    expect(await of('all')).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await of('fresh')).toEqual([]);
    await second.stop();
  });
});

describe('a clock that is set', () => {
  it('forward makes missed instants, with one catch-up', async () => {
    const { time, executor, records, stop } = await rig(
      { hourly: { when: '0 * * * *' } },
      { at: '2026-01-01T00:30:00Z' },
    );
    time.setWall(new Date('2026-01-01T03:30:00Z'));
    await time.advance(30_000);
    await executor.finish();
    expect(await records()).toEqual(['missed/clock@02:00:00 x2', 'succeeded@03:00:00']);
    await stop();
  });

  it('back by an hour repeats no fixed-time run, and interval runs go on', async () => {
    const { time, executor, runs, stop } = await rig(
      { fixed: { when: '30 0 * * *' }, interval: { when: '*/30 * * * *' } },
      { at: '2026-01-01T00:29:59Z' },
    );
    await time.advance(1_000);
    await executor.finish();
    await executor.finish();
    time.setWall(new Date('2025-12-31T23:31:00Z'));
    await time.advance(30_000);
    for (let minute = 0; minute < 61; minute++) {
      await time.advance(60_000);
      while (executor.running > 0) await executor.finish();
    }
    const seen = (await runs()).map((run) => `${run.job} ${run.scheduledAt.toISOString().slice(11)}`);
    expect(seen.filter((each) => each.startsWith('fixed'))).toEqual(['fixed 00:30:00.000Z']);
    expect(seen.filter((each) => each.startsWith('interval')).sort()).toEqual([
      'interval 00:00:00.001Z',
      'interval 00:30:00.000Z',
      'interval 00:30:00.001Z',
    ]);
    await stop();
  });

  it('back by a day does not leave it stuck', async () => {
    const { time, executor, runs, stop } = await rig(
      { beat: { when: '0 * * * *' } },
      { at: '2026-01-02T00:30:00Z' },
    );
    time.setWall(new Date('2026-01-01T00:30:00Z'));
    await time.advance(HOUR);
    await executor.finish();
    expect((await runs()).map((run) => run.scheduledAt.toISOString().slice(0, 13))).toEqual([
      '2026-01-01T01',
    ]);
    await stop();
  });
});
