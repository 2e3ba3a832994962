/** Several schedulers of one namespace, each with its own engine: who runs, who waits, and in which order. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeExecutor, type FakeExecutor } from '../support/fake-executor.ts';
import { type Rig, rig, type TaskSketch } from '../support/rig.ts';

const SECOND = 1_000;

type Crew = {
  readonly members: readonly Rig[];
  readonly executors: readonly FakeExecutor[];
  readonly advance: (ms: number) => Promise<void>;
  readonly running: () => number;
  readonly finish: () => Promise<void>;
  /** Due instants of the runs that were started, in the order of their start, as `MM:SS`. */
  readonly started: () => readonly string[];
  readonly stop: () => Promise<void>;
};

async function crew(
  policy: Partial<Policy>,
  options: { readonly size?: number; readonly when?: string; readonly at?: string } = {},
): Promise<Crew> {
  const { size = 3, when = 'every 10s', at = '2026-01-01T00:00:00Z' } = options;
  const store = createMemoryStore();
  const time = createFakeClock(new Date(at));
  const tasks: Record<string, TaskSketch> = { job: { when, policy } };
  const order: string[] = [];
  const executors = Array.from({ length: size }, () => {
    const executor = createFakeExecutor();
    const { start } = executor;
    executor.start = (request) => {
      order.push(request.context.scheduledAt.toISOString().slice(14, 19));
      return start(request);
    };
    return executor;
  });
  const members: Rig[] = [];
  for (const executor of executors) members.push(await rig(tasks, { store, time, executor }));
  return {
    members,
    executors,
    advance: (ms) => time.advance(ms),
    running: () => executors.reduce((sum, { running }) => sum + running, 0),
    async finish() {
      await executors.find(({ running }) => running > 0)?.finish();
    },
    started: () => order,
    async stop() {
      for (const member of members) member.engine.stop('test');
      await time.advance(0);
    },
  };
}

describe('three schedulers of one timetable, and a job longer than its period', () => {
  it('skip: one run lives, and each moment that is skipped has one record', async () => {
    const { members, advance, finish, running, stop } = await crew({ overlap: 'skip' });
    await advance(20 * SECOND);
    expect(running()).toBe(1);
    await finish();
    await advance(10 * SECOND);
    expect(await members[0]?.records()).toEqual([
      'succeeded@00:00:00',
      'skipped/overlap@00:00:10',
      'skipped/overlap@00:00:20',
      'running@00:00:30',
    ]);
    await stop();
  });

  it('skip with room for two: two runs live, and the next is skipped by all', async () => {
    const { members, advance, finish, running, stop } = await crew({ overlap: 'skip', maxRunning: 2 });
    await advance(20 * SECOND);
    expect(running()).toBe(2);
    await finish();
    await finish();
    await advance(10 * SECOND);
    expect(await members[0]?.records()).toEqual([
      'succeeded@00:00:00',
      'succeeded@00:00:10',
      'skipped/overlap@00:00:20',
      'running@00:00:30',
    ]);
    await stop();
  });

  it('queue: one run lives, one waits, and starts when the first has ended, wherever that was', async () => {
    const { members, advance, finish, running, started, stop } = await crew({ overlap: 'queue' });
    await advance(25 * SECOND);
    expect(running()).toBe(1);
    expect(await members[1]?.records()).toEqual([
      'running@00:00:00',
      'waiting@00:00:10',
      'skipped/overlap@00:00:20',
    ]);
    await finish();
    await advance(250);
    expect(running()).toBe(1);
    expect(started()).toEqual(['00:00', '00:10']);
    await finish();
    await advance(SECOND);
    expect(running()).toBe(0);
    await stop();
  });

  it('parallel: each moment runs once, beside the others', async () => {
    const { advance, running, started, stop } = await crew({ overlap: 'parallel' });
    await advance(20 * SECOND);
    expect(running()).toBe(3);
    expect(started()).toEqual(['00:00', '00:10', '00:20']);
    await stop();
  });

  it('replace: the owner of the old run ends it, and then the new one starts', async () => {
    const { members, advance, running, started, stop, executors } = await crew({ overlap: 'replace' });
    await advance(10 * SECOND);
    await advance(250);
    expect(running()).toBe(1);
    expect(started()).toEqual(['00:00', '00:10']);
    expect(executors.flatMap(({ signals }) => signals)).toEqual(['SIGTERM']);
    expect(await members[2]?.records()).toEqual(['failed/stopped@00:00:00', 'running@00:00:10']);
    await stop();
  });

  it('missed: all: the missed ones run oldest first and one at a time', async () => {
    const { members, advance, finish, running, started, stop } = await crew(
      { missed: 'all' },
      { at: '2026-01-01T00:00:01Z' },
    );
    members[0]?.time.suspend(55 * SECOND);
    await advance(30 * SECOND);
    for (let round = 0; round < 20; round++) {
      expect(running()).toBeLessThanOrEqual(1);
      await finish();
      await advance(250);
    }
    expect(started().slice(0, 5)).toEqual(['00:10', '00:20', '00:30', '00:40', '00:50']);
    await stop();
  });
});

describe('a run of a supertask that does not end it', () => {
  it('is ended from outside when it is to be replaced', async () => {
    const store = createMemoryStore();
    const time = createFakeClock(new Date('2026-01-01T00:00:00Z'));
    const other = createFakeExecutor({ obeys: false });
    // It knows the job, and not the schedule that replaces its run.
    const first = await rig({ job: { when: 'in 0s' } }, { store, time, executor: other });
    await time.advance(SECOND);
    const own = createFakeExecutor();
    const policy = { overlap: 'replace' } as const;
    const second = await rig(
      { job: { when: 'every 10s', policy } },
      { store, time, executor: own, at: '2026-01-01T00:00:00Z' },
    );
    await time.advance(8 * SECOND);
    expect(own.signals).toEqual([]);
    await time.advance(2_600);
    expect(own.signals).toEqual(['SIGTERM to 4000001']);
    expect(own.requests).toHaveLength(0);
    await other.finish({ status: 'failed', reason: 'signal', signal: 'SIGTERM' });
    await time.advance(250);
    expect(own.requests).toHaveLength(1);
    second.engine.stop('test');
    first.engine.stop('test');
    await time.advance(0);
  });
});
