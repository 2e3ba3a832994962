/**
 * Gives back the memory that reading a large timetable took. V8 collects garbage when it needs room, and a scheduler
 * that waits needs none: it would hold on for days to what it used in its first second.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../engine/clock.js';
import type { Engine } from '../engine/engine.js';
import { createSystemClock } from '../engine/system-clock.js';

/** When to look for the first time, and from then on. */
const FIRST_MS = 5_000;
const EVERY_MS = 60_000;
/** A look that came at a bad time is made again. */
const SOON_MS = 1_000;
/** The event loop stands still meanwhile, for a tenth of a second or two where there are 100,000 jobs. */
const QUIET_MS = 2_000;
/** Less is not worth it. */
const SMALL_BYTES = 16 * 1024 * 1024;
const GROWTH = 1.2;

/**
 * The room of young objects is given back only where little was allocated since the collection before, which a small
 * one sees to; pages that are half empty only by the second large one. V8 judges the last five seconds.
 */
const COLLECTIONS = ['minor', 'major', 'major'] as const;
const APART_MS = 6_000;

/** Collect garbage when much of it may lie around and no run is near; now and then, until the engine is done. */
export function spareMemory(
  engine: Pick<Engine, 'done' | 'live' | 'next'>,
  clock: Clock = createSystemClock(),
): void {
  let keptBytes = SMALL_BYTES;
  let next = 0;
  const look = (): number => {
    if (next === 0 && getHeapStatistics().total_heap_size < keptBytes * GROWTH) return EVERY_MS;
    if (!isQuiet(engine, clock)) return SOON_MS;
    collectGarbage(COLLECTIONS[next] ?? 'major');
    next = (next + 1) % COLLECTIONS.length;
    if (next > 0) return APART_MS;
    keptBytes = Math.max(SMALL_BYTES, getHeapStatistics().total_heap_size);
    return EVERY_MS;
  };
  let cancel = (): void => {};
  const lookAfter = (ms: number): void => {
    cancel = clock.after(ms, () => lookAfter(look()));
  };
  lookAfter(FIRST_MS);
  const stop = (): void => cancel();
  engine.done.then(stop, stop);
}

function isQuiet(engine: Pick<Engine, 'live' | 'next'>, clock: Clock): boolean {
  const next = engine.next();
  const untilNextMs =
    next === undefined ? Number.POSITIVE_INFINITY : next.at.getTime() - clock.now().getTime();
  return engine.live().length === 0 && untilNextMs > QUIET_MS;
}

function collectGarbage(how: 'minor' | 'major'): void {
  const collect = findCollector();
  if (typeof collect !== 'function') return;
  // Anything given but this means a small one as well.
  if (how === 'minor') collect({ type: 'minor' });
  else collect();
}

/** Leaves the flags as they were: V8 takes no code that was compiled under others, and none of this for a later start. */
function findCollector(): unknown {
  if (globalThis.gc !== undefined) return globalThis.gc;
  // Only a context that is made after this has the function.
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc');
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
