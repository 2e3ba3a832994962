/** What follows on runs: which actions are taken, how often, and what survives a restart. */
import { describe, expect, it } from 'vitest';
import type { Action, ActionOutcome } from '../../src/model/action.ts';
import { DEFAULT_RETRY } from '../../src/model/retry.ts';
import type { Outcome, Run } from '../../src/model/run.ts';
import { parseTarget } from '../../src/model/target-text.ts';
import { EVENT_VARIABLE, parseEvent, type RunEvent } from '../../src/model/uses/event.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { leaveLost, type Rig, rig } from '../support/rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A second after an instant of every schedule here: nothing is due at once. */
const START = '2026-01-01T00:00:01Z';
const BAD: Outcome = { status: 'failed', reason: 'exit-code', exitCode: 3 };

function act(outcome: ActionOutcome, more: Partial<Action> = {}): Action {
  const step = { name: undefined, target: parseTarget('cmd:tell'), when: true, env: {} };
  return {
    id: outcome,
    outcomes: [outcome],
    does: { kind: 'step', step, timeoutMs: undefined },
    isAlways: false,
    againMs: undefined,
    after: 1,
    ...more,
  };
}

function trigger(outcome: ActionOutcome, task: string, more: Partial<Action> = {}): Action {
  return act(outcome, { does: { kind: 'trigger', task, args: {} }, ...more });
}

/** Let promises that wait for each other settle. */
async function settle(one: Rig): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await one.time.advance(0);
}

/** Records in the order in which one led to the other. */
async function inOrder(one: Rig): Promise<readonly Run[]> {
  const runs = await one.runs();
  const depth = (run: Run | undefined): number =>
    run?.cause === undefined ? 0 : 1 + depth(runs.find(({ id }) => id === run.cause?.run));
  return [...runs].sort((a, b) => depth(a) - depth(b));
}

/** End what goes on, well. */
async function finishAll(one: Rig): Promise<void> {
  while (one.executor.running > 0) {
    await one.executor.finish();
    await settle(one);
  }
}

/** The next moment of `every 1m`: its run ends so, and what follows on it ends well. */
async function moment(one: Rig, outcome?: Outcome): Promise<void> {
  await one.time.advance(MINUTE - (one.time.now().getTime() % MINUTE));
  await one.executor.finish(outcome);
  await settle(one);
  await finishAll(one);
}

const actionsIn = async (one: Rig): Promise<string[]> =>
  (await one.runs())
    .filter(({ trigger }) => trigger === 'action')
    .map(({ job, scheduledAt }) => `${job} ${scheduledAt.toISOString().slice(11, 16)}`)
    .sort((a, b) => a.slice(-5).localeCompare(b.slice(-5)));

const eventsIn = (one: Rig): (RunEvent | undefined)[] =>
  one.executor.requests.flatMap(({ env }) => {
    const text = env[EVENT_VARIABLE];
    return text === undefined ? [] : [parseEvent(text)];
  });

describe('a run that fails', () => {
  it('leads to a run of its own, that is told about it', async () => {
    const one = await rig({ job: { when: 'every 1m', actions: [act('failed')] } }, { at: START });
    await moment(one, BAD);
    const [first, second] = await inOrder(one);
    expect(first).toMatchObject({ job: 'job', status: 'failed', outage: { failures: 1 } });
    expect(second).toMatchObject({
      job: 'job@on-failed',
      status: 'succeeded',
      trigger: 'action',
      scheduledAt: first?.endedAt,
      cause: { run: first?.id, kind: 'action' },
    });
    expect(eventsIn(one)).toEqual([
      expect.objectContaining({
        job: 'job',
        runId: first?.id,
        status: 'failed',
        exitCode: 3,
        failuresInRow: 1,
        failingSince: '2026-01-01T00:01:00.000Z',
        host: 'h',
      }),
    ]);
    expect(await one.stop()).toMatchObject({ ended: 1, unsuccessful: 1, last: { job: 'job' } });
  });

  it('is what it was, however its action ends', async () => {
    const one = await rig({ job: { when: 'every 1m', actions: [act('failed')] } }, { at: START });
    await one.time.advance(MINUTE - SECOND);
    await one.executor.finish(BAD);
    await settle(one);
    await one.executor.finish({ status: 'failed', reason: 'signal', signal: 'SIGSEGV' });
    await settle(one);
    expect((await inOrder(one)).map(({ job, reason }) => `${job} ${reason}`)).toEqual([
      'job exit-code',
      'job@on-failed signal',
    ]);
    expect(await one.stop()).toMatchObject({ ended: 1, unsuccessful: 1 });
  });

  it('leads to a run of another task, as its overlap policy allows, and that to what its own actions say', async () => {
    const one = await rig(
      {
        job: { when: 'every 1m', actions: [trigger('failed', 'alarm')] },
        alarm: { when: '@yearly', actions: [act('succeeded')] },
      },
      { at: START },
    );
    await moment(one, BAD);
    const [job, alarm, third] = await inOrder(one);
    expect(alarm).toMatchObject({ job: 'alarm', trigger: 'action', cause: { run: job?.id, kind: 'action' } });
    expect(third).toMatchObject({ job: 'alarm@on-succeeded', cause: { run: alarm?.id, kind: 'action' } });
    expect(eventsIn(one).map((event) => event?.job)).toEqual(['job', 'alarm']);
    await one.stop();
  });

  it('leads to nothing more when ten actions have led to it', async () => {
    const names = Array.from({ length: 14 }, (_, at) => `t${at}`);
    const tasks = Object.fromEntries(
      names.map((name, at) => [
        name,
        { when: at === 0 ? 'every 1m' : '@yearly', actions: [trigger('failed', names[at + 1] ?? 'none')] },
      ]),
    );
    const one = await rig(tasks, { at: START });
    await one.time.advance(MINUTE - SECOND);
    for (let at = 0; at < 12; at++) {
      await one.executor.finish(BAD);
      await settle(one);
    }
    expect(await actionsIn(one)).toHaveLength(10);
    expect(one.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringMatching(/^t10: no action on run \S+: 10 actions have led to it/),
      }),
    );
    await one.stop();
  });
});

