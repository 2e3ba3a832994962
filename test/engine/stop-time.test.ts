/** Schedules that say when their runs are to stop. */
import { describe, expect, it } from 'vitest';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { rig } from '../support/rig.ts';

const MINUTE = 60_000;

describe('a schedule that says when its runs stop', () => {
  it('stops a run so long after its due moment, however late it started', async () => {
    const executor = createFakeExecutor({ obeys: false });
    const { time, records, stop } = await rig(
      { slow: { when: { cron: '0 * * * *', stop: '30m' }, policy: { deadlineMs: undefined } } },
      { at: '2026-01-01T00:30:00Z', executor },
    );
    time.stall(40 * MINUTE);
    await time.advance(0);
    expect(executor.running).toBe(1);
    await time.advance(20 * MINUTE - 1);
    expect(executor.signals).toEqual([]);
    await time.advance(1);
    expect(executor.signals).toEqual(['SIGTERM']);
    await executor.finish({
      status: 'failed',
      reason: 'stopped',
      signal: 'SIGKILL',
      sent: ['SIGTERM', 'SIGKILL'],
    });
    expect(await records()).toEqual(['failed/stopped@01:00:00']);
    await stop();
  });

  it('stops it at once when the stop time is past', async () => {
    const { time, executor, records, stop } = await rig(
      { slow: { when: { cron: '0 * * * *', stop: '10m' }, policy: { deadlineMs: undefined } } },
      { at: '2026-01-01T00:30:00Z' },
    );
    time.stall(45 * MINUTE);
    await time.advance(0);
    expect(executor.signals).toEqual(['SIGTERM']);
    expect(await records()).toEqual(['failed/stopped@01:00:00']);
    await stop();
  });

  it('stops it at a time of day of its zone, by the wall clock as it is then', async () => {
    const { time, executor, stop } = await rig(
      { slow: { when: { daily: '08:00', stop: '17:00' } } },
      { at: '2026-06-01T05:00:00Z', tz: 'Europe/Berlin' },
    );
    await time.advance(61 * MINUTE);
    expect(executor.running).toBe(1);
    time.setWall(new Date('2026-06-01T14:59:00Z'));
    await time.advance(30_000);
    expect(executor.signals).toEqual([]);
    await time.advance(30_000);
    expect(executor.signals).toEqual(['SIGTERM']);
    await stop();
  });

  it('leaves alone a run that has ended, and one that obeyed and exited with 0 has succeeded', async () => {
    const executor = createFakeExecutor({ obeys: false });
    const { time, records, stop } = await rig(
      { slow: { when: { cron: '0 * * * *', stop: '10m' } } },
      { at: '2026-01-01T00:59:00Z', executor },
    );
    await time.advance(2 * MINUTE);
    await executor.finish();
    await time.advance(20 * MINUTE);
    expect(executor.signals).toEqual([]);
    await time.advance(50 * MINUTE);
    expect(executor.signals).toEqual(['SIGTERM']);
    await executor.finish({ status: 'succeeded', exitCode: 0, sent: ['SIGTERM'] });
    expect(await records()).toEqual(['succeeded@01:00:00', 'succeeded@02:00:00']);
    await stop();
  });

  it('counts only for the runs of that schedule', async () => {
    const { time, executor, stop } = await rig(
      { job: { when: [{ cron: '0 * * * *', stop: '5m' }, '30 * * * *'] } },
      { at: '2026-01-01T00:29:00Z' },
    );
    await time.advance(29 * MINUTE);
    expect(executor.signals).toEqual([]);
    await executor.finish();
    await time.advance(8 * MINUTE);
    expect(executor.signals).toEqual(['SIGTERM']);
    await stop();
  });
});

describe('schedules with bounds', () => {
  it('fire from their first to before their last moment, and not at all when turned off', async () => {
    const { time, executor, stop } = await rig(
      {
        bounded: {
          when: { every: '10m', from: '2026-01-01T01:00', until: '2026-01-01T01:30' },
        },
        off: { when: { every: '1m', enabled: false } },
      },
      { at: '2026-01-01T00:05:00Z' },
    );
    for (let minute = 0; minute < 180; minute++) {
      await time.advance(MINUTE);
      while (executor.running > 0) await executor.finish();
    }
    const seen = executor.requests.map(
      ({ context }) => `${context.job} ${context.scheduledAt.toISOString().slice(11, 16)}`,
    );
    expect(seen).toEqual(['bounded 01:00', 'bounded 01:10', 'bounded 01:20']);
    await stop();
  });

  it('fire once for each moment, however it is spread by jitter', async () => {
    const { time, executor, stop } = await rig(
      { spread: { when: { cron: '0 * * * *', jitter: '20m' } } },
      { at: '2026-01-01T00:30:00Z' },
    );
    for (let minute = 0; minute < 240; minute++) {
      await time.advance(MINUTE);
      while (executor.running > 0) await executor.finish();
    }
    const hours = executor.requests.map(({ context }) => context.scheduledAt.toISOString().slice(11, 13));
    const minutes = executor.requests.map(({ context }) => context.scheduledAt.getUTCMinutes());
    expect(hours).toEqual(['01', '02', '03', '04']);
    expect(new Set(minutes).size).toBeGreaterThan(1);
    expect(Math.max(...minutes)).toBeLessThan(20);
    await stop();
  });
});
