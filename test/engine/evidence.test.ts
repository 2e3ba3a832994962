/** What the records of skipped and missed moments say of their cause. */
import { expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { rig } from '../support/rig.ts';

const HOUR = 3_600_000;

/** A store whose disk is full while `isFull` says so. */
function fullStore(isFull: () => boolean): Store {
  const store = createMemoryStore();
  return {
    ...store,
    async open(id, origin, options) {
      const writer = await store.open(id, origin, options);
      return {
        ...writer,
        async claim(claims) {
          if (isFull()) throw new SupertaskError('STATE_UNAVAILABLE', 'cannot write to the journal: ENOSPC');
          return writer.claim(claims);
        },
      };
    },
  };
}

it('names the process in the way, since when and for how long', async () => {
  const { time, runs, stop } = await rig({ slow: { when: 'every 10s' } });
  await time.advance(10_000);
  const [first, second] = await runs();
  expect(second).toMatchObject({
    status: 'skipped',
    reason: 'overlap',
    evidence: { run: first?.id, pid: 4_000_001, since: '2026-01-01T00:00:00.000Z', runningMs: 10_000 },
  });
  await stop();
});

it('names the run of another scheduler as well, and does not call a skipped run started', async () => {
  const store = createMemoryStore();
  const time = createFakeClock(new Date('2026-01-01T00:00:00Z'));
  const first = await rig({ slow: { when: 'every 1h from start' } }, { store, time });
  await time.advance(5_000);
  const second = await rig({ slow: { when: 'every 1h from start' } }, { store, time });
  const skipped = (await second.runs()).find(({ status }) => status === 'skipped');
  expect(skipped?.evidence).toMatchObject({
    pid: 4_000_001,
    since: '2026-01-01T00:00:00.000Z',
    runningMs: 5_000,
  });
  expect(skipped).not.toHaveProperty('startedAt');
  expect(skipped?.endedAt?.toISOString()).toBe('2026-01-01T00:00:05.000Z');
  await second.stop();
  await first.stop();
});

it('says from when to when supertask was not running', async () => {
  const time = createFakeClock(new Date('2026-01-01T00:00:00.500Z'));
  const store = createMemoryStore({ now: time.now });
  const tasks = { beat: { when: 'every 1m', policy: { missed: 'skip' } } } as const;
  const first = await rig(tasks, { store, time });
  await time.advance(90_000);
  await first.executor.finish();
  await first.stop();
  time.suspend(10 * 60_000);
  const second = await rig(tasks, { store, time });
  expect((await second.runs()).at(-1)).toMatchObject({
    status: 'missed',
    reason: 'down',
    count: 10,
    firstAt: new Date('2026-01-01T00:02:00Z'),
    lastAt: new Date('2026-01-01T00:11:00Z'),
    evidence: { from: '2026-01-01T00:01:30.500Z', until: '2026-01-01T00:11:30.500Z', policy: 'skip' },
  });
  await second.stop();
});

it('says from when to when the machine was asleep, and that the deadline had passed', async () => {
  const { time, runs, stop } = await rig({ daily: { when: '@daily' } }, { at: '2026-01-01T22:00:00Z' });
  time.suspend(6 * HOUR);
  await time.advance(30_000);
  expect((await runs())[0]?.evidence).toEqual({
    from: '2026-01-01T22:00:00.000Z',
    until: '2026-01-02T04:00:30.000Z',
    policy: 'latest',
    deadlineMs: HOUR,
  });
  await stop();
});

it('says since when supertask stood still', async () => {
  const { time, executor, runs, stop } = await rig({ beat: { when: 'every 1m' } });
  await executor.finish();
  await time.advance(60_000);
  await executor.finish();
  time.stall(3 * 60_000);
  await time.advance(0);
  const missed = (await runs()).find(({ status }) => status === 'missed');
  expect(missed).toMatchObject({
    reason: 'late',
    evidence: { from: '2026-01-01T00:01:00.000Z', until: '2026-01-01T00:04:00.000Z' },
  });
  await stop();
});

it('says from when to when the state could not be written', async () => {
  let isFull = false;
  const store = fullStore(() => isFull);
  const { time, executor, events, runs, stop } = await rig({ beat: { when: 'every 10s' } }, { store });
  await executor.finish();
  isFull = true;
  await time.advance(35_000);
  isFull = false;
  await time.advance(10_000);
  await executor.finish();
  expect(events.filter(({ type }) => type === 'warning').length).toBeGreaterThan(0);
  const missed = (await runs()).filter(({ status }) => status === 'missed');
  expect(missed).toMatchObject([
    {
      reason: 'storage',
      firstAt: new Date('2026-01-01T00:00:10Z'),
      evidence: { from: '2026-01-01T00:00:10.000Z', until: '2026-01-01T00:00:40.000Z' },
    },
  ]);
  await stop();
});
