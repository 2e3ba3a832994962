/** Further attempts: when they are due, what they hold off, and how they survive a restart. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../../src/model/retry.ts';
import type { Outcome, Run } from '../../src/model/run.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { leaveLost, type Rig, rig } from '../support/rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A second after an instant of every schedule here: nothing is due at once. */
const START = '2026-01-01T00:00:01Z';
const BAD: Outcome = { status: 'failed', reason: 'exit-code', exitCode: 3 };

function retrying(retry: Partial<RetryPolicy> = {}, more: Partial<Policy> = {}): Partial<Policy> {
  return { ...more, retry: { ...DEFAULT_RETRY, delayMs: 10 * SECOND, factor: 1, ...retry } };
}

/** End what is going, badly. */
async function fail(one: Rig, outcome = BAD): Promise<void> {
  await one.executor.finish(outcome);
  await one.time.advance(0);
}

/** A store to which ends of runs come only when it is told. */
function slow(): { readonly store: Store; end(): void } {
  const memory = createMemoryStore();
  let end = (): void => {};
  const isTold = new Promise<void>((resolve) => {
    end = resolve;
  });
  const store: Store = {
    ...memory,
    async open(...given) {
      const writer = await memory.open(...given);
      return {
        ...writer,
        async record(change, options) {
          if (change.endedAt !== undefined) await isTold;
          return writer.record(change, options);
        },
      };
    },
  };
  return { store, end };
}

const summary = ({ status, reason, attempt, attempts, trigger }: Run): string =>
  `${attempt}/${attempts ?? '-'} ${trigger} ${status}${reason === undefined ? '' : `/${reason}`}`;

