/** What goes wrong around the engine: storage that fails, clocks that are set, reporters that throw, crowds. */
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store, Writer } from '../../src/store/store.ts';
import { withClaim } from '../support/claim-store.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { rig } from '../support/rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A store whose writers refuse to write while `isFull`. */
function fillable(): { readonly store: Store; isFull: boolean; claims: number } {
  const store = createMemoryStore();
  const disk = { isFull: false, claims: 0, store: { ...store, open } };
  const refuse = (): void => {
    if (disk.isFull) throw new SupertaskError('STATE_UNAVAILABLE', 'no space left');
  };
  async function open(...args: Parameters<Store['open']>): Promise<Writer> {
    const writer = await store.open(...args);
    return {
      ...writer,
      async claim(claims) {
        disk.claims++;
        refuse();
        return writer.claim(claims);
      },
      async heartbeat(now) {
        refuse();
        return writer.heartbeat(now);
      },
    };
  }
  return disk;
}

describe('a state that cannot be written', () => {
  it('stops starts, is told once, and the gap is on record with its reason', async () => {
    const disk = fillable();
    const { time, executor, records, runs, events, stop } = await rig(
      { beat: { when: 'every 5s' } },
      { store: disk.store },
    );
    await executor.finish();
    disk.isFull = true;
    await time.advance(31 * SECOND);
    expect(executor.requests).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    disk.isFull = false;
    await time.advance(6 * SECOND);
    while (executor.running > 0) await executor.finish();
    expect(await records()).toEqual([
      'succeeded@00:00:00',
      'missed/storage@00:00:30 x6',
      'succeeded@00:00:35',
    ]);
    expect((await runs())[1]?.evidence).toMatchObject({ from: '2026-01-01T00:00:05.000Z' });
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(2);
    await time.advance(3 * SECOND);
    await executor.finish();
    expect(executor.requests).toHaveLength(3);
    await stop();
  });

  it('is tried again every 10 s, not more often', async () => {
    const disk = fillable();
    const { time, executor, stop } = await rig({ beat: { when: 'every 1s' } }, { store: disk.store });
    await executor.finish();
    disk.isFull = true;
    disk.claims = 0;
    await time.advance(60 * SECOND);
    expect(disk.claims).toBeLessThanOrEqual(7);
    disk.isFull = false;
    await time.advance(10 * SECOND);
    while (executor.running > 0) await executor.finish();
    await stop();
  });

  it('does not lose a run that waits its turn', async () => {
    const disk = fillable();
    const { time, executor, records, stop } = await rig(
      { slow: { when: 'every 1m', policy: { overlap: 'queue' } } },
      { store: disk.store },
    );
    await time.advance(MINUTE);
    disk.isFull = true;
    await executor.finish();
    await executor.finish();
    await time.advance(20 * SECOND);
    expect(executor.requests).toHaveLength(1);
    disk.isFull = false;
    await time.advance(11 * SECOND);
    expect(executor.running).toBe(1);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:01:00']);
    await stop();
  });

  it('keeps those that wait for room, in their order', async () => {
    const disk = fillable();
    const tasks = Object.fromEntries([1, 2, 3, 4, 5, 6].map((at) => [`job-${at}`, { when: `in ${at}s` }]));
    const { time, executor, records, stop } = await rig(tasks, { store: disk.store, maxRunning: 3 });
    await time.advance(6 * SECOND);
    disk.isFull = true;
    await Promise.all([executor.finish(), executor.finish(), executor.finish()]);
    await time.advance(9 * SECOND);
    expect(executor.requests).toHaveLength(3);
    disk.isFull = false;
    await time.advance(2 * SECOND);
    expect(executor.requests.map(({ context }) => context.job)).toEqual(Object.keys(tasks));
    while (executor.running > 0) await executor.finish();
    expect(await records()).toEqual([1, 2, 3, 4, 5, 6].map((at) => `succeeded@00:00:0${at}`));
    await stop();
  });

  it('runs what counts from the start once when it recovers', async () => {
    const disk = fillable();
    disk.isFull = true;
    const tasks = { first: { when: 'every 1h from start' }, second: { when: 'in 5s' } };
    const { time, executor, records, stop } = await rig(tasks, { store: disk.store });
    await time.advance(12 * SECOND);
    disk.isFull = false;
    await time.advance(30 * SECOND);
    while (executor.running > 0) await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:00:05']);
    await stop();
  });
});

