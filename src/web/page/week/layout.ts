/** Where occurrences stand in the column of their day, so that none covers another one. Pure. */
import { minuteOf } from './day.js';
import type { Occurrence } from './occurrence.js';

const DAY_MINUTES = 1_440;

export type Block = {
  readonly occurrence: Occurrence;
  /** In minutes from midnight. */
  readonly top: number;
  readonly minutes: number;
  /** Which of `lanes` it is in. */
  readonly lane: number;
  readonly lanes: number;
  /** Whether there is something beside it that tells of the rest. */
  readonly hasMore: boolean;
};

/** For what there is no lane left. */
export type More = { readonly hour: number; readonly top: number; readonly count: number };

export type Layout = { readonly blocks: readonly Block[]; readonly more: readonly More[] };

export type LayoutOption = {
  /** So many stand beside each other. */
  readonly mostLanes: number;
  /** As many as are needed for a line of text. */
  readonly leastMinutes: number;
};

type Spot = { readonly occurrence: Occurrence; readonly top: number; readonly minutes: number; lane: number };

/** @param occurrences - Of one day, in order. */
export function layOut(
  occurrences: readonly Occurrence[],
  { mostLanes, leastMinutes }: LayoutOption,
): Layout {
  const blocks: Block[] = [];
  const more: More[] = [];
  for (const cluster of clustersOf(occurrences, leastMinutes)) {
    const needed = fill(cluster);
    const hasMore = needed > mostLanes;
    // The last lane tells of the rest.
    const lanes = hasMore ? mostLanes - 1 : needed;
    const rest = new Map<number, { top: number; count: number }>();
    for (const { occurrence, top, minutes, lane } of cluster) {
      if (lane < lanes) {
        blocks.push({ occurrence, top, minutes, lane, lanes, hasMore });
        continue;
      }
      const hour = Math.floor(top / 60);
      const known = rest.get(hour);
      rest.set(hour, { top: known?.top ?? top, count: (known?.count ?? 0) + 1 });
    }
    for (const [hour, { top, count }] of rest) more.push({ hour, top, count });
  }
  return { blocks, more };
}

/** Those that touch each other, directly or by others between them. */
function clustersOf(occurrences: readonly Occurrence[], leastMinutes: number): Spot[][] {
  const clusters: Spot[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const occurrence of occurrences) {
    const begin = minuteOf(occurrence.at);
    const minutes = Math.max(leastMinutes, occurrence.lengthMs / 60_000);
    const top = Math.min(begin, DAY_MINUTES - leastMinutes);
    const spot = { occurrence, top, minutes: Math.min(minutes, DAY_MINUTES - top), lane: 0 };
    const last = clusters.at(-1);
    if (last !== undefined && top < end) last.push(spot);
    else clusters.push([spot]);
    end = Math.max(end, top + spot.minutes);
  }
  return clusters;
}

/** Give each the first lane that is free. @returns How many lanes there are. */
function fill(cluster: readonly Spot[]): number {
  const ends: number[] = [];
  for (const spot of cluster) {
    const free = ends.findIndex((end) => end <= spot.top);
    spot.lane = free < 0 ? ends.length : free;
    ends[spot.lane] = spot.top + spot.minutes;
  }
  return ends.length;
}
