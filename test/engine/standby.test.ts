import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { rig, type TaskSketch } from '../support/rig.ts';

const AT = '2026-01-01T00:00:30Z';

/** So many jobs that are due at every full minute, the next time in 30 s. */
function crowd(size: number, sketch: Partial<TaskSketch> = {}): Record<string, TaskSketch> {
  return Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`job-${index}`, { when: '* * * * *', ...sketch }]),
  );
}

describe('a crowd of jobs', () => {
  it('stands ready before its instant, and is let go at it', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, records, stop } = await rig(crowd(5), { at: AT, executor });
    await time.advance(29_000);
    expect(executor.prepared).toEqual({ standing: 0, started: 0, discarded: 0 });
    await time.advance(990);
    expect([executor.prepared, executor.running, await records()]).toEqual([
      { standing: 5, started: 0, discarded: 0 },
      0,
      [],
    ]);
    await time.advance(10);
    expect(executor.prepared).toEqual({ standing: 0, started: 5, discarded: 0 });
    expect(await records()).toEqual(Array(5).fill('running@00:01:00'));
    await stop();
  });

  it('has the same request as any other run', async () => {
    const requests = [true, false].map(async (prepares) => {
      const executor = createFakeExecutor({ prepares });
      const { time, stop } = await rig(crowd(4), { at: AT, executor });
      await time.advance(30_000);
      await stop();
      return executor.requests.map(({ env, cwd, runId, target }) => ({ env, cwd, runId, target }));
    });
    const [prepared, plain] = await Promise.all(requests);
    expect(prepared).toEqual(plain);
    expect(prepared?.[0]?.env['SUPERTASK_STARTED_AT']).toBe('2026-01-01T00:01:00.000Z');
  });

  it('of three is none', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, stop } = await rig(crowd(3), { at: AT, executor });
    await time.advance(30_000);
    expect([executor.prepared, executor.running]).toEqual([{ standing: 0, started: 0, discarded: 0 }, 3]);
    await stop();
  });

  it('is sent away where another scheduler was first', async () => {
    const store = createMemoryStore();
    const first = createFakeExecutor({ prepares: true });
    const second = createFakeExecutor({ prepares: true });
    const one = await rig(crowd(5), { at: AT, store, executor: first });
    const two = await rig(crowd(5), { at: AT, store, executor: second });
    await one.time.advance(29_990);
    await two.time.advance(29_990);
    expect([first.prepared.standing, second.prepared.standing]).toEqual([5, 5]);
    await one.time.advance(10);
    await two.time.advance(10);
    expect([first.prepared, second.prepared]).toEqual([
      { standing: 0, started: 5, discarded: 0 },
      { standing: 0, started: 0, discarded: 5 },
    ]);
    await one.stop();
    await two.stop();
  });

  it('stays away where the last run is still going', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, records, stop } = await rig(crowd(5), { at: AT, executor });
    await time.advance(30_000);
    await executor.finish();
    await time.advance(59_990);
    expect(executor.prepared).toEqual({ standing: 1, started: 5, discarded: 0 });
    await time.advance(10);
    expect(executor.prepared).toEqual({ standing: 0, started: 6, discarded: 0 });
    expect((await records()).filter((record) => record === 'skipped/overlap@00:02:00')).toHaveLength(4);
    await stop();
  });

  it('is sent away when the scheduler is stopped', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, stop } = await rig(crowd(5), { at: AT, executor });
    await time.advance(29_990);
    await stop();
    expect(executor.prepared).toEqual({ standing: 0, started: 0, discarded: 5 });
    expect(time.waiting).toBe(0);
  });

  it('is sent away when the clock jumps, and comes again before the next instant', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, stop } = await rig(crowd(5), { at: AT, executor });
    await time.advance(29_990);
    time.setWall(new Date('2026-01-01T00:00:10Z'));
    await time.advance(20);
    expect(executor.prepared).toEqual({ standing: 0, started: 0, discarded: 5 });
    await time.advance(49_975);
    expect(executor.prepared.standing).toBe(5);
    await stop();
  });

  it('is no larger than the limit of runs', async () => {
    const executor = createFakeExecutor({ prepares: true });
    const { time, stop } = await rig(crowd(9), { at: AT, executor, maxRunning: 6 });
    await time.advance(29_990);
    expect(executor.prepared.standing).toBe(6);
    await time.advance(10);
    const { standing, started, discarded } = executor.prepared;
    expect([standing, started + discarded, executor.running]).toEqual([0, 6, 6]);
    await stop();
  });
});