describe('what counts from the start of the scheduler', () => {
  it('runs once although the clock is set back to before it', async () => {
    const { time, executor, stop } = await rig({
      once: { when: 'in 10m' },
      often: { when: 'every 10m from start' },
    });
    await executor.finish();
    await time.advance(10 * MINUTE);
    while (executor.running > 0) await executor.finish();
    time.setWall(new Date('2025-12-31T23:00:00Z'));
    await time.advance(9 * MINUTE);
    expect(executor.requests.map(({ context }) => context.job)).toEqual(['often', 'once', 'often']);
    await time.advance(90 * SECOND);
    while (executor.running > 0) await executor.finish();
    expect(executor.requests.map(({ context }) => context.job).slice(3)).toEqual(['often']);
    await stop();
  });

  it('keeps its pace although the clock is set forward', async () => {
    const { time, executor, records, stop } = await rig({
      later: { when: 'in 10m' },
      poll: { when: 'every 10s after finish' },
    });
    await time.advance(5 * SECOND);
    await executor.finish();
    time.setWall(new Date('2026-01-01T01:00:00Z'));
    await time.advance(9 * SECOND);
    expect(executor.requests).toHaveLength(1);
    await time.advance(2 * SECOND);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@01:00:10']);
    await stop();
  });

  it('does not wait for the clock to catch up after it was set back', async () => {
    const { time, executor, stop } = await rig({ poll: { when: 'every 10s after finish' } });
    await executor.finish();
    time.setWall(new Date('2025-12-31T12:00:00Z'));
    await time.advance(30 * SECOND);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    await stop();
  });
});

describe('a clock that is set back while a run is going', () => {
  it('is noticed when the run ends, not when the next timer does', async () => {
    const { time, executor, stop } = await rig({ beat: { when: 'every 1s' } });
    await time.advance(500);
    time.setWall(new Date('2025-12-31T23:00:00Z'));
    await executor.finish();
    await time.advance(SECOND);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    await stop();
  });
});

describe('a clock that is set, or stands still, before a run ends', () => {
  it.each<[string, (time: FakeClock) => void]>([
    ['set forward by 90 days', (time) => time.setWall(new Date(time.now().getTime() + 90 * 24 * HOUR))],
    ['set back by an hour', (time) => time.setWall(new Date(time.now().getTime() - HOUR))],
    ['asleep for an hour', (time) => time.suspend(HOUR)],
  ])('does not change the wait after it: %s', async (_, change) => {
    const { time, executor, engine, stop } = await rig({ poll: { when: 'every 10m after finish' } });
    await time.advance(MINUTE);
    change(time);
    await executor.finish();
    const dueAt = new Date(time.now().getTime() + 10 * MINUTE);
    await time.advance(SECOND);
    expect(engine.next()?.at).toEqual(dueAt);
    await time.advance(10 * MINUTE - SECOND - 1);
    expect(executor.requests).toHaveLength(1);
    await time.advance(1);
    expect(executor.requests).toHaveLength(2);
    await executor.finish();
    await stop();
  });

  it('still says why moments were missed', async () => {
    const tasks = { poll: { when: 'every 10m after finish' }, hourly: { when: '0 * * * *' } };
    const { time, executor, events, records, stop } = await rig(tasks, { at: '2026-01-01T00:30:00Z' });
    await time.advance(MINUTE);
    time.setWall(new Date('2026-01-01T03:30:00Z'));
    await executor.finish();
    await time.advance(SECOND);
    while (executor.running > 0) await executor.finish();
    expect(await records()).toEqual(['succeeded@00:30:00', 'missed/clock@02:00:00 x2', 'succeeded@03:00:00']);
    expect(events.filter(({ type }) => type === 'clock-jumped')).toMatchObject([{ cause: 'clock' }]);
    await stop();
  });

  it('is not the reason of what is missed afterwards', async () => {
    const hourly = { when: '0 * * * *', policy: { missed: 'skip' as const } };
    const tasks = { poll: { when: 'every 10m after finish' }, hourly };
    const { time, executor, records, stop } = await rig(tasks, { at: '2026-01-01T00:30:00Z' });
    await time.advance(MINUTE);
    time.setWall(new Date('2026-01-01T00:59:50Z'));
    await executor.finish();
    await time.advance(0);
    time.stall(15 * SECOND);
    await time.advance(SECOND);
    expect(await records()).toEqual(['succeeded@00:30:00', 'missed/late@01:00:00 x1']);
    await stop();
  });
});

