import { expect, it } from 'vitest';
import type { Clock } from '../../src/engine/clock.ts';
import { createClockWatch } from '../../src/engine/clock-watch.ts';

/** Two clocks that are set by hand, the steady one as exact as the system's. */
function rig() {
  const time = { wall: Date.UTC(2026, 0, 1), steady: 1_234.567891 };
  const clock: Clock = {
    now: () => new Date(time.wall),
    steadyMs: () => time.steady,
    bootMs: () => undefined,
    after: () => () => {},
  };
  return { time, watch: createClockWatch(clock) };
}

it.each([60_000, -60_000])('tells of a clock that was set by %d ms in whole milliseconds', (byMs) => {
  const { time, watch } = rig();
  time.wall += 1_000 + byMs;
  time.steady += 1_000.4321;
  expect(watch.look(time.steady)).toMatchObject({ cause: 'clock', byMs });
});

it('tells of a stall in whole milliseconds', () => {
  const { time, watch } = rig();
  time.wall += 5_001;
  time.steady += 5_000.777;
  expect(watch.look(time.steady - 4_000.4)).toMatchObject({ cause: 'late', byMs: 4_000 });
});
