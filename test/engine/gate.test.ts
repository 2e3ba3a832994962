/** Runs that are held back: by conditions, by other tasks, by pools. */
import { describe, expect, it } from 'vitest';
import type { Dependency, Gate } from '../../src/model/gate.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { type Rig, rig } from '../support/rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A second after an instant of every schedule here: nothing is due at once. */
const START = '2026-01-01T00:00:01Z';
const CONDITION: Gate['conditions'] = [{ kind: 'file', path: '/flag', newerMs: undefined }];

function comesAfter(task: string, change: Partial<Dependency> = {}): Dependency {
  return { task, args: {}, outcomes: ['succeeded'], withinMs: undefined, exist: false, ...change };
}

const last = async (one: Awaited<ReturnType<typeof rig>>, job: string) =>
  (await one.runs()).filter((run) => run.job === job).at(-1);

describe('a condition', () => {
  it('that does not hold skips the run, and says which and what was found', async () => {
    const look = async () => ({ holds: false, found: 'it is not there' });
    const one = await rig(
      { job: { when: 'every 10s', gate: { conditions: CONDITION } } },
      { at: START, look },
    );
    await one.time.advance(9 * SECOND);
    expect(await last(one, 'job')).toMatchObject({
      status: 'skipped',
      reason: 'condition',
      evidence: { condition: 'file /flag', found: 'it is not there' },
    });
    expect(one.executor.requests).toHaveLength(0);
    await one.stop();
  });

  it('is waited for, looked at again, and the run starts when it holds', async () => {
    let looks = 0;
    const look = async () => ({ holds: ++looks > 3, found: 'not yet' });
    const gate = { conditions: CONDITION, waitMs: MINUTE, everyMs: 2 * SECOND };
    const one = await rig({ job: { when: 'every 1h', gate } }, { at: '2026-01-01T00:59:59Z', look });
    await one.time.advance(SECOND);
    expect(await last(one, 'job')).toMatchObject({
      status: 'waiting',
      evidence: { waitingFor: 'file /flag' },
    });
    await one.time.advance(5 * SECOND);
    expect(one.executor.running).toBe(0);
    await one.time.advance(SECOND);
    expect(one.executor.running).toBe(1);
    expect(looks).toBe(4);
    expect(await last(one, 'job')).toMatchObject({ scheduledAt: new Date('2026-01-01T01:00:00Z') });
    await one.stop();
  });

  it('that never comes true ends the run when it has waited long enough', async () => {
    const look = async () => ({ holds: false, found: 'no' });
    const gate = { conditions: CONDITION, waitMs: 5 * SECOND, everyMs: 2 * SECOND };
    const one = await rig({ job: { when: 'every 1h', gate } }, { at: '2026-01-01T00:59:59Z', look });
    await one.time.advance(6 * SECOND);
    expect(await last(one, 'job')).toMatchObject({
      status: 'errored',
      reason: 'wait-timeout',
      message: 'waited too long for file /flag: no',
    });
    expect(one.told()).toContain('run-finished');
    await one.stop();
  });

  it('holds back the next moment of the job as a run that is going would', async () => {
    const look = async () => ({ holds: false, found: 'no' });
    const gate = { conditions: CONDITION, waitMs: MINUTE };
    const one = await rig({ job: { when: 'every 10s', gate } }, { at: START, look });
    await one.time.advance(19 * SECOND);
    expect(await one.records()).toEqual(['waiting@00:00:10', 'skipped/overlap@00:00:20']);
    await one.stop();
  });

  it('is waited for by one run of the job and one behind it, however often it is due', async () => {
    const look = async () => ({ holds: false, found: 'no' });
    const gate = { conditions: CONDITION, waitMs: MINUTE };
    const job = { when: 'every 10s', policy: { overlap: 'queue' as const }, gate };
    const one = await rig({ job }, { at: START, look });
    await one.time.advance(39 * SECOND);
    expect(await one.records()).toEqual([
      'waiting@00:00:10',
      'waiting@00:00:20',
      'skipped/overlap@00:00:30',
      'skipped/overlap@00:00:40',
    ]);
    await one.stop();
  });

  it('does not keep back who asks by hand', async () => {
    const look = async () => ({ holds: false, found: 'no' });
    const one = await rig(
      { job: { when: 'every 1h', gate: { conditions: CONDITION } } },
      { at: START, look },
    );
    const [first] = one.engine.jobs();
    if (first === undefined) throw new Error('no job');
    const asked = one.engine.trigger({ job: first.job, trigger: 'manual' });
    await one.time.advance(0);
    expect(await asked).toMatchObject({ kind: 'started' });
    await one.stop();
  });

  it('is waited for across a restart, and what was waited before counts', async () => {
    const time = createFakeClock(new Date('2026-01-01T00:59:59Z'));
    const store = createMemoryStore({ now: () => time.now() });
    const look = async () => ({ holds: false, found: 'no' });
    const tasks = { job: { when: 'every 1h', gate: { conditions: CONDITION, waitMs: 10 * SECOND } } };
    const first = await rig(tasks, { store, time, look });
    await time.advance(5 * SECOND);
    await first.stop();
    expect(await last(first, 'job')).toMatchObject({ status: 'waiting' });
    const second = await rig(tasks, { store, time, look });
    await time.advance(4 * SECOND);
    expect(await last(second, 'job')).toMatchObject({ status: 'waiting' });
    await time.advance(3 * SECOND);
    expect(await last(second, 'job')).toMatchObject({ status: 'errored', reason: 'wait-timeout' });
    expect(await second.runs()).toHaveLength(1);
    await second.stop();
  });

  it('that was waited for before a restart comes before what is due at it', async () => {
    const [store, time] = [createMemoryStore(), createFakeClock(new Date(START))];
    let holds = false;
    const look = async () => ({ holds, found: 'no' });
    const gate = { conditions: CONDITION, waitMs: MINUTE };
    const tasks = { job: { when: 'every 1h from start', gate } };
    const first = await rig(tasks, { store, time, look });
    await first.stop();
    await time.advance(SECOND);
    holds = true;
    const second = await rig(tasks, { store, time, look });
    await time.advance(SECOND);
    expect(second.executor.requests.map(({ context }) => context.scheduledAt.toISOString())).toEqual([
      new Date(START).toISOString(),
    ]);
    expect(await second.records()).toEqual(['running@00:00:01', 'skipped/overlap@00:00:02']);
    await second.stop();
  });
});

