/** Moments that people pause or skip: not run, recorded once, and never missed. */
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.ts';
import {
  NO_OVERRIDES,
  type Overrides,
  type Pause,
  withoutOverride,
  withPause,
  withSkip,
} from '../../src/model/override.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createFakeExecutor } from '../support/fake-executor.ts';
import { rig } from '../support/rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const at = (time: string): Date => new Date(`2026-01-01T${time}Z`);

function paused(job: string, since: string, until?: string): Pause {
  return {
    job,
    since: at(since),
    until: until === undefined ? undefined : at(until),
    by: 'ada',
    note: 'move',
  };
}

/** What people say, changed as a test goes on. */
function said(first: Overrides = NO_OVERRIDES): { now: Overrides } {
  return { now: first };
}

describe('a pause', () => {
  it('keeps a job from running, and its moments have records that say who paused it', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:05')));
    const one = await rig(
      { job: { when: 'every 10s' } },
      { at: '2026-01-01T00:00:01Z', overrides: () => words.now },
    );
    await one.time.advance(35 * SECOND);
    expect(one.executor.requests).toHaveLength(0);
    const [run] = await one.runs();
    expect(run?.evidence).toEqual({ by: 'ada', note: 'move', since: at('00:00:05').toISOString() });
    await one.stop();
    // The first at once, the others when there is an end of it.
    expect(await one.records()).toEqual(['skipped/paused@00:00:10', 'skipped/paused@00:00:30 x2']);
  });

  it('ends by itself, and the moment of its end is run', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:05', '00:00:40')));
    const one = await rig(
      { job: { when: 'every 10s' } },
      { at: '2026-01-01T00:00:01Z', overrides: () => words.now },
    );
    expect(one.engine.next()?.at).toEqual(at('00:00:40'));
    expect(one.engine.jobs()[0]?.nextAt).toEqual(at('00:00:40'));
    await one.time.advance(40 * SECOND);
    expect(await one.records()).toEqual([
      'skipped/paused@00:00:10',
      'skipped/paused@00:00:30 x2',
      'running@00:00:40',
    ]);
    await one.stop();
  });

  it('of all jobs can be ended for all at once', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('*', '00:00:05')));
    const one = await rig(
      { a: { when: 'every 10s' }, b: { when: 'every 10s' } },
      { at: '2026-01-01T00:00:01Z', overrides: () => words.now },
    );
    await one.time.advance(20 * SECOND);
    words.now = withoutOverride(words.now, '*', one.time.now());
    const told = one.engine.refresh();
    await one.time.advance(0);
    await told;
    expect(await one.records()).toEqual([
      'skipped/paused@00:00:10',
      'skipped/paused@00:00:10',
      'skipped/paused@00:00:20',
      'skipped/paused@00:00:20',
    ]);
    await one.time.advance(10 * SECOND);
    expect(one.executor.running).toBe(2);
    await one.stop();
  });

  it('that nobody told the scheduler of holds from the next moment on', async () => {
    const words = said();
    const one = await rig(
      { job: { when: 'every 1m' } },
      { at: '2026-01-01T00:00:01Z', overrides: () => words.now },
    );
    await one.time.advance(30 * SECOND);
    words.now = withPause(words.now, paused('job', '00:00:31'));
    await one.time.advance(MINUTE);
    expect(await one.records()).toEqual(['skipped/paused@00:01:00']);
    await one.stop();
  });

  it('stays as it was while nothing can be read of it, which is told once for each reason', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:00')));
    let refused: string | undefined;
    const one = await rig(
      { job: { when: 'every 10s' }, other: { when: 'every 10s' } },
      {
        at: '2026-01-01T00:00:01Z',
        overrides: () => {
          if (refused !== undefined)
            throw new SupertaskError('STATE_UNAVAILABLE', `cannot read it: ${refused}`);
          return words.now;
        },
      },
    );
    const warnings = (): string[] =>
      one.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    for (const reason of ['EACCES', 'EIO']) {
      refused = reason;
      await one.time.advance(30 * SECOND);
    }
    expect(warnings()).toEqual([
      'cannot read it: EACCES; pauses and skips stay as they were',
      'cannot read it: EIO; pauses and skips stay as they were',
    ]);
    expect(one.executor.running).toBe(1);
    await expect(one.engine.refresh()).rejects.toThrow('cannot read it: EIO');
    refused = undefined;
    words.now = withoutOverride(words.now, 'job', one.time.now());
    await one.time.advance(10 * SECOND);
    expect(one.executor.running).toBe(2);
    refused = 'EIO';
    await one.time.advance(10 * SECOND);
    expect(warnings()).toHaveLength(3);
    await one.stop();
  });

  it('of two days leaves a record an hour', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:00')));
    const one = await rig(
      { job: { when: 'every 10s' } },
      { at: '2026-01-01T00:00:00Z', overrides: () => words.now },
    );
    for (let day = 0; day < 2; day++) await one.time.advance(24 * HOUR);
    await one.stop();
    const runs = await one.runs();
    expect(runs.length).toBeLessThan(52);
    expect(runs.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2 * 8_640 + 1);
  });

  it('lets a run by hand pass', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:00')));
    const one = await rig(
      { job: { when: 'every 1h' } },
      { at: '2026-01-01T00:00:01Z', overrides: () => words.now },
    );
    const [first] = one.engine.jobs();
    if (first === undefined) throw new Error('no job');
    const asked = one.engine.trigger({ job: first.job, trigger: 'manual' });
    await one.time.advance(0);
    expect(await asked).toMatchObject({ kind: 'started' });
    await one.stop();
  });

  it('sends away a process that stands ready', async () => {
    const words = said();
    const executor = createFakeExecutor({ prepares: true });
    const five = Array.from({ length: 5 }, (_, index) => [`job-${index}`, { when: '* * * * *' }]);
    const one = await rig(Object.fromEntries(five), {
      at: '2026-01-01T00:00:30Z',
      executor,
      overrides: () => words.now,
    });
    await one.time.advance(29_990);
    expect(executor.prepared.standing).toBe(5);
    words.now = withPause(words.now, paused('*', '00:00:59.990'));
    const told = one.engine.refresh();
    await one.time.advance(0);
    await told;
    expect(executor.prepared).toMatchObject({ standing: 0, discarded: 5 });
    await one.time.advance(2 * SECOND);
    expect(await one.records()).toEqual(Array(5).fill('skipped/paused@00:01:00'));
    await one.stop();
  });

  it('of what runs after its last run goes on being asked', async () => {
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:00', '00:00:35')));
    const one = await rig(
      { job: { when: 'every 10s after finish' } },
      { at: '2026-01-01T00:00:00Z', overrides: () => words.now },
    );
    await one.time.advance(45 * SECOND);
    expect(await one.records()).toEqual([
      'skipped/paused@00:00:00',
      'skipped/paused@00:00:30 x3',
      'running@00:00:40',
    ]);
    await one.stop();
  });

  it('while nobody was there is no miss, before or after it', async () => {
    const store = createMemoryStore();
    const first = await rig({ job: { when: 'every 1h' } }, { at: '2026-01-01T00:30:00Z', store });
    await first.stop();
    const words = said(withPause(NO_OVERRIDES, paused('job', '02:30:00', '05:00:00')));
    const again = await rig(
      { job: { when: 'every 1h', policy: { deadlineMs: undefined } } },
      { at: '2026-01-01T07:30:00Z', store, overrides: () => words.now },
    );
    await again.time.advance(0);
    await again.stop();
    expect(await again.records()).toEqual([
      'missed/down@02:00:00 x2',
      'skipped/paused@04:00:00 x2',
      'missed/down@06:00:00 x2',
      'failed/stopped@07:00:00',
    ]);
  });

  it('whose scheduler was killed is told by the next one', async () => {
    const store = createMemoryStore();
    const words = said(withPause(NO_OVERRIDES, paused('job', '00:00:05')));
    const options = { store, overrides: () => words.now };
    const first = await rig({ job: { when: 'every 10s' } }, { ...options, at: '2026-01-01T00:00:01Z' });
    await first.time.advance(65 * SECOND);
    const second = await rig({ job: { when: 'every 10s' } }, { ...options, at: '2026-01-01T00:02:01Z' });
    await second.stop();
    expect(await second.records()).toEqual(['skipped/paused@00:00:10', 'skipped/paused@00:02:00 x11']);
    first.engine.kill();
  });
});

