import { expect, it } from 'vitest';
import type { RunStatus, Timeline, Upcoming, UpcomingSpan } from '../../../../src/web/api/record.js';
import { dayOf } from '../../../../src/web/page/week/day.js';
import { type DayAnswers, peaksOf, planDay } from '../../../../src/web/page/week/occurrence.js';

const MINUTE = 60_000;
const DAY = dayOf(new Date(2026, 10, 21));
const NOW = new Date(2026, 10, 21, 12, 0).getTime();

const iso = (hour: number, minute = 0) => new Date(2026, 10, 21, hour, minute).toISOString();

function ran(job: string, hour: number, status: RunStatus = 'succeeded'): Timeline['runs'][number] {
  const at = iso(hour);
  return {
    id: `${job} ${hour}`,
    namespace: 'ns',
    job,
    status,
    reason: null,
    scheduledAt: at,
    startedAt: at,
    endedAt: at,
    durationMs: 30 * MINUTE,
  };
}

function due(job: string, hour: number, more: Partial<Upcoming> = {}): Upcoming {
  return {
    namespace: 'ns',
    job,
    at: iso(hour),
    expectedMs: 30 * MINUTE,
    override: null,
    attended: true,
    ...more,
  };
}

function plan(
  {
    runs = [],
    items = [],
    ...more
  }: { runs?: Timeline['runs']; items?: UpcomingSpan['items'] } & Partial<UpcomingSpan>,
  option: Partial<DayAnswers> = {},
) {
  const past: Timeline = { from: '', to: '', runs, hours: [], truncated: false, uncounted: false };
  const ahead: UpcomingSpan = { items, dense: [], hours: [], truncated: false, leftOut: 0, ...more };
  return planDay({ day: DAY, now: NOW, past, ahead, search: '', ...option });
}

it('puts what was run before what is due, and leaves out what is due no more', () => {
  const { occurrences } = plan({ runs: [ran('a', 9)], items: [due('b', 11), due('a', 13)] });
  expect(occurrences.map(({ job, status }) => [job, status])).toEqual([
    ['a', 'succeeded'],
    ['a', 'due'],
  ]);
});

it('counts a job that comes often, and shows it not one by one', () => {
  const often = Array.from({ length: 9 }, (_, index) => due('often', 13 + index));
  const { occurrences, frequent } = plan({ items: [...often, due('seldom', 13)] });
  expect(occurrences.map(({ job }) => job)).toEqual(['seldom']);
  expect(frequent).toEqual([{ namespace: 'ns', job: 'often', count: 9, bad: 0 }]);
});

it('adds what the server counts by hour to what it tells one by one', () => {
  const hours = [{ at: iso(13), count: 60, held: 0 }];
  const dense = [{ namespace: 'ns', job: 'dense', count: 60, expectedMs: 3 * MINUTE, attended: true, hours }];
  const load = [{ at: iso(13), count: 62, held: 1, expectedMs: 0 }];
  const found = plan({ runs: [ran('dense', 9, 'failed')], items: [due('a', 13)], dense, hours: load });
  expect(found.frequent).toEqual([{ namespace: 'ns', job: 'dense', count: 61, bad: 1 }]);
  // Three at any time of the one, and the other.
  expect(found.hours[13]).toEqual({ hour: 13, count: 61, bad: 0, peak: 4 });
  expect(found.isPartial).toBe(true);
});

it('counts itself what is searched for', () => {
  const found = plan(
    { runs: [ran('backup', 9, 'failed'), ran('sync', 9)], items: [due('Backup-2', 13)] },
    { search: 'backup' },
  );
  expect(found.hours.filter(({ count }) => count > 0)).toEqual([
    { hour: 9, count: 1, bad: 1, peak: 1 },
    { hour: 13, count: 1, bad: 0, peak: 1 },
  ]);
});

it('says why something that is due will not be run', () => {
  const { occurrences } = plan({
    items: [
      due('a', 13, { override: 'paused' }),
      due('b', 14, { override: 'skip' }),
      due('c', 15, { attended: false }),
    ],
  });
  expect(occurrences.map(({ override }) => override)).toEqual(['paused', 'skipped', 'no scheduler']);
});

it('knows how many go on at once, also in hours in which nothing begins', () => {
  const each = (hour: number, minutes: number) => ({
    key: '',
    namespace: 'ns',
    job: 'a',
    at: new Date(2026, 10, 21, hour).getTime(),
    lengthMs: minutes * MINUTE,
    status: 'due' as const,
    override: null,
  });
  const peaks = peaksOf([each(1, 200), each(2, 90), each(2, 10), each(6, 0)], NOW);
  expect(peaks.slice(0, 8)).toEqual([0, 1, 3, 2, 1, 0, 1, 0]);
});
