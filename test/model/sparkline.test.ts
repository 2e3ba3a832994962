import { describe, expect, it } from 'vitest';
import type { Run, RunStatus } from '../../src/model/run.ts';
import { sparkline, usualDuration } from '../../src/model/sparkline.ts';

function run(status: RunStatus, durationMs?: number): Run {
  const scheduledAt = new Date(0);
  const base = { id: 'r', namespace: 'n', job: 'j', trigger: 'schedule', attempt: 1, scheduledAt } as const;
  return { ...base, status, ...(durationMs === undefined ? {} : { durationMs }) };
}

describe('a sparkline', () => {
  it('has bars as high as runs were long, and a mark for whatever did not succeed', () => {
    const runs = [
      run('succeeded', 100),
      run('succeeded', 50),
      run('succeeded', 0),
      run('failed', 80),
      run('errored'),
      run('skipped'),
      run('missed'),
      run('running'),
      run('waiting'),
    ];
    expect(
      sparkline(runs)
        .map(({ char }) => char)
        .join(''),
    ).toBe('█▅▁✗!·?»…');
  });

  it('is empty for nothing', () => expect(sparkline([])).toEqual([]));
});

describe('the usual duration', () => {
  it('is the one in the middle of those that succeeded', () => {
    const runs = [run('succeeded', 10), run('failed', 9_999), run('succeeded', 30), run('succeeded', 20)];
    expect(usualDuration(runs)).toBe(20);
    expect(usualDuration([run('failed', 1)])).toBeUndefined();
  });
});