describe('a moment that is to be skipped', () => {
  it('has a record that says so, and those around it run', async () => {
    const words = said();
    words.now = withSkip(words.now, {
      job: 'job',
      at: at('00:00:20'),
      askedAt: at('00:00:05'),
      by: 'ada',
      note: undefined,
    });
    const one = await rig(
      { job: { when: 'every 10s' } },
      { at: '2026-01-01T00:00:11Z', overrides: () => words.now },
    );
    expect(one.engine.next()?.at).toEqual(at('00:00:30'));
    await one.time.advance(20 * SECOND);
    expect(await one.records()).toEqual(['skipped/operator@00:00:20', 'running@00:00:30']);
    expect((await one.runs())[0]?.evidence).toMatchObject({
      by: 'ada',
      askedAt: at('00:00:05').toISOString(),
    });
    await one.stop();
  });

  it('among those that were missed is not one of them', async () => {
    const store = createMemoryStore();
    const first = await rig({ job: { when: 'every 1h' } }, { at: '2026-01-01T00:30:00Z', store });
    await first.stop();
    const words = said(
      withSkip(NO_OVERRIDES, {
        job: 'job',
        at: at('02:00:00'),
        askedAt: at('00:31:00'),
        by: 'ada',
        note: undefined,
      }),
    );
    const again = await rig(
      { job: { when: 'every 1h', policy: { missed: 'all', deadlineMs: undefined } } },
      { at: '2026-01-01T03:30:00Z', store, overrides: () => words.now },
    );
    expect(again.executor.running).toBe(1);
    expect([...(await again.records())].sort()).toEqual([
      'running@01:00:00',
      'skipped/operator@02:00:00',
      'waiting@03:00:00',
    ]);
    await again.stop();
  });
});