describe('a clock that is set back and then forward again', () => {
  it('misses nothing that had its run before', async () => {
    const { time, executor, records, stop } = await rig(
      { beat: { when: '*/10 * * * *' } },
      { at: '2026-01-01T00:00:01Z' },
    );
    for (let minute = 0; minute < 31; minute++) {
      await time.advance(MINUTE);
      while (executor.running > 0) await executor.finish();
    }
    time.setWall(new Date('2025-12-31T22:31:30Z'));
    await time.advance(MINUTE);
    time.setWall(new Date('2026-01-01T00:33:00Z'));
    await time.advance(MINUTE);
    while (executor.running > 0) await executor.finish();
    expect(await records()).toEqual(['10', '20', '30'].map((minute) => `succeeded@00:${minute}:00`));
    await stop();
  });
});

describe('everybody at once', () => {
  it('starts as many as may run, and all others in their turn', async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`job-${index}`, { when: '0 * * * *' }]),
    );
    const { time, executor, runs, stop, engine } = await rig(tasks, {
      maxRunning: 256,
      at: '2026-01-01T00:59:59Z',
    });
    await time.advance(SECOND);
    expect(executor.running).toBe(256);
    while (executor.running > 0) {
      expect(executor.running).toBeLessThanOrEqual(256);
      await executor.finish();
    }
    expect(executor.requests).toHaveLength(10_000);
    const all = await runs();
    expect(all.filter(({ status }) => status === 'succeeded')).toHaveLength(10_000);
    await stop();
    expect(await engine.done).toMatchObject({ ended: 10_000 });
  });

  it('counts those that are claimed and not started yet, whenever another one is asked for', async () => {
    let ask: (() => void) | undefined;
    const store = withClaim(createMemoryStore(), async (claims, go) => {
      const answers = await go(claims);
      ask?.();
      return answers;
    });
    const tasks = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, { when: 'every 1h' }]));
    const { executor, engine, stop } = await rig(tasks, { store, maxRunning: 2 });
    await executor.finish();
    const [job] = engine.jobs().filter(({ job: { task } }) => task.id === 'a');
    if (job === undefined) throw new Error('there is no job');
    ask = () => {
      ask = undefined;
      // In each of the steps in which what was claimed comes back.
      let step = Promise.resolve();
      for (let count = 0; count < 10; count++)
        step = step.then(() => void engine.trigger({ job: job.job, trigger: 'manual' }));
    };
    await Promise.all([executor.finish(), executor.finish()]);
    expect(executor.running).toBe(2);
    while (executor.running > 0) {
      await executor.finish();
      expect(executor.running).toBeLessThanOrEqual(2);
    }
    await stop();
  });

  it('does not pile up runs of a job that waits for room', async () => {
    const { time, executor, records, stop } = await rig(
      { long: { when: 'in 0s' }, short: { when: 'every 10s' } },
      { maxRunning: 1, at: '2026-01-01T00:00:01Z' },
    );
    await time.advance(39 * SECOND);
    expect(executor.requests).toHaveLength(1);
    await executor.finish();
    await executor.finish();
    expect((await records()).slice(1)).toEqual([
      'succeeded@00:00:10',
      'skipped/overlap@00:00:20',
      'skipped/overlap@00:00:30',
      'skipped/overlap@00:00:40',
    ]);
    await stop();
  });
});

