import { getHeapStatistics } from 'node:v8';
import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { spareMemory } from '../../src/app/spare-memory.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** Compiled before any test has had garbage collected. */
const SOURCE = '(function twice(number) { return 2 * number; })(21)';
const COMPILED = new Script(SOURCE).createCachedData();
const START = new Date('2026-01-01T00:00:00Z');

/** Old enough not to go by itself. */
function makeGarbage(): void {
  let kept: unknown[] = Array.from({ length: 500_000 }, (_, index) => ({ index, list: [index] }));
  expect(kept.length).toBe(500_000);
  kept = [];
}

function rig(next: Date | undefined) {
  const clock = createFakeClock(START);
  let end = (): void => {};
  const done = new Promise<never>((_, reject) => {
    end = () => reject(new Error('over'));
  });
  const soon: { at: Date | undefined } = { at: next };
  const engine: Pick<Engine, 'done' | 'live' | 'next'> = {
    done,
    live: () => [],
    next: () => (soon.at === undefined ? undefined : { at: soon.at, jobs: [] }),
  };
  spareMemory(engine, clock);
  return { clock, end, soon };
}

const heapMb = (): number => getHeapStatistics().total_heap_size / 1e6;

/** Newer versions of V8 collect at times of their own choice, so that the heap's size says nothing about whose doing it was. */
const isMeasurable = process.versions.node.startsWith('20.');

it.skipIf(!isMeasurable)('gives back what loading took, when no run is near', async () => {
  makeGarbage();
  const before = heapMb();
  const { clock } = rig(new Date('2026-01-02T00:00:00Z'));
  await clock.advance(60_000);
  expect(heapMb()).toBeLessThan(before - 15);
});

it.skipIf(!isMeasurable)('waits while a run is near', async () => {
  makeGarbage();
  const before = heapMb();
  const { clock, soon } = rig(new Date(START.getTime() + 6_000));
  await clock.advance(5_500);
  expect(heapMb()).toBeGreaterThan(before - 15);
  soon.at = undefined;
  await clock.advance(60_000);
  expect(heapMb()).toBeLessThan(before - 15);
});

it('leaves V8 as it was: code that was compiled before is still taken', async () => {
  const { clock, end } = rig(new Date('2026-01-02T00:00:00Z'));
  makeGarbage();
  await clock.advance(60_000);
  expect(new Script(SOURCE, { cachedData: COMPILED, filename: 'later.js' }).cachedDataRejected).toBe(false);
  end();
});

it('ends with the engine', async () => {
  const { clock, end } = rig(undefined);
  await clock.advance(5_000);
  expect(clock.waiting).toBe(1);
  end();
  await new Promise(setImmediate);
  expect(clock.waiting).toBe(0);
});