describe('of failures in a row', () => {
  const rates: [string, Partial<Action>, string, string[]][] = [
    ['the first acts', {}, 'xxxx.xx', ['01', '06']],
    ['each acts where it is told so', { isAlways: true }, 'xx.x', ['01', '02', '04']],
    ['the third acts', { after: 3 }, 'xx.xxxxx', ['06']],
    ['they act again after so long', { againMs: 2 * MINUTE }, 'xxxxx', ['01', '03', '05']],
  ];
  it.each(rates)('%s', async (_, more, ends, expected) => {
    const one = await rig({ job: { when: 'every 1m', actions: [act('failed', more)] } }, { at: START });
    for (const end of ends) await moment(one, end === 'x' ? BAD : undefined);
    expect((await actionsIn(one)).map((text) => text.slice(-2))).toEqual(expected);
    await one.stop();
  });

  it('the end acts once, with their count and the time that they took', async () => {
    const actions = [act('failed'), act('recovered')];
    const one = await rig({ job: { when: 'every 1m', actions } }, { at: START });
    for (const end of '.xxx..') await moment(one, end === 'x' ? BAD : undefined);
    expect(await actionsIn(one)).toEqual(['job@on-failed 00:02', 'job@on-recovered 00:05']);
    expect(eventsIn(one).at(-1)).toMatchObject({
      status: 'succeeded',
      recovered: { failures: 3, afterMs: 3 * MINUTE },
    });
    await one.stop();
  });

  it('the end is not told where the failures were not', async () => {
    const actions = [act('failed', { after: 3 }), act('recovered')];
    const one = await rig({ job: { when: 'every 1m', actions } }, { at: START });
    for (const end of 'xx.') await moment(one, end === 'x' ? BAD : undefined);
    expect(await actionsIn(one)).toEqual([]);
    await one.stop();
  });

  it('the count goes on after a restart, and so does the silence', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const tasks = {
      job: { when: 'every 1m', actions: [act('failed', { againMs: 10 * MINUTE }), act('recovered')] },
    };
    const one = await rig(tasks, { store, time });
    await moment(one, BAD);
    await moment(one, BAD);
    await one.stop();
    const other = await rig(tasks, { store, time });
    await moment(other, BAD);
    await moment(other);
    expect(await actionsIn(other)).toEqual(['job@on-failed 00:01', 'job@on-recovered 00:04']);
    expect(eventsIn(other)).toEqual([
      expect.objectContaining({ recovered: { failures: 3, afterMs: 3 * MINUTE } }),
    ]);
    await other.stop();
  });

  it('those of another scheduler count', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const actions = [act('failed')];
    const one = await rig({ job: { when: 'every 2m', actions } }, { store, time, isShared: true });
    const other = await rig({ job: { when: 'every 5m', actions } }, { store, time, isShared: true });
    await time.advance(2 * MINUTE - SECOND);
    await one.executor.finish(BAD);
    await settle(one);
    await one.executor.finish();
    await time.advance(2 * MINUTE);
    await one.executor.finish(BAD);
    await time.advance(MINUTE);
    await other.executor.finish(BAD);
    await settle(other);
    expect(await actionsIn(one)).toEqual(['job@on-failed 00:02']);
    await one.stop();
    await other.stop();
  });
});

