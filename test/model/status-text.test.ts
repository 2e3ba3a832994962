import { describe, expect, it } from 'vitest';
import { type Status, statusLine, statusLines } from '../../src/model/status-text.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

const BUSY: Status = {
  now,
  next: { at: later(252_000), jobs: ['backup', 'etl'] },
  running: ['a', 'b', 'c', 'd'].map((job, index) => ({
    job,
    run: `run-${job}`,
    startedAt: later(-1_000 * (index + 1)),
    pid: index === 0 ? 7 : undefined,
  })),
  tally: { succeeded: 14, failed: 1, skipped: 0, missed: 2 },
};
const IDLE: Status = {
  now,
  next: undefined,
  running: [],
  tally: { succeeded: 0, failed: 0, skipped: 0, missed: 0 },
};

describe('a line', () => {
  it('tells what is next, what runs and how it went', () => {
    expect(statusLine(BUSY, 200)).toBe(
      'next backup and 1 more in 4m12s · 4 running: a 1s, b 2s, c 3s, … · 14 ok, 1 failed, 2 missed',
    );
    expect(statusLine(IDLE, 200)).toBe('nothing more is due');
  });

  it('is cut where the terminal ends', () => {
    expect(statusLine(BUSY, 20)).toBe('next backup and 1 m…');
    expect(statusLine(BUSY, 20)).toHaveLength(20);
  });

  it('shows what a name would do to the terminal instead of doing it', () => {
    expect(statusLine({ ...IDLE, next: { at: now, jobs: ['\u001b[2J'] } }, 80)).toBe('next \\x1b[2J now');
  });
});

describe('at length', () => {
  it('has a line for each run', () => {
    expect(statusLines(BUSY)).toEqual([
      '  running a for 1s: run run-a (pid 7)',
      '  running b for 2s: run run-b',
      '  running c for 3s: run run-c',
      '  running d for 4s: run run-d',
      '  next backup and 1 more in 4m12s, at 2026-01-01T00:04:12.000Z',
      '  14 succeeded, 1 failed, 0 skipped, 2 missed',
    ]);
  });
});
