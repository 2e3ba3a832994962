import { describe, expect, it } from 'vitest';
import { type Backlog, decideBacklog } from '../../src/engine/missed.ts';

/** Instants every `periodMs` in (0, until]. */
function backlog(periodMs: number, until: number): Omit<Backlog, 'within'> {
  const newest = Math.floor(until / periodMs) * periodMs;
  return {
    first: new Date(periodMs),
    newest: new Date(newest),
    count: newest / periodMs,
    previous: (before) => {
      const at = Math.ceil(before.getTime() / periodMs - 1) * periodMs;
      return at > 0 ? new Date(at) : undefined;
    },
  };
}

const HOUR = 3_600_000;

describe('instants that were noticed late', () => {
  it.each([
    ['skip', 60_000, 10 * 60_000 + 500, [600_000], 9],
    ['skip', 60_000, 10 * 60_000 + 5_000, [], 10],
    ['latest', 60_000, 10 * 60_000 + 5_000, [600_000], 9],
    ['all', 60_000, 3 * 60_000 + 5_000, [60_000, 120_000, 180_000], 0],
  ] as const)('%s every %i ms at %i runs %j and misses %i', (missed, period, now, run, count) => {
    const verdict = decideBacklog(backlog(period, now), new Date(now), { missed, deadlineMs: HOUR });
    expect(verdict.run.map((at) => at.getTime())).toEqual(run);
    expect(verdict.missed?.count ?? 0).toBe(count);
  });

  it('runs none that is past its deadline', () => {
    const verdict = decideBacklog(backlog(24 * HOUR, 26 * HOUR), new Date(26 * HOUR), {
      missed: 'latest',
      deadlineMs: HOUR,
    });
    expect(verdict.run).toEqual([]);
    expect(verdict.missed).toEqual({ count: 1, first: new Date(24 * HOUR), last: new Date(24 * HOUR) });
  });

  it('runs the newest however late without a deadline', () => {
    const verdict = decideBacklog(backlog(24 * HOUR, 100 * HOUR), new Date(100 * HOUR), {
      missed: 'latest',
      deadlineMs: undefined,
    });
    expect(verdict.run).toEqual([new Date(96 * HOUR)]);
    expect(verdict.missed?.count).toBe(3);
  });

  it('runs at most 100 of a day of seconds, the newest ones, and folds the rest into one record', () => {
    const now = 24 * HOUR;
    const verdict = decideBacklog(backlog(1_000, now), new Date(now), {
      missed: 'all',
      deadlineMs: undefined,
    });
    expect(verdict.run).toHaveLength(100);
    expect(verdict.run.at(-1)).toEqual(new Date(now));
    expect(verdict.missed).toEqual({
      count: 86_300,
      first: new Date(1_000),
      last: new Date(86_300_000),
    });
  });
});
