/** Whatever happens to time and to runs, in any order: what must be true of the records afterwards. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import type { Run } from '../../src/model/run.ts';
import { bindSchedule } from '../../src/model/schedule-bind.ts';
import { parseScheduleObject } from '../../src/model/schedule-object.ts';
import { type Rig, rig, type TaskSketch } from '../support/rig.ts';

type Act =
  | { readonly kind: 'advance' | 'suspend' | 'stall' | 'setWall'; readonly ms: number }
  | { readonly kind: 'finish'; readonly succeeds: boolean };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const schedules = fc.constantFrom(
  'every 10s',
  'every 7s phase 2s',
  '* * * * *',
  '*/30 * * * * *',
  '0 * * * *',
  '*/7 0 * * *',
  '30 0 * * *',
  'daily at 00:05, 00:06',
);

const sketches: fc.Arbitrary<TaskSketch> = fc.record({
  when: fc.array(schedules, { minLength: 1, maxLength: 2 }),
  policy: fc.record<Partial<Policy>>({
    overlap: fc.constantFrom('skip', 'queue', 'parallel', 'replace'),
    missed: fc.constantFrom('skip', 'latest', 'all'),
    deadlineMs: fc.constantFrom(undefined, 30_000, HOUR),
  }),
});

const tables = fc.dictionary(fc.constantFrom('a', 'b', 'c'), sketches, { minKeys: 1, maxKeys: 3 });

const forward: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: act('advance', fc.integer({ min: 0, max: 3 * MINUTE })) },
  { weight: 1, arbitrary: act('suspend', fc.integer({ min: 0, max: 10 * HOUR })) },
  { weight: 1, arbitrary: act('stall', fc.integer({ min: 0, max: 10 * MINUTE })) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('finish' as const), succeeds: fc.boolean() }) },
);

const anything: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: forward },
  { weight: 1, arbitrary: act('setWall', fc.integer({ min: -26 * HOUR, max: 26 * HOUR })) },
  { weight: 1, arbitrary: act('setWall', fc.integer({ min: -5_000, max: 5_000 })) },
);

function act(kind: 'advance' | 'suspend' | 'stall' | 'setWall', ms: fc.Arbitrary<number>): fc.Arbitrary<Act> {
  return ms.map((value) => ({ kind, ms: value }));
}

async function perform({ time, executor }: Rig, step: Act): Promise<void> {
  switch (step.kind) {
    case 'advance':
      return time.advance(step.ms);
    case 'suspend':
      time.suspend(step.ms);
      return time.advance(0);
    case 'stall':
      time.stall(step.ms);
      return time.advance(0);
    case 'setWall':
      time.setWall(new Date(time.now().getTime() + step.ms));
      return;
    case 'finish':
      return executor.finish(
        step.succeeds
          ? { status: 'succeeded', exitCode: 0 }
          : { status: 'failed', reason: 'exit-code', exitCode: 1 },
      );
  }
}

/** All that waits is noticed, and all that runs ends. */
async function settle({ time, executor }: Rig): Promise<void> {
  await time.advance(31_000);
  while (executor.running > 0) await executor.finish();
  await time.advance(250);
  while (executor.running > 0) await executor.finish();
}

const START = new Date('2026-01-01T00:00:03.500Z');

describe('after anything that time and runs can do', () => {
  it('P7: no run is started twice', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.array(anything, { maxLength: 25 }), async (table, acts) => {
        const world = await rig(table, { at: START.toISOString() });
        for (const step of acts) await perform(world, step);
        await settle(world);
        const ids = world.executor.requests.map(({ runId }) => runId);
        expect(new Set(ids).size).toBe(ids.length);
        await world.stop();
      }),
      { numRuns: 80 },
    );
  });

  it('P9: no run is started before its instant', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.array(anything, { maxLength: 25 }), async (table, acts) => {
        const world = await rig(table, { at: START.toISOString() });
        // What became due and had to wait may start after the clock was set back.
        const seen: { readonly events: number; readonly wall: Date }[] = [];
        for (const step of acts) {
          if (step.kind === 'setWall') seen.push({ events: world.events.length, wall: world.time.now() });
          await perform(world, step);
        }
        await settle(world);
        // An instant that is run again after the clock was set back bears an extra millisecond for each time.
        const passes = seen.length;
        const early = world.events.flatMap((event, index) => {
          if (event.type !== 'run-started') return [];
          const walls = [event.at, ...seen.filter(({ events }) => events <= index).map(({ wall }) => wall)];
          const highest = Math.max(...walls.map(Number));
          return highest < event.run.scheduledAt.getTime() - passes ? [event.run] : [];
        });
        expect(early).toEqual([]);
        await world.stop();
      }),
      { numRuns: 80 },
    );
  });

  it('P8: each due instant has exactly one record, counting those that are told together', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.array(forward, { maxLength: 25 }), async (table, acts) => {
        const world = await rig(table, { at: START.toISOString() });
        for (const step of acts) await perform(world, step);
        await settle(world);
        const end = world.time.now();
        await world.stop();
        const runs = await world.runs();
        for (const [job, sketch] of Object.entries(table)) {
          const due = instantsOf(job, sketch, end);
          const records = runs.filter((run) => run.job === job);
          const ran = new Set(records.filter((run) => run.count === undefined).map(dueOf));
          const folded = records.filter((run) => run.count !== undefined);
          const isFolded = (at: number): number =>
            folded.filter(({ firstAt, lastAt }) => at >= Number(firstAt) && at <= Number(lastAt)).length;
          const wrong = due.filter((at) => (ran.has(at) ? 1 : 0) + isFolded(at) !== 1);
          expect(wrong.map((at) => new Date(at).toISOString())).toEqual([]);
          const total = records.reduce((sum, run) => sum + (run.count ?? 1), 0);
          // Ten thousand instants of two schedules are not told apart where they coincide.
          expect(due.length > 5_000 ? due.length : total).toBe(due.length);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('P12: it goes on: a new instant is told of within a day and a period', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.array(anything, { maxLength: 15 }), async (table, acts) => {
        const world = await rig(table, { at: START.toISOString() });
        for (const step of acts) await perform(world, step);
        await settle(world);
        const before = (await world.runs()).length;
        // Up to three hours are held when the clock was set back, more than once perhaps; daily jobs need a day.
        for (let hour = 0; hour < 60 && (await world.runs()).length === before; hour++) {
          world.time.suspend(HOUR);
          await world.time.advance(31_000);
        }
        expect((await world.runs()).length).toBeGreaterThan(before);
        while (world.executor.running > 0) await world.executor.finish();
        await world.stop();
      }),
      { numRuns: 60 },
    );
  });
});

function dueOf(run: Run): number {
  return run.scheduledAt.getTime();
}

function instantsOf(job: string, sketch: TaskSketch, end: Date): number[] {
  const instants = new Set<number>();
  for (const when of [sketch.when].flat()) {
    const bound = bindSchedule(parseScheduleObject(when), { jobId: job, startedAt: START, tz: 'UTC' });
    let at = bound.next(new Date(START.getTime() - 1));
    while (at !== undefined && at <= end) {
      instants.add(at.getTime());
      at = bound.next(at);
    }
  }
  return [...instants].sort((a, b) => a - b);
}
