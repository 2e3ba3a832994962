import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../src/app/moment.ts';
import { type SimulationPlan, simulate } from '../../src/app/simulate.ts';
import { parseTimetable } from '../../src/formats/timetable.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { nextInstants } from '../../src/model/schedule-bound.ts';
import { parseSchedule } from '../../src/model/schedule-text.ts';

const DAY = 86_400_000;

async function momentsOf(tasks: object, plan: Partial<SimulationPlan> & Pick<SimulationPlan, 'from' | 'to'>) {
  const timetable = parseTimetable(JSON.stringify({ tasks }), { file: 'week.json' });
  const moments: Moment[] = [];
  const whole = { tz: 'UTC', down: [], durationOf: () => 0, maxRunning: 256, ...plan };
  for await (const moment of simulate(timetable, whole)) moments.push(moment);
  return moments;
}

function short(moment: Moment): string {
  const count = moment.what === 'missed' ? ` x${moment.count}` : '';
  return `${moment.what}@${moment.at.toISOString().slice(11, 16)}${count}`;
}

const day = (text: string): { from: Date; to: Date } => {
  const from = new Date(text);
  return { from, to: new Date(from.getTime() + DAY) };
};

describe('a simulation', () => {
  it.each([
    ['spring', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23, 23 * 6],
    ['autumn', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25, 25 * 6],
    ['usual', '2026-06-01T22:00Z', '2026-06-02T22:00Z', 24, 24 * 6],
  ])('has the right number of runs on the %s day of Berlin', async (_name, from, to, hourly, tenMinutes) => {
    const moments = await momentsOf(
      {
        hourly: { when: '0 * * * *', run: 'x' },
        often: { when: '*/10 * * * *', run: 'x' },
        nightly: { when: '30 2 * * *', run: 'x' },
      },
      { from: new Date(from), to: new Date(to), tz: 'Europe/Berlin' },
    );
    const count = (job: string) => moments.filter((each) => 'job' in each && each.job === job).length;
    expect([count('hourly'), count('often'), count('nightly')]).toEqual([hourly, tenMinutes, 1]);
    expect(moments.every(({ what }) => what === 'fired')).toBe(true);
  });

  it.each([
    ['skip', ['missed@03:40 x6']],
    ['latest', ['missed@03:40 x5', 'fired@03:40']],
    ['all', Array<string>(6).fill('fired@03:40')],
  ])('treats a downtime as missed: %s says', async (missed, expected) => {
    const span = { from: new Date('2026-01-01T00:15Z'), to: new Date('2026-01-01T04:15Z') };
    const moments = await momentsOf(
      { job: { when: 'every 30m', run: 'x', missed, deadline: 'none' } },
      { ...span, down: [{ from: new Date('2026-01-01T00:45Z'), to: new Date('2026-01-01T03:40Z') }] },
    );
    expect(moments.map(short)).toEqual(['fired@00:30', 'down@00:45', 'up@03:40', ...expected, 'fired@04:00']);
  });

  it('counts an instant at the very beginning of a downtime as missed, also at the beginning of all', async () => {
    const tasks = { job: { when: 'every 1h', run: 'x', missed: 'skip' } };
    const { from } = day('2026-01-01T00:00Z');
    const at = (text: string) => new Date(`2026-01-01T${text}Z`);
    const down = [
      { from, to: at('00:30') },
      { from: at('02:00'), to: at('02:30') },
    ];
    const moments = await momentsOf(tasks, { from, to: at('03:00'), down });
    expect(moments.map(short)).toEqual([
      'down@00:00',
      'up@00:30',
      'missed@00:30 x1',
      'fired@01:00',
      'down@02:00',
      'up@02:30',
      'missed@02:30 x1',
    ]);
  });

  it('stops what is going when the scheduler goes down, and times out what takes too long', async () => {
    const { from } = day('2026-01-01T00:00Z');
    const to = new Date('2026-01-01T02:00Z');
    const down = [{ from: new Date('2026-01-01T01:10Z'), to: new Date('2026-01-01T01:20Z') }];
    const moments = await momentsOf(
      { long: { when: 'every 1h', run: ['a', 'b'] }, limited: { when: 'every 1h', run: 'x', timeout: '5m' } },
      { from, to, down, durationOf: () => 1_800_000 },
    );
    expect(moments.map((each) => `${short(each)} ${'job' in each ? each.job : ''}`.trim())).toEqual([
      'fired@00:00 long',
      'fired@00:00 limited',
      'timed-out@00:05 limited',
      'fired@01:00 long',
      'fired@01:00 limited',
      'timed-out@01:05 limited',
      'stopped@01:10 long',
      'down@01:10',
      'up@01:20',
    ]);
  });

  it('ends where nothing is to come', async () => {
    const moments = await momentsOf({ one: { run: 'x' } }, day('2026-01-01T00:00Z'));
    expect(moments.map(short)).toEqual(['fired@00:00']);
  });

  it('fires at the occurrences and nowhere else while nothing overlaps', async () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe'];
    const minute = fc.oneof(fc.constant('*/7'), fc.integer({ min: 0, max: 59 }).map(String));
    const hour = fc.oneof(fc.constant('*'), fc.constant('*/5'), fc.integer({ min: 0, max: 23 }).map(String));
    const start = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
    const property = fc.asyncProperty(
      minute,
      hour,
      fc.constantFrom(...zones),
      start,
      fc.integer({ min: 1, max: 3 * DAY }),
      async (m, h, tz, fromMs, lengthMs) => {
        const when = `${m} ${h} * * *`;
        const [from, to] = [new Date(fromMs), new Date(fromMs + lengthMs)];
        const moments = await momentsOf({ job: { when, run: 'x' } }, { from, to, tz });
        const bound = bindSchedule(parseSchedule(when), { jobId: 'job', startedAt: from, tz });
        const expected = nextInstants(bound, new Date(fromMs - 1), 2_000).filter((at) => at < to);
        expect(moments.map(({ what, at }) => [what, at])).toEqual(expected.map((at) => ['fired', at]));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
