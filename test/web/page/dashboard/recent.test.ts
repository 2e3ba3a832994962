import { expect, it } from 'vitest';
import type { RecentRun, RunStatus } from '../../../../src/web/api/record.js';
import { streakOf, usualMs } from '../../../../src/web/page/dashboard/recent.js';

function runs(...each: readonly (readonly [RunStatus, number | null])[]): RecentRun[] {
  return each.map(([status, durationMs], index) => ({
    id: String(index),
    status,
    reason: null,
    scheduledAt: '2026-11-21T12:00:00.000Z',
    startedAt: null,
    durationMs,
  }));
}

it('takes the middle of the good runs for how long a job takes', () => {
  expect(usualMs(runs(['succeeded', 10], ['failed', 1], ['succeeded', 30], ['succeeded', 20]))).toBe(20);
  expect(usualMs(runs(['succeeded', 10], ['succeeded', 20], ['running', null]))).toBe(15);
});

it('takes what there is where none was good, and knows nothing of nothing', () => {
  expect(usualMs(runs(['failed', 7], ['skipped', null]))).toBe(7);
  expect(usualMs(runs(['waiting', null]))).toBeUndefined();
});

it('counts failures back to the last good run, past what was skipped', () => {
  expect(
    streakOf(runs(['failed', 1], ['succeeded', 1], ['failed', 1], ['skipped', null], ['errored', 1])),
  ).toBe(2);
  expect(streakOf(runs(['failed', 1], ['succeeded', 1]))).toBe(0);
  expect(streakOf(runs(['failed', 1], ['missed', null]))).toBe(2);
});
