import { describe, expect, it } from 'vitest';
import { type Dependency, findCycles, isMeant, standingOf } from '../../src/model/gate.ts';
import type { Run, RunStatus } from '../../src/model/run.ts';

const AFTER: Dependency = {
  task: 'etl',
  args: {},
  outcomes: ['succeeded'],
  withinMs: undefined,
  exist: false,
};

function runs(...statuses: RunStatus[]): Run[] {
  const scheduledAt = new Date(0);
  const base = { namespace: 'n', job: 'etl', trigger: 'schedule', attempt: 1, scheduledAt } as const;
  return statuses.map((status, index) => ({ ...base, id: String(index), status }));
}

describe('a circle', () => {
  const circle = (edges: Record<string, string[]>) => findCycles(new Map(Object.entries(edges)));

  it('is found and shown', () => {
    expect(circle({ a: ['b'], b: ['c'], c: ['a'] })).toEqual([['a', 'b', 'c', 'a']]);
    expect(circle({ x: ['a'], a: ['b'], b: ['a'] })).toEqual([['a', 'b', 'a']]);
    expect(circle({ a: ['a'] })).toEqual([['a', 'a']]);
  });

  it('is found beside others, but for those that share a task with it', () => {
    expect(circle({ a: ['b'], b: ['a', 'c'], c: ['b', 'd'], d: ['d'], e: ['f'], f: ['e'] })).toEqual([
      ['a', 'b', 'a'],
      ['d', 'd'],
      ['e', 'f', 'e'],
    ]);
  });

  it('is none where several ways lead to the same task', () => {
    expect(circle({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['gone'] })).toEqual([]);
  });

  it('is looked for in a chain of any length', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [`t${index}`, [`t${index + 1}`]] as const);
    expect(findCycles(new Map(chain))).toEqual([]);
    expect(findCycles(new Map([...chain, ['t20000', ['t0']]]))[0]).toHaveLength(20_002);
  });
});

describe('the job that is meant', () => {
  it('has the arguments that are given, and else those of the same name', () => {
    const other = { task: 'etl', args: { country: 'US', day: 1 } };
    expect(isMeant(AFTER, {}, other)).toBe(true);
    expect(isMeant(AFTER, { country: 'US', more: true }, other)).toBe(true);
    expect(isMeant(AFTER, { country: 'DE' }, other)).toBe(false);
    expect(isMeant({ ...AFTER, args: { country: 'US' } }, { country: 'DE' }, other)).toBe(true);
    expect(isMeant({ ...AFTER, args: { country: 'FR' } }, {}, other)).toBe(false);
    expect(isMeant(AFTER, {}, { ...other, task: 'other' })).toBe(false);
  });
});

describe('how the other task stands', () => {
  it.each<[RunStatus[], string]>([
    [[], 'unsatisfied'],
    [['succeeded'], 'satisfied'],
    [['failed', 'succeeded'], 'unsatisfied'],
    [['running', 'succeeded'], 'open'],
    [['skipped', 'missed', 'succeeded'], 'satisfied'],
    [['skipped'], 'unsatisfied'],
  ])('%j is %s', (statuses, standing) => {
    expect(standingOf(AFTER, runs(...statuses))).toBe(standing);
  });

  it('counts skipped moments where they are wanted', () => {
    expect(standingOf({ ...AFTER, outcomes: ['skipped'] }, runs('skipped', 'succeeded'))).toBe('satisfied');
  });
});