describe('those that wait when supertask is told to stop', () => {
  it('are recorded as skipped before it ends', async () => {
    const { time, executor, records, engine, stop } = await rig({
      slow: { when: 'every 1m', policy: { overlap: 'queue' } },
    });
    await time.advance(MINUTE);
    await stop();
    expect(await records()).toEqual(['failed/stopped@00:00:00', 'skipped/operator@00:01:00']);
    expect(executor.requests).toHaveLength(1);
    expect(await engine.done).toMatchObject({ reason: 'test' });
  });

  it('are not started when the claim comes back after the stop', async () => {
    let answer = (): void => {};
    const store = withClaim(createMemoryStore(), async (claims, go) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return go(claims);
    });
    const { time, executor, records, engine } = await rig({ beat: { when: 'every 1m' } }, { store });
    engine.stop('SIGTERM', 'SIGTERM');
    answer();
    await time.advance(0);
    expect(executor.requests).toEqual([]);
    expect(await records()).toEqual(['skipped/operator@00:00:00']);
    expect(await engine.done).toMatchObject({ reason: 'SIGTERM', ended: 0 });
  });
});

describe('those that waited when supertask was killed', () => {
  it('are run by the next one, in order, and the record of the first try says why', async () => {
    const store = createMemoryStore();
    const slow = { slow: { when: 'every 1m', policy: { overlap: 'queue' } } } as const;
    const writers: Writer[] = [];
    const killable: Store = {
      ...store,
      async open(...args) {
        const writer = await store.open(...args);
        writers.push(writer);
        return writer;
      },
    };
    const first = await rig(slow, { store: killable });
    await first.time.advance(MINUTE);
    // The memory store knows no processes: to it, a writer that closes with open runs was killed. Its time ends here.
    await writers[0]?.close('killed');
    const second = await rig(slow, { store, at: '2026-01-01T00:01:10Z' });
    const { executor } = second;
    expect(
      executor.requests.map(({ context }) => [context.scheduledAt.toISOString(), context.attempt]),
    ).toEqual([['2026-01-01T00:01:00.000Z', 2]]);
    await executor.finish();
    expect([...(await second.records())].sort()).toEqual([
      'errored/lost@00:00:00',
      'errored/lost@00:01:00',
      'succeeded@00:01:00',
    ]);
    await second.stop();
  });
});

describe('a reporter that throws', () => {
  it('harms no run', async () => {
    const { time, executor, records, stop } = await rig(
      { beat: { when: 'every 10s' } },
      {
        report() {
          throw new Error('the screen is on fire');
        },
      },
    );
    await executor.finish();
    await time.advance(10 * SECOND);
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00', 'succeeded@00:00:10']);
    await stop();
  });

  it('harms none either when it fails later', async () => {
    const { executor, records, stop } = await rig(
      { beat: { when: 'every 10s' } },
      { report: () => Promise.reject(new Error('later')) },
    );
    await executor.finish();
    expect(await records()).toEqual(['succeeded@00:00:00']);
    await stop();
  });
});

describe('a machine that sleeps for long', () => {
  it('finds its jobs within their deadline, each once', async () => {
    const { time, executor, records, stop } = await rig(
      { hourly: { when: '0 * * * *' }, nightly: { when: '30 1 * * *' } },
      { at: '2026-01-01T00:30:00Z' },
    );
    time.suspend(3 * HOUR);
    await time.advance(30 * SECOND);
    while (executor.running > 0) await executor.finish();
    expect([...(await records())].sort()).toEqual([
      'missed/asleep@01:30:00 x1',
      'missed/asleep@02:00:00 x2',
      'succeeded@03:00:00',
    ]);
    await stop();
  });
});
