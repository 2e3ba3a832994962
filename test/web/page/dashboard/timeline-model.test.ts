import { describe, expect, it } from 'vitest';
import type { RunStatus, TimelineRun, Upcoming } from '../../../../src/web/api/record.js';
import {
  hourSums,
  type LaneOption,
  lanesOf,
  spanAround,
  withRun,
} from '../../../../src/web/page/dashboard/timeline-model.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-21T09:40:00Z');
const span = spanAround(NOW);

function run(job: string, at: string, status: RunStatus = 'succeeded', durationMs = 60_000): TimelineRun {
  const from = Date.parse(`2026-11-21T${at}Z`);
  const live = status === 'running';
  return {
    id: `${job} ${at}`,
    namespace: 'ns',
    job,
    status,
    reason: null,
    scheduledAt: new Date(from).toISOString(),
    startedAt: new Date(from).toISOString(),
    endedAt: live ? null : new Date(from + durationMs).toISOString(),
    durationMs: live ? null : durationMs,
  };
}

function plannedRun(job: string, at: string): TimelineRun {
  const evidence = { plannedFor: '2026-11-21T12:00:00.000Z' };
  return { ...run(job, at, 'waiting'), startedAt: null, endedAt: null, durationMs: null, evidence };
}

function due(job: string, at: string, more: Partial<Upcoming> = {}): Upcoming {
  const instant = `2026-11-21T${at}.000Z`;
  return { namespace: 'ns', job, at: instant, expectedMs: 60_000, override: null, attended: true, ...more };
}

function lanes(option: Partial<LaneOption>) {
  return lanesOf({ runs: [], items: [], dense: [], span, most: 8, nearMs: 1_000, ...option });
}

it('shows full hours, with now in the 24th of 48', () => {
  expect(new Date(span.from).toISOString()).toBe('2026-11-20T10:00:00.000Z');
  expect(new Date(span.to).toISOString()).toBe('2026-11-22T10:00:00.000Z');
});

it('sums each hour by outcome, and what is due without what was paused or skipped', () => {
  const sums = hourSums(
    span,
    [{ at: '2026-11-21T09:00:00.000Z', counts: { succeeded: 3, failed: 1 } }],
    [
      { at: '2026-11-21T09:00:00.000Z', count: 5, held: 2, expectedMs: 0 },
      { at: '2026-11-21T10:00:00.000Z', count: 1, held: 0, expectedMs: 0 },
    ],
  );
  expect(sums).toHaveLength(48);
  expect(sums.filter(({ ran, due }) => ran + due > 0).map(({ ran, due }) => [ran, due])).toEqual([
    [4, 3],
    [0, 1],
  ]);
});

describe('lanes', () => {
  it('are those of what runs, then of what fails still, then of what is long', () => {
    const runs = [
      run('long', '05:00:00', 'succeeded', 3 * HOUR),
      run('mended', '06:00:00', 'failed'),
      run('mended', '07:00:00'),
      run('fails', '08:00:00', 'failed'),
      run('short', '08:10:00'),
      run('runs', '09:39:00', 'running'),
    ];
    const names = (most: number) => lanes({ runs, most }).map(({ job }) => job);
    expect(names(1)).toEqual(['runs']);
    expect(names(2)).toEqual(['fails', 'runs']);
    expect(names(3)).toEqual(['fails', 'long', 'runs']);
    expect(names(5)).toEqual(['fails', 'long', 'mended', 'runs', 'short']);
  });

  it('put together what could not be told apart, each outcome for itself, with what is bad on top', () => {
    const [lane] = lanes({
      runs: [run('a', '08:02:00'), run('a', '08:00:00'), run('a', '08:01:00', 'failed')],
      nearMs: 5 * 60_000,
    });
    expect(lane?.marks.map(({ status, count }) => [status, count])).toEqual([
      ['succeeded', 2],
      ['failed', 1],
    ]);
  });

  it('draw what goes on up to now, and what was not run as a moment', () => {
    const [a, b] = lanes({ runs: [run('a', '09:00:00', 'running'), run('b', '09:00:00', 'skipped')] });
    expect(a?.marks[0]?.to).toBe(NOW);
    expect(b?.marks[0]).toMatchObject({ status: 'skipped' });
    expect((b?.marks[0]?.to ?? 0) - (b?.marks[0]?.from ?? 0)).toBe(0);
  });

  it('draw what is planned where it is to begin', () => {
    const planned = plannedRun('a', '09:30:00');
    const [lane] = lanes({ runs: [planned, run('a', '09:30:00', 'failed')] });
    expect(lane?.marks).toMatchObject([
      { status: 'due', from: Date.parse('2026-11-21T12:00:00Z') },
      { status: 'failed' },
    ]);
  });

  it('leave out what is paused, what is over, and what is beyond the span', () => {
    const items = [
      due('paused', '12:00:00', { override: 'paused' }),
      due('over', '09:00:00'),
      due('comes', '12:00:00'),
    ];
    const runs = [
      { ...run('old', '08:00:00'), startedAt: '2026-11-19T08:00:00Z', endedAt: '2026-11-19T08:01:00Z' },
    ];
    expect(lanes({ items, runs }).map(({ job }) => job)).toEqual(['comes']);
  });

  it('draw a job that is due very often by the hour', () => {
    const hours = [
      { at: '2026-11-21T09:00:00.000Z', count: 20, held: 0 },
      { at: '2026-11-21T10:00:00.000Z', count: 60, held: 0 },
      { at: '2026-11-21T11:00:00.000Z', count: 60, held: 60 },
    ];
    const [lane] = lanes({
      dense: [{ namespace: 'ns', job: 'a', count: 140, expectedMs: 900, attended: true, hours }],
    });
    expect(lane?.marks).toHaveLength(1);
    expect(lane?.marks[0]).toMatchObject({ status: 'due', from: NOW, count: 80 });
  });
});

describe('an event', () => {
  const before = {
    runs: [run('a', '09:10:00', 'running')],
    hours: [{ at: '2026-11-21T09:00:00.000Z', counts: { running: 1, succeeded: 2 } }],
  };

  it('moves a run from one outcome to the other', () => {
    const after = withRun(before, run('a', '09:10:00', 'failed'), 10);
    expect(after.runs.map(({ status }) => status)).toEqual(['failed']);
    expect(after.hours[0]?.counts).toEqual({ running: 0, failed: 1, succeeded: 2 });
  });

  it('adds a new run, and keeps no more than there may be', () => {
    const after = withRun(before, run('b', '09:20:00'), 1);
    expect(after.runs.map(({ job }) => job)).toEqual(['b']);
    expect(after.hours[0]?.counts).toEqual({ running: 1, succeeded: 3 });
  });

  it('counts what was planned once it has begun', () => {
    const planned = plannedRun('c', '09:30:00');
    const waits = withRun(before, planned, 10);
    expect(waits.hours[0]?.counts).toEqual({ running: 1, succeeded: 2 });
    const began: TimelineRun = { ...planned, status: 'running' };
    expect(withRun(waits, began, 10).hours[0]?.counts).toEqual({ running: 2, succeeded: 2 });
  });

  it('that says nothing new changes nothing', () => {
    expect(withRun(before, run('a', '09:10:00', 'running'), 10)).toBe(before);
  });
});
