import { describe, expect, it } from 'vitest';
import { handledUntil, highestAhead } from '../../src/engine/set-back.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { JobPast } from '../../src/store/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { rig, taskOf } from '../support/rig.ts';

const at = (time: string): Date => new Date(`2026-01-02T${time}Z`);
const START = at('11:00:00');

function jobOf(when: string) {
  const task = taskOf('job', { when });
  const context = { jobId: 'job', startedAt: START, tz: 'UTC' };
  return { task, bounds: task.schedules.map((schedule) => bindSchedule(schedule, context)) };
}

function pastOf(change: Partial<JobPast>): JobPast {
  return {
    seenAt: at('01:00:00'),
    attendedUntil: undefined,
    lastDueAt: undefined,
    lastRun: undefined,
    ...change,
  };
}

describe('how far the clock was ahead', () => {
  it.each([
    ['nothing', [], undefined],
    ['moments that have passed', [pastOf({ lastDueAt: at('10:59:00') })], undefined],
    ['a moment that the clock is about to reach', [pastOf({ aheadAt: at('11:00:02') })], undefined],
    [
      'moments to come',
      [pastOf({ aheadAt: at('11:30:00') }), pastOf({ aheadAt: at('12:00:00') }), pastOf({})],
      '2026-01-02T12:00:00.000Z',
    ],
  ])('is told by records of %s', (_, past, expected) => {
    expect(highestAhead(past, START)?.toISOString()).toBe(expected);
  });
});

describe('until when a job was handled before the start', () => {
  it.each([
    ['0 9 * * *', {}, '01:00:00'],
    ['0 9 * * *', { lastDueAt: at('09:00:00') }, '09:00:00'],
    // By whoever lived in the hours that are to come again.
    ['0 9 * * *', { aheadAt: at('12:00:00') }, '12:00:00'],
    ['every 1m', { aheadAt: at('12:00:00') }, '11:00:00'],
    // Further back, the clock is believed, and nothing else.
    ['0 9 * * *', { aheadAt: at('14:00:01') }, '01:00:00'],
    ['every 1m', { attendedUntil: at('10:00:00'), aheadAt: at('23:00:00') }, '10:00:00'],
  ])('%s, of which is known %o: %s', (when, known, expected) => {
    expect(handledUntil(jobOf(when), pastOf(known), START)).toEqual(at(expected));
  });
});

describe('a clock that was set back while no scheduler lived (P12)', () => {
  const tasks = {
    grid: { when: 'every 10m' },
    cron: { when: '*/10 * * * *' },
    fixed: { when: '25 11 * * *' },
  };

  /** What the second of two schedulers does, before which the clock is set. */
  async function restartedAt(to: string) {
    const time = createFakeClock(at('11:05:00'));
    const store = createMemoryStore({ now: () => time.now() });
    const run = async (until: string) => {
      const one = await rig(tasks, { time, store });
      while (time.now() < at(until)) {
        await time.advance(60_000);
        while (one.executor.running > 0) await one.executor.finish();
      }
      await one.stop();
      return one;
    };
    const first = await run('11:35:00');
    const before = await first.runs();
    time.setWall(at(to));
    const second = await run('11:52:00');
    const known = new Set(before.map(({ id }) => id));
    const later = (await second.runs()).filter(({ id }) => !known.has(id));
    return {
      before,
      second,
      later: later.map(
        (each) => `${each.job} ${each.status} ${each.scheduledAt.toISOString().slice(11, 23)}`,
      ),
    };
  }

  it('leaves no interval job waiting until it has caught up, and repeats no fixed time', async () => {
    const { before, second, later } = await restartedAt('11:15:30');
    expect(before).toHaveLength(7);
    expect(second.events.filter(({ type }) => type === 'clock-jumped')).toMatchObject([
      { cause: 'clock', byMs: -(14 * 60_000 + 30_000) },
    ]);
    expect(later.sort()).toEqual([
      'cron succeeded 11:20:00.001',
      'cron succeeded 11:30:00.001',
      'cron succeeded 11:40:00.000',
      'cron succeeded 11:50:00.000',
      'grid succeeded 11:20:00.001',
      'grid succeeded 11:30:00.001',
      'grid succeeded 11:40:00.000',
      'grid succeeded 11:50:00.000',
    ]);
  });

  it('is nothing to talk about where it was not', async () => {
    const { second } = await restartedAt('11:36:00');
    expect(second.events.filter(({ type }) => type === 'clock-jumped')).toEqual([]);
  });
});