describe('after another task', () => {
  it('a task with a schedule waits for what is due together with it', async () => {
    const one = await rig(
      { etl: { when: 'every 10s' }, report: { when: 'every 10s', gate: { after: [comesAfter('etl')] } } },
      { at: START },
    );
    await one.time.advance(9 * SECOND);
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['etl']);
    await one.executor.finish();
    await one.time.advance(0);
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['etl', 'report']);
    await one.executor.finish();
    await one.time.advance(10 * SECOND);
    // The success of ten seconds ago does not count for this one.
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['etl', 'report', 'etl']);
    await one.stop();
  });

  it('one without a schedule runs after each end that is meant, and says which run led to it', async () => {
    const one = await rig(
      {
        etl: { when: 'every 10s' },
        alarm: { gate: { after: [comesAfter('etl', { outcomes: ['failed'] })] } },
      },
      { at: START },
    );
    await one.time.advance(9 * SECOND);
    await one.executor.finish();
    await one.time.advance(10 * SECOND);
    await one.executor.finish({ status: 'failed', reason: 'exit-code', exitCode: 3 });
    await one.time.advance(0);
    const failed = (await one.runs()).find(({ status }) => status === 'failed');
    expect(await last(one, 'alarm')).toMatchObject({
      trigger: 'dependency',
      cause: { run: failed?.id, kind: 'dependency' },
    });
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['etl', 'etl', 'alarm']);
    await one.stop();
  });

  it('in a chain, each waits for the one before', async () => {
    const one = await rig(
      {
        a: { when: 'every 1h' },
        b: { gate: { after: [comesAfter('a')] } },
        c: { gate: { after: [comesAfter('b'), comesAfter('a')] } },
      },
      { at: '2026-01-01T00:59:59Z' },
    );
    await one.time.advance(SECOND);
    for (let count = 0; count < 3; count++) {
      await one.executor.finish();
      await one.time.advance(0);
    }
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['a', 'b', 'c']);
    await one.stop();
  });

  it('exist gives up at once where nothing can satisfy it any more', async () => {
    const one = await rig(
      {
        etl: { when: 'at 2026-01-01T00:00:05Z' },
        report: { when: 'every 1h', gate: { after: [comesAfter('etl', { exist: true })] } },
      },
      { at: START },
    );
    await one.time.advance(4 * SECOND);
    await one.executor.finish({ status: 'failed', reason: 'exit-code', exitCode: 1 });
    await one.time.advance(60 * MINUTE);
    expect(await last(one, 'report')).toMatchObject({ status: 'errored', reason: 'dependency' });
    await one.stop();
  });
});