describe('actions on other ends', () => {
  it('are taken for moments that are skipped and missed, the first of several in a row', async () => {
    const actions = [act('skipped'), act('missed')];
    const one = await rig({ job: { when: 'every 1m', actions, policy: { missed: 'skip' } } }, { at: START });
    await one.time.advance(MINUTE - SECOND);
    await one.time.advance(2 * MINUTE);
    await settle(one);
    await one.executor.finish();
    await settle(one);
    await one.executor.finish();
    await settle(one);
    one.time.suspend(5 * MINUTE + 30 * SECOND);
    await one.time.advance(31 * SECOND);
    await settle(one);
    expect((await actionsIn(one)).map((text) => text.slice(0, -6))).toEqual([
      'job@on-skipped',
      'job@on-missed',
    ]);
    await finishAll(one);
    await one.stop();
  });

  it('are taken for the last attempt, and as retried for those before', async () => {
    const retry = { ...DEFAULT_RETRY, attempts: 3, delayMs: SECOND, factor: 1 };
    const actions = [act('failed'), act('retried'), act('finished')];
    const one = await rig({ job: { when: 'every 1h', actions, policy: { retry } } }, { at: START });
    await one.time.advance(60 * MINUTE - SECOND);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await one.executor.finish(BAD);
      await settle(one);
      await finishAll(one);
      await one.time.advance(SECOND);
    }
    const found = (await one.runs()).filter(({ trigger }) => trigger === 'action').map(({ job }) => job);
    expect(found.sort()).toEqual(['job@on-failed', 'job@on-finished', 'job@on-retried', 'job@on-retried']);
    await one.stop();
  });

  it('are taken for a run that was lost with its supertask, once, and it counts as a failure', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const _lost = await leaveLost(store, time.now());
    const tasks = {
      job: { when: 'every 1m', actions: [act('errored', { id: 'x', outcomes: ['errored', 'failed'] })] },
    };
    const one = await rig(tasks, { store, time });
    await finishAll(one);
    await moment(one, BAD);
    expect(eventsIn(one)).toEqual([
      expect.objectContaining({ job: 'job', status: 'errored', reason: 'lost', failuresInRow: 1 }),
    ]);
    await one.stop();
    const next = await rig(tasks, { store, time });
    await moment(next, BAD);
    expect((await next.runs()).at(-1)).toMatchObject({ job: 'job', outage: { failures: 3 } });
    await next.stop();
  });
});

describe('at the end', () => {
  it('actions of runs that are stopped are taken, and have as long as a run has to stop', async () => {
    const executor = createFakeExecutor({ obeys: true });
    const one = await rig({ job: { when: 'every 1m', actions: [act('failed')] } }, { at: START, executor });
    await one.time.advance(MINUTE - SECOND);
    one.engine.stop('SIGTERM');
    await settle(one);
    expect(executor.running).toBe(1);
    expect(executor.requests.at(-1)?.env['SUPERTASK_JOB']).toBe('job@on-failed');
    await one.time.advance(9 * SECOND);
    expect(executor.running).toBe(1);
    await one.time.advance(SECOND);
    expect(await one.engine.done).toMatchObject({ reason: 'SIGTERM', ended: 1 });
    expect((await inOrder(one)).map(({ reason }) => reason)).toEqual(['stopped', 'stopped']);
  });

  it('those that are going are not stopped with the others', async () => {
    const executor = createFakeExecutor({ obeys: true });
    const one = await rig({ job: { when: 'every 1m', actions: [act('failed')] } }, { at: START, executor });
    await one.time.advance(MINUTE - SECOND);
    await executor.finish(BAD);
    await settle(one);
    one.engine.stop('SIGTERM');
    await settle(one);
    expect(executor.signals).toEqual([]);
    await executor.finish();
    await one.engine.done;
    expect((await inOrder(one)).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  });

  it('a kill leaves them to the next scheduler', async () => {
    const time = createFakeClock(new Date(START));
    const store = createMemoryStore({ now: () => time.now() });
    const tasks = { job: { when: 'every 1m', actions: [act('failed')] } };
    const one = await rig(tasks, { store, time, executor: createFakeExecutor({ obeys: false }) });
    await time.advance(MINUTE - SECOND);
    one.engine.stop('SIGTERM');
    one.engine.kill();
    await settle(one);
    await one.stop();
    expect((await inOrder(one)).map(({ job, status }) => `${job} ${status}`)).toEqual([
      'job failed',
      'job@on-failed waiting',
    ]);
    const other = await rig(tasks, { store, time });
    await settle(other);
    expect(eventsIn(other)).toEqual([
      expect.objectContaining({ job: 'job', reason: 'stopped', failuresInRow: 1 }),
    ]);
    await other.executor.finish();
    await other.stop();
  });

  it('a campaign waits for them, and does not count them', async () => {
    const one = await rig(
      { job: { when: 'every 1m', actions: [act('failed')] } },
      { at: START, campaign: { times: 1 }, maxRunning: 1 },
    );
    await one.time.advance(MINUTE - SECOND);
    await one.executor.finish(BAD);
    await settle(one);
    expect(one.executor.running).toBe(1);
    await one.executor.finish();
    expect(await one.engine.done).toMatchObject({ reason: 'finished', ended: 1, last: { job: 'job' } });
  });

  it('a one-shot ends as its run did', async () => {
    const one = await rig({ job: { when: 'once', actions: [act('failed')] } }, { mode: 'once' });
    await one.executor.finish(BAD);
    await settle(one);
    await one.executor.finish();
    expect((await one.engine.done).last).toMatchObject({ job: 'job', exitCode: 3 } satisfies Partial<Run>);
  });
});