const story = async (one: Rig): Promise<string[]> =>
  [...(await one.runs())]
    .sort((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime() || a.attempt - b.attempt)
    .map(summary);

describe('a run that fails', () => {
  it('is on record as waiting at once, and tried again at its instant, up to so often', async () => {
    const one = await rig({ job: { when: 'every 1h', policy: retrying() } }, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    const [first, second] = await one.runs();
    expect(first).toMatchObject({ status: 'failed', attempt: 1, attempts: 3 });
    expect(second).toMatchObject({
      status: 'waiting',
      attempt: 2,
      trigger: 'retry',
      scheduledAt: first?.scheduledAt,
      cause: { run: first?.id, kind: 'retry' },
      evidence: { plannedFor: '2026-01-01T01:00:10.000Z' },
    });
    await one.time.advance(10 * SECOND - 1);
    expect(one.executor.running).toBe(0);
    await one.time.advance(1);
    expect(one.executor.running).toBe(1);
    expect(one.executor.requests.at(-1)?.env).toMatchObject({
      SUPERTASK_ATTEMPT: '2',
      SUPERTASK_ATTEMPTS: '3',
      SUPERTASK_TRIGGER: 'retry',
    });
    await fail(one);
    await one.time.advance(10 * SECOND);
    await fail(one);
    await one.time.advance(10 * MINUTE);
    expect(await story(one)).toEqual([
      '1/3 schedule failed/exit-code',
      '2/3 retry failed/exit-code',
      '3/3 retry failed/exit-code',
    ]);
    const result = await one.stop();
    expect(result).toMatchObject({ ended: 1, unsuccessful: 1, isCutShort: false });
  });

  it('is not tried again after a success, nor when it was stopped', async () => {
    const one = await rig({ job: { when: 'every 1m', policy: retrying() } }, { at: START });
    await one.time.advance(MINUTE - SECOND);
    await fail(one);
    await one.time.advance(10 * SECOND);
    await one.executor.finish();
    await one.time.advance(50 * SECOND);
    await fail(one, { status: 'failed', reason: 'stopped' });
    await one.time.advance(30 * SECOND);
    expect(await story(one)).toEqual([
      '1/3 schedule failed/exit-code',
      '2/3 retry succeeded',
      '1/3 schedule failed/stopped',
    ]);
    await one.stop();
  });

  it('waits on when the wall clock is set back, as long as it was to', async () => {
    const one = await rig({ job: { when: 'every 1h', policy: retrying() } }, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    one.time.setWall(new Date(one.time.now().getTime() - 10 * MINUTE));
    await one.time.advance(31 * SECOND);
    expect(one.executor.running).toBe(1);
    await one.stop();
  });
});

describe('a clock that is set while a run is going', () => {
  const steps = [90 * 24 * 60 * MINUTE, -10 * MINUTE];
  const set = ({ time }: Rig, byMs: number): void => time.setWall(new Date(time.now().getTime() + byMs));
  const next = async (one: Rig): Promise<Run | undefined> =>
    (await one.runs()).find(({ trigger }) => trigger === 'retry');

  it.each(steps)('leaves the wait before the next attempt as it is: by %d ms', async (byMs) => {
    const one = await rig({ job: { when: 'every 1h', policy: retrying() } }, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    set(one, byMs);
    await fail(one);
    const plannedFor = new Date(one.time.now().getTime() + 10 * SECOND).toISOString();
    expect(await next(one)).toMatchObject({ status: 'waiting', evidence: { plannedFor } });
    await one.time.advance(10 * SECOND - 1);
    expect(one.executor.running).toBe(0);
    await one.time.advance(1);
    expect(await next(one)).toMatchObject({ status: 'running' });
    await one.stop();
  });

  it.each(steps)('does so when it is noticed while the end is written: by %d ms', async (byMs) => {
    const { store, end } = slow();
    const retry = retrying({ delayMs: MINUTE });
    const one = await rig({ job: { when: 'every 1h', policy: retry } }, { at: START, store });
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    set(one, byMs);
    await one.time.advance(MINUTE - SECOND);
    end();
    await one.time.advance(SECOND - 1);
    expect(one.executor.running).toBe(0);
    await one.time.advance(1);
    expect(await next(one)).toMatchObject({ status: 'running' });
    await one.stop();
  });
});

describe('while a further attempt waits, the next moment', () => {
  const times = async (overlap: Policy['overlap']): Promise<Rig> => {
    const policy = retrying({ delayMs: 90 * SECOND }, { overlap });
    const one = await rig({ job: { when: 'every 1m', policy } }, { at: START });
    await one.time.advance(MINUTE - SECOND);
    await fail(one);
    await one.time.advance(MINUTE);
    return one;
  };

  it('is skipped under skip, and says what it waits for', async () => {
    const one = await times('skip');
    expect(one.executor.running).toBe(0);
    const skipped = (await one.runs()).find(({ status }) => status === 'skipped');
    expect(skipped).toMatchObject({
      reason: 'overlap',
      evidence: { plannedFor: '2026-01-01T00:02:30.000Z' },
    });
    await one.stop();
  });

  it('takes its place under replace', async () => {
    const one = await times('replace');
    expect(await story(one)).toEqual([
      '1/3 schedule failed/exit-code',
      '2/3 retry skipped/overlap',
      '1/3 schedule running',
    ]);
    await one.executor.finish();
    expect(await one.stop()).toMatchObject({ ended: 2, unsuccessful: 1 });
  });

  it('takes the place of the oldest under replace where two may go', async () => {
    const policy = retrying({ delayMs: 10 * MINUTE }, { overlap: 'replace', maxRunning: 2 });
    const one = await rig({ job: { when: 'every 1m', policy } }, { at: START });
    await one.time.advance(MINUTE - SECOND);
    await fail(one);
    await one.time.advance(MINUTE);
    await fail(one);
    await one.time.advance(MINUTE);
    expect(await story(one)).toEqual([
      '1/3 schedule failed/exit-code',
      '2/3 retry skipped/overlap',
      '1/3 schedule failed/exit-code',
      '2/3 retry waiting',
      '1/3 schedule running',
    ]);
    await one.stop();
  });

  it('waits behind it under queue, without asking again and again', async () => {
    const one = await times('queue');
    expect(await story(one)).toEqual([
      '1/3 schedule failed/exit-code',
      '2/3 retry waiting',
      '1/3 schedule waiting',
    ]);
    expect(one.time.waiting).toBe(1);
    await one.time.advance(30 * SECOND);
    expect(one.executor.requests.at(-1)?.context.attempt).toBe(2);
    await one.executor.finish();
    await one.time.advance(0);
    expect(one.executor.requests.at(-1)?.context).toMatchObject({ attempt: 1 });
    await one.stop();
  });

  it('waits behind it under queue also while it waits for a pool, and only one does', async () => {
    const gate = { pools: [{ name: 'db', max: 1 }] };
    const policy = retrying({ delayMs: 30 * SECOND }, { overlap: 'queue' });
    const jobs = { job: { when: 'every 1m', policy, gate }, other: { when: 'in 1m10s', gate } };
    const one = await rig(jobs, { at: START });
    const ofJob = async () => (await one.runs()).filter(({ job }) => job === 'job').map(summary);
    await one.time.advance(MINUTE - SECOND);
    await fail(one);
    await one.time.advance(MINUTE);
    const waiting = ['1/3 schedule failed/exit-code', '2/3 retry waiting', '1/3 schedule waiting'];
    expect(new Set(await ofJob())).toEqual(new Set(waiting));
    await one.time.advance(MINUTE);
    expect(new Set(await ofJob())).toEqual(new Set([...waiting, '1/- schedule skipped/overlap']));
    // The other's, then the two that waited, and the next moment, which finds nobody in its way.
    for (let ends = 0; ends < 3; ends++) {
      await one.executor.finish();
      await one.time.advance(SECOND);
    }
    await one.time.advance(MINUTE);
    expect((await ofJob()).at(-1)).toBe('1/3 schedule running');
    await one.stop();
  });

  it('runs beside it under parallel', async () => {
    const one = await times('parallel');
    expect(one.executor.running).toBe(1);
    await one.time.advance(30 * SECOND);
    expect(one.executor.running).toBe(2);
    await one.stop();
  });

  it('is held off in other schedulers of the namespace as well', async () => {
    const store = createMemoryStore();
    const time = createFakeClock(new Date(START));
    const policy = retrying({ delayMs: 90 * SECOND });
    const one = await rig({ job: { when: 'every 1m', policy } }, { store, time });
    await time.advance(MINUTE - SECOND);
    await fail(one);
    const other = await rig({ job: { when: 'every 1m', policy } }, { store, time });
    await time.advance(MINUTE);
    expect(one.executor.running + other.executor.running).toBe(0);
    await one.stop();
    await other.stop();
  });
});

it('can be called off while it waits; the attempt before was the last then', async () => {
  const one = await rig({ job: { when: 'every 1h', policy: retrying() } }, { at: START });
  await one.time.advance(60 * MINUTE - SECOND);
  await fail(one);
  const waiting = (await one.runs()).find(({ status }) => status === 'waiting');
  const stopped = one.engine.stopRun(waiting?.id ?? '', { by: 'ada' });
  await one.time.advance(0);
  expect(await stopped).toBe('dropped');
  await one.time.advance(MINUTE);
  expect(await story(one)).toEqual(['1/3 schedule failed/exit-code', '2/3 retry skipped/operator']);
  expect(await one.stop()).toMatchObject({ ended: 1, unsuccessful: 1 });
});

describe('a job that is taken out of its timetable', () => {
  const jobs = { gone: { when: 'every 1h', policy: retrying() }, stays: { when: 'every 1d' } } as const;
  const takeOut = ({ engine }: Rig): void =>
    engine.replaceJobs(engine.jobs().flatMap(({ job }) => (job.task.id === 'stays' ? [job] : [])));

  it('is not tried again, and the record of the attempt that waited says why', async () => {
    const one = await rig(jobs, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    takeOut(one);
    await one.time.advance(MINUTE);
    expect(await story(one)).toEqual(['1/3 schedule failed/exit-code', '2/3 retry skipped/operator']);
    expect((await one.runs()).at(-1)?.evidence).toMatchObject({
      cause: 'its job is in no timetable any more',
    });
    expect(await one.stop()).toMatchObject({ ended: 1, unsuccessful: 1 });
  });

  it('is not tried again when the run fails that was going', async () => {
    const one = await rig(jobs, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    takeOut(one);
    await fail(one);
    await one.time.advance(MINUTE);
    expect(await story(one)).toEqual(['1/3 schedule failed/exit-code']);
    await one.stop();
  });

  it('is tried again when it is only changed, as it was', async () => {
    const one = await rig(jobs, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    const changed = one.engine.jobs().map(({ job }) => ({ ...job, task: { ...job.task, name: 'other' } }));
    one.engine.replaceJobs(changed);
    await one.time.advance(10 * SECOND);
    expect(await story(one)).toEqual(['1/3 schedule failed/exit-code', '2/3 retry running']);
    await one.stop();
  });
});

describe('the last attempt is what counts', () => {
  it('for --until', async () => {
    const one = await rig(
      { job: { when: 'every 1h', policy: retrying() } },
      { at: START, campaign: { until: 'failure' } },
    );
    await one.time.advance(60 * MINUTE - SECOND);
    await fail(one);
    await one.time.advance(10 * SECOND);
    await one.executor.finish();
    await one.time.advance(MINUTE);
    expect((await one.stop()).verdict).toBe('missed');
  });

  it('for --times: attempts are no further runs, and are waited for', async () => {
    const one = await rig(
      { job: { when: 'every 1m', policy: retrying({ attempts: 2 }) } },
      { at: START, campaign: { times: 1 } },
    );
    await one.time.advance(MINUTE - SECOND);
    await fail(one);
    await one.time.advance(10 * SECOND);
    await fail(one);
    const result = await one.engine.done;
    expect(result).toMatchObject({ reason: 'finished', ended: 1, unsuccessful: 1 });
    expect(result.last?.attempt).toBe(2);
  });

  it('for what runs so long after the last one has ended', async () => {
    const one = await rig({ job: { when: 'every 5s after finish', policy: retrying({ attempts: 2 }) } });
    await fail(one);
    await one.time.advance(9 * SECOND);
    expect(one.executor.running).toBe(0);
    await one.time.advance(SECOND);
    await fail(one);
    await one.time.advance(5 * SECOND);
    expect(one.executor.requests.map(({ context }) => context.attempt)).toEqual([1, 2, 1]);
    await one.stop();
  });

  it('for a one-shot, which ends when it is done', async () => {
    const one = await rig({ job: { when: 'once', policy: retrying() } }, { mode: 'once' });
    await fail(one);
    await one.time.advance(10 * SECOND);
    await one.executor.finish();
    expect((await one.engine.done).last).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  it('except where it never comes: a one-shot that is told to stop says so', async () => {
    const one = await rig({ job: { when: 'once', policy: retrying() } }, { mode: 'once' });
    await fail(one);
    const result = await one.stop();
    expect(result).toMatchObject({ isCutShort: true, ended: 1, unsuccessful: 1, last: { attempt: 1 } });
    expect(await story(one)).toEqual(['1/3 once failed/exit-code', '2/3 retry skipped/operator']);
  });
});

describe('a restart', () => {
  /** A scheduler whose run has failed, ended; and the next one, so much later. */
  async function restart(pauseMs: number, more: Partial<Policy> = {}): Promise<Rig> {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const tasks = { job: { when: '@hourly', policy: retrying({ delayMs: 5 * MINUTE }, more) } };
    const one = await rig(tasks, { store, time });
    await time.advance(60 * MINUTE - SECOND);
    await fail(one);
    await one.stop();
    expect((await one.runs()).map(({ status }) => status)).toEqual(['failed', 'waiting']);
    time.stall(pauseMs);
    return rig(tasks, { store, time });
  }

  it('leaves a further attempt waiting, and the next scheduler starts it at its instant', async () => {
    const next = await restart(MINUTE);
    expect((await next.runs()).map(({ status }) => status)).toEqual(['failed', 'waiting']);
    await next.time.advance(4 * MINUTE - 1);
    expect(next.executor.running).toBe(0);
    await next.time.advance(1);
    expect(next.executor.requests.map(({ context }) => context.attempt)).toEqual([2]);
    await next.executor.finish();
    expect(await story(next)).toEqual(['1/3 schedule failed/exit-code', '2/3 retry succeeded']);
    await next.stop();
  });

  it('starts it late when its instant passed meanwhile', async () => {
    const next = await restart(50 * MINUTE);
    expect(next.executor.requests.map(({ context }) => context.attempt)).toEqual([2]);
    await next.stop();
  });

  it.each<[string, Partial<Policy>]>([
    ['past the deadline', { deadlineMs: 10 * MINUTE }],
    ['under missed: skip', { missed: 'skip' }],
  ])('records it as missed %s', async (_, more) => {
    const next = await restart(30 * MINUTE, more);
    expect(next.executor.requests).toEqual([]);
    expect(await story(next)).toEqual(['1/3 schedule failed/exit-code', '2/3 retry missed/down']);
    await next.stop();
  });

  it('gives it to one of several schedulers', async () => {
    const one = await restart(MINUTE);
    const store = createMemoryStore();
    const other = await rig({ job: { when: '@hourly' } }, { store, time: one.time });
    await one.time.advance(5 * MINUTE);
    expect(one.executor.running + other.executor.running).toBe(1);
    await one.stop();
    await other.stop();
  });

  it('tries a run again that was lost with its scheduler', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const lost = await leaveLost(store, time.now());
    const next = await rig({ job: { when: '@hourly', policy: retrying() } }, { store, time });
    await time.advance(10 * SECOND);
    expect(next.executor.requests.map(({ context }) => context.attempt)).toEqual([2]);
    expect((await next.runs()).at(-1)).toMatchObject({ cause: { run: lost.id, kind: 'retry' } });
    await next.stop();
  });
});

describe('a run that was asked for later', () => {
  it('waits on record until its instant, follows the overlap policy, and holds nobody off before', async () => {
    const one = await rig({ job: { when: 'every 1m' } }, { at: START });
    const job = one.engine.jobs()[0]?.job;
    if (job === undefined) throw new Error('no job');
    const at = new Date('2026-01-01T00:02:30Z');
    const asked = one.engine.runAt({ job, trigger: 'manual', detail: { by: 'ada' } }, at);
    await one.time.advance(0);
    expect(await asked).toMatchObject({ kind: 'waiting', run: { scheduledAt: at, by: 'ada' } });
    await one.time.advance(MINUTE);
    expect(one.executor.running).toBe(1);
    await one.executor.finish();
    await one.time.advance(MINUTE);
    await one.executor.finish();
    await one.time.advance(30 * SECOND);
    expect(one.executor.requests.at(-1)?.context.trigger).toBe('manual');
    await one.stop();
  });

  it('is now when its instant has passed', async () => {
    const one = await rig({ job: { when: 'every 1m' } }, { at: START });
    const job = one.engine.jobs()[0]?.job;
    if (job === undefined) throw new Error('no job');
    const asked = one.engine.runAt({ job, trigger: 'manual' }, new Date(0));
    await one.time.advance(0);
    expect(await asked).toMatchObject({ kind: 'started' });
    await one.stop();
  });
});

it('waits for room when its instant has come', async () => {
  const one = await rig(
    { a: { when: '0 * * * *', policy: retrying({ delayMs: 5 * MINUTE }) }, b: { when: '4 1 * * *' } },
    { at: START, maxRunning: 1 },
  );
  await one.time.advance(60 * MINUTE - SECOND);
  await fail(one);
  await one.time.advance(5 * MINUTE);
  expect(one.executor.running).toBe(1);
  await one.executor.finish();
  await one.time.advance(SECOND);
  const started = one.executor.requests.map(({ context: { job, attempt } }) => `${job} ${attempt}`);
  expect(started).toEqual(['a 1', 'b 1', 'a 2']);
  await one.stop();
});