describe('a clock that is set back while a run is held back', () => {
  const setBack = async ({ time }: Rig): Promise<void> => {
    time.setWall(new Date(time.now().getTime() - 60 * MINUTE));
    await time.advance(30 * SECOND);
  };

  it('does not keep its condition from being looked at as often as before', async () => {
    let looks = 0;
    let holds = false;
    const look = async () => {
      looks++;
      return { holds, found: 'no' };
    };
    const gate = { conditions: CONDITION, waitMs: 6 * 60 * MINUTE, everyMs: 5 * SECOND };
    const one = await rig({ job: { when: '0 1 * * *', gate } }, { at: '2026-01-01T00:59:59Z', look });
    await one.time.advance(SECOND);
    await setBack(one);
    looks = 0;
    await one.time.advance(10 * SECOND);
    expect(looks).toBe(2);
    holds = true;
    await one.time.advance(5 * SECOND);
    expect(await one.records()).toEqual(['running@01:00:00']);
    await one.stop();
  });

  it('does not keep it from a pool that another scheduler leaves', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const gate = { pools: [{ name: 'db', max: 1 }] };
    const other = await rig({ other: { when: 'in 0s', gate } }, { store, time });
    const one = await rig({ job: { when: 'in 0s', gate } }, { store, time });
    expect(await last(one, 'job')).toMatchObject({ status: 'waiting', evidence: { pool: 'db' } });
    await setBack(one);
    await other.executor.finish();
    await time.advance(SECOND);
    expect(await last(one, 'job')).toMatchObject({ status: 'running' });
    await one.stop();
    await other.stop();
  });
});

