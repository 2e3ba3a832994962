import { expect, it } from 'vitest';
import { bindSchedule } from '../../src/model/schedule-bind.js';
import { bindOnce, ONCE } from '../../src/model/schedule-bound.js';
import { parseSchedule } from '../../src/model/schedule-text.js';

const START = new Date('2026-05-01T10:00:00.123Z');

it('is what the language reads', () => {
  expect(parseSchedule(ONCE.text)).toEqual(ONCE);
});

it.each([-1, 0, 1])('answers as the calculator does, %d ms from the start', (byMs) => {
  const at = new Date(START.getTime() + byMs);
  const far = new Date(START.getTime() + 1_000);
  const answers = [
    bindOnce(START, 'UTC'),
    bindSchedule(ONCE, { jobId: 'x', startedAt: START, tz: 'UTC' }),
  ].map((bound) => [
    bound.tz,
    bound.delayMs,
    bound.next(at),
    bound.previous(at),
    bound.count(at, far),
    bound.count(new Date(0), at),
  ]);
  expect(answers[0]).toEqual(answers[1]);
});
