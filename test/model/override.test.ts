import { describe, expect, it } from 'vitest';
import {
  ALL_JOBS,
  forgetOld,
  NO_OVERRIDES,
  nextAllowed,
  type Overrides,
  overrideAt,
  overridesOf,
  type Pause,
  pauseAt,
  type Skip,
  withoutOverride,
  withPause,
  withSkip,
} from '../../src/model/override.ts';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));

function pause(job: string, since: number, until?: number): Pause {
  return {
    job,
    since: at(since),
    until: until === undefined ? undefined : at(until),
    by: 'ada',
    note: undefined,
  };
}

function skip(job: string, hour: number): Skip {
  return { job, at: at(hour), askedAt: at(0), by: 'ada', note: undefined };
}

const hourly = (after: Date): Date =>
  at(Math.floor(after.getTime() / 3_600_000) - at(0).getTime() / 3_600_000 + 1);

describe('a pause', () => {
  it.each([
    [1, false],
    [2, true],
    [3, true],
    [4, false],
  ])('from 2 to 4 holds at %i: %s', (hour, holds) => {
    const overrides = withPause(NO_OVERRIDES, pause('job', 2, 4));
    expect(pauseAt(overrides, 'job', at(hour)) !== undefined).toBe(holds);
    expect(pauseAt(overrides, 'other', at(hour))).toBeUndefined();
  });

  it('of all jobs holds for each, and its own says more', () => {
    const all = withPause(NO_OVERRIDES, pause(ALL_JOBS, 2));
    expect(pauseAt(all, 'job', at(3))?.job).toBe(ALL_JOBS);
    expect(pauseAt(withPause(all, pause('job', 2)), 'job', at(3))?.job).toBe('job');
  });

  it('that is paused again has gone on since it began', () => {
    const twice = withPause(withPause(NO_OVERRIDES, pause('job', 2)), pause('job', 3, 9));
    expect(twice.pauses).toEqual([pause('job', 2, 9)]);
  });

  it('that has ended is remembered when another begins', () => {
    const again = withPause(withPause(NO_OVERRIDES, pause('job', 1, 2)), pause('job', 3));
    expect(again.pauses).toEqual([pause('job', 1, 2), pause('job', 3)]);
  });
});

describe('resuming', () => {
  it('ends the pause now and takes back what is to come', () => {
    const said = withSkip(withSkip(withPause(NO_OVERRIDES, pause('job', 1)), skip('job', 2)), skip('job', 8));
    expect(withoutOverride(said, 'job', at(4))).toEqual({
      pauses: [pause('job', 1, 4)],
      skips: [skip('job', 2)],
    });
  });

  it('of a job leaves the others, of all leaves none', () => {
    const said = withPause(withPause(NO_OVERRIDES, pause('a', 1)), pause(ALL_JOBS, 1));
    expect(withoutOverride(said, 'b', at(4))).toEqual(said);
    expect(withoutOverride(said, ALL_JOBS, at(4)).pauses.map(({ until }) => until)).toEqual([at(4), at(4)]);
  });
});

describe('the next moment that is run', () => {
  it.each<[string, Overrides, number | undefined]>([
    ['nothing', NO_OVERRIDES, 1],
    ['a pause', withPause(NO_OVERRIDES, pause('job', 0, 5)), 5],
    ['a pause without an end', withPause(NO_OVERRIDES, pause('job', 0)), undefined],
    ['a skip', withSkip(NO_OVERRIDES, skip('job', 1)), 2],
    [
      'a skip at the end of a pause',
      withSkip(withPause(NO_OVERRIDES, pause('job', 0, 5)), skip('job', 5)),
      6,
    ],
    ['a pause of another job', withPause(NO_OVERRIDES, pause('other', 0)), 1],
  ])('with %s', (_, overrides, hour) => {
    const found = nextAllowed(overrides, 'job', hourly, at(0));
    expect(found).toEqual(hour === undefined ? undefined : at(hour));
  });
});

describe('what is over', () => {
  it('is forgotten after 30 days, and what holds is not', () => {
    const said = {
      pauses: [pause('old', 0, 1), pause('new', 24 * 20, 24 * 21), pause('going', 0)],
      skips: [skip('old', 1), skip('new', 24 * 25), skip('job', 24 * 40)],
    };
    const { pauses, skips } = forgetOld(said, at(24 * 32));
    expect([...pauses, ...skips].map(({ job }) => job)).toEqual(['new', 'going', 'new', 'job']);
  });

  it('is not told of a job', () => {
    expect(overridesOf(withPause(NO_OVERRIDES, pause('job', 0, 1)), 'job', at(2))).toBeUndefined();
    expect(overridesOf(withPause(NO_OVERRIDES, pause('job', 0, 3)), 'job', at(2))).toMatchObject({
      paused: true,
    });
    expect(overridesOf(withSkip(NO_OVERRIDES, skip('job', 3)), 'job', at(2))).toMatchObject({
      paused: false,
    });
  });

  it('still says why a moment was not run', () => {
    expect(overrideAt(withSkip(NO_OVERRIDES, skip('job', 3)), 'job', at(3))).toEqual(skip('job', 3));
  });
});