describe('a pool', () => {
  it('is shared by tasks: who comes second waits until there is room', async () => {
    const pools = [{ name: 'db', max: 1 }];
    const one = await rig(
      { a: { when: 'every 10s', gate: { pools } }, b: { when: 'every 10s', gate: { pools } } },
      { at: START },
    );
    await one.time.advance(9 * SECOND);
    expect(one.executor.running).toBe(1);
    await one.executor.finish();
    await one.time.advance(0);
    expect(one.executor.running).toBe(1);
    expect(new Set(one.executor.requests.map(({ context }) => context.job))).toEqual(new Set(['a', 'b']));
    await one.stop();
  });

  it('holds over two schedulers of one namespace', async () => {
    const [store, time] = [createMemoryStore(), createFakeClock(new Date(START))];
    const gate = { pools: [{ name: 'db', max: 1 }] };
    const executors = [createFakeExecutor(), createFakeExecutor()];
    const members = [];
    for (const [index, executor] of executors.entries()) {
      const tasks = {
        [`job${index}`]: { when: 'every 10s', gate },
        [`job${1 - index}`]: { when: 'every 1h', gate },
      };
      members.push(await rig(tasks, { store, time, executor }));
    }
    await time.advance(9 * SECOND);
    await time.advance(2 * SECOND);
    const running = executors.map((executor) => executor.running);
    expect(running.reduce((sum, each) => sum + each, 0)).toBe(1);
    await executors.find((executor) => executor.running > 0)?.finish();
    await time.advance(2 * SECOND);
    expect(executors.map(({ requests }) => requests.length)).toEqual([1, 1]);
    for (const member of members) member.engine.stop('test');
    await time.advance(0);
  });

  it('has as many runs of different timetables as places, and who waits longest is next', async () => {
    const [store, time] = [createMemoryStore(), createFakeClock(new Date('2026-01-01T00:00:00Z'))];
    const gate = { pools: [{ name: 'db', max: 2 }] };
    const order: string[] = [];
    const executors = Array.from({ length: 4 }, () => createFakeExecutor());
    const members: Awaited<ReturnType<typeof rig>>[] = [];
    for (const [index, executor] of executors.entries()) {
      const { start } = executor;
      executor.start = (request) => {
        order.push(request.context.job);
        return start(request);
      };
      const tasks = { [`job${index}`]: { when: { every: '1m', phase: `${index + 1}s` }, gate } };
      members.push(await rig(tasks, { store, time, executor }));
    }
    const running = () => executors.reduce((sum, each) => sum + each.running, 0);
    await time.advance(4 * SECOND);
    expect(running()).toBe(2);
    expect(await last(members[3] as (typeof members)[number], 'job3')).toMatchObject({
      status: 'waiting',
      evidence: { waitingFor: 'room in pool db', pool: 'db' },
    });
    const due = ['job0', 'job1', 'job2', 'job3'];
    for (let left = due.length - 1; left >= 0; left--) {
      await executors.find((each) => each.running > 0)?.finish();
      await time.advance(SECOND);
      expect(running()).toBe(Math.min(2, left));
    }
    expect(order).toEqual(due);
    for (const member of members) member.engine.stop('test');
    await time.advance(0);
  });

  it('keeps the wait of a run over a restart, with its conditions done and its time counted', async () => {
    const [store, time] = [createMemoryStore(), createFakeClock(new Date(START))];
    let holds = true;
    const look = async () => ({ holds, found: 'no' });
    const pools = [{ name: 'db', max: 1 }];
    const other = await rig({ other: { when: 'in 0s', gate: { pools } } }, { store, time });
    const tasks = { job: { when: 'every 10s', gate: { pools, conditions: CONDITION, waitMs: MINUTE } } };
    const first = await rig(tasks, { store, time, look });
    await time.advance(9 * SECOND);
    expect(await last(first, 'job')).toMatchObject({ status: 'waiting', evidence: { pool: 'db' } });
    holds = false;
    await first.stop();
    const second = await rig(tasks, { store, time, look });
    await time.advance(SECOND);
    await other.executor.finish();
    await time.advance(SECOND);
    expect(second.executor.requests.map(({ context }) => context.scheduledAt.toISOString())).toEqual([
      '2026-01-01T00:00:10.000Z',
    ]);
    await second.stop();
    await other.stop();
  });

  const BUSY = { when: 'in 0s', gate: { pools: [{ name: 'db', max: 1 }] } };

  it.each([
    ['is stopped', { waitMs: undefined }, 'skipped/operator@00:00:10'],
    ['has waited too long', { waitMs: 15 * SECOND }, 'errored/wait-timeout@00:00:10'],
  ])('lets the run that waits behind one of its job go on when that %s', async (_, wait, end) => {
    const gate = { ...BUSY.gate, ...wait };
    const tasks = { busy: BUSY, job: { when: 'every 10s', policy: { overlap: 'queue' as const }, gate } };
    const one = await rig(tasks, { at: START });
    await one.time.advance(20 * SECOND);
    const first = (await one.runs()).find(({ job }) => job === 'job');
    if (wait.waitMs === undefined) await one.engine.stopRun(first?.id ?? '', {});
    await one.time.advance(6 * SECOND);
    await one.executor.finish();
    await one.time.advance(SECOND);
    expect(await one.records()).toEqual(['succeeded@00:00:01', end, 'running@00:00:20']);
    await one.stop();
  });

  it('is waited for by the last of those that replace each other', async () => {
    const job = { when: 'every 10s', policy: { overlap: 'replace' as const }, gate: BUSY.gate };
    const one = await rig({ busy: BUSY, job }, { at: START });
    await one.time.advance(22 * SECOND);
    expect(await one.records()).toEqual(['running@00:00:01', 'skipped/overlap@00:00:10', 'waiting@00:00:20']);
    expect((await one.runs())[1]?.evidence).toMatchObject({ replacedBy: '2026-01-01T00:00:20.000Z' });
    await one.executor.finish();
    await one.time.advance(SECOND);
    expect((await one.records()).at(-1)).toBe('running@00:00:20');
    await one.stop();
  });

  it('ends the wait that is too long', async () => {
    const pools = [{ name: 'db', max: 1 }];
    const late = { when: { every: '1m', phase: '11s' }, gate: { pools, waitMs: 5 * SECOND } };
    const one = await rig({ a: { when: 'every 10s', gate: { pools } }, late }, { at: START });
    await one.time.advance(16 * SECOND);
    expect(await last(one, 'late')).toMatchObject({
      status: 'errored',
      reason: 'wait-timeout',
      message: expect.stringMatching(/^waited too long for room in pool db: run \S+ of a has a place$/),
    });
    await one.stop();
  });

  it('serves a thousand that wait, in their order', async () => {
    const pools = [{ name: 'db', max: 2 }];
    const ids = Array.from({ length: 1_000 }, (_, index) => `job${index}`);
    const one = await rig(Object.fromEntries(ids.map((id) => [id, { when: 'every 1h', gate: { pools } }])), {
      at: '2026-01-01T00:59:59Z',
      maxRunning: 500,
    });
    await one.time.advance(SECOND);
    while (one.executor.running > 0) {
      expect(one.executor.running).toBeLessThanOrEqual(2);
      await one.executor.finish();
      await one.time.advance(0);
    }
    expect(one.executor.requests).toHaveLength(1_000);
    const started = one.executor.requests.map(({ runId }) => runId);
    expect(started.slice(2)).toEqual([...started.slice(2)].sort());
    await one.stop();
  });

  it('when-idle waits until nothing else is going', async () => {
    const one = await rig(
      { busy: { when: 'every 1h from start' }, idle: { when: 'every 10s', gate: { whenIdle: true } } },
      { at: START },
    );
    await one.time.advance(15 * SECOND);
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['busy']);
    await one.executor.finish();
    await one.time.advance(0);
    expect(one.executor.requests.map(({ context }) => context.job)).toEqual(['busy', 'idle']);
    await one.stop();
  });
});

describe('limits of one job', () => {
  it('max-running lets so many go at once', async () => {
    const one = await rig({ job: { when: 'every 10s', policy: { maxRunning: 2 } } }, { at: START });
    await one.time.advance(39 * SECOND);
    expect(await one.records()).toEqual([
      'running@00:00:10',
      'running@00:00:20',
      'skipped/overlap@00:00:30',
      'skipped/overlap@00:00:40',
    ]);
    await one.stop();
  });

  it('skip-duplicate does not queue what waits or is going already', async () => {
    const policy = { overlap: 'queue', skipDuplicate: true } as const;
    const one = await rig({ job: { when: 'every 10s', policy } }, { at: START });
    await one.time.advance(19 * SECOND);
    expect(await one.records()).toEqual(['running@00:00:10', 'skipped/duplicate@00:00:20']);
    await one.stop();
  });
});
