import { expect, it } from 'vitest';
import { layOut } from '../../../../src/web/page/week/layout.js';
import type { Occurrence } from '../../../../src/web/page/week/occurrence.js';

const MINUTE = 60_000;

function at(time: string, minutes = 0): Occurrence {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return {
    key: time,
    namespace: 'ns',
    job: time,
    at: new Date(2026, 10, 21, hour, minute).getTime(),
    lengthMs: minutes * MINUTE,
    status: 'due',
    override: null,
  };
}

const lay = (occurrences: readonly Occurrence[], mostLanes = 3) =>
  layOut(occurrences, { mostLanes, leastMinutes: 30 });

it('gives what stands alone all of the width, and what overlaps a lane each', () => {
  const { blocks, more } = lay([at('02:00', 90), at('03:00', 10), at('03:45', 10), at('09:00')]);
  expect(blocks.map(({ top, minutes, lane, lanes }) => [top, minutes, lane, lanes])).toEqual([
    [120, 90, 0, 2],
    [180, 30, 1, 2],
    [225, 30, 0, 1],
    [540, 30, 0, 1],
  ]);
  expect(more).toEqual([]);
});

it('takes up a lane again that is free, within what hangs together', () => {
  const { blocks } = lay([at('02:00', 120), at('02:10', 30), at('03:00', 30)]);
  expect(blocks.map(({ lane, lanes }) => [lane, lanes])).toEqual([
    [0, 2],
    [1, 2],
    [1, 2],
  ]);
});

it('counts by hour what there is no lane for', () => {
  const many = ['05:00', '05:05', '05:10', '05:15', '05:20', '05:25'].map((time) => at(time, 50));
  const { blocks, more } = lay([...many, at('06:01', 10)]);
  expect(blocks.map(({ occurrence, hasMore }) => [occurrence.job, hasMore])).toEqual([
    ['05:00', true],
    ['05:05', true],
    ['06:01', true],
  ]);
  expect(more).toEqual([{ hour: 5, top: 310, count: 4 }]);
});

it('keeps what is due late, or goes on past midnight, within its day', () => {
  const { blocks } = lay([at('22:00', 300), at('23:55')]);
  expect(blocks.map(({ top, minutes }) => top + minutes)).toEqual([1_440, 1_440]);
});
