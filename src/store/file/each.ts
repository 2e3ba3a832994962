/** All runs of a part of time, in no order: nothing is sorted, and other work goes on meanwhile. */
import type { Run } from '../../model/run.js';
import { matchesQuery } from '../run-query.js';
import type { RunQuery } from '../store.js';
import { isAbsent } from './disk.js';
import { listSegments, newestFirstIn } from './history.js';
import type { Place } from './layout.js';
import { viewNamespace } from './view.js';

export type Stretch = Pick<RunQuery, 'since' | 'until'>;

export async function* eachRunIn(place: Place, stretch: Stretch, now: Date): AsyncGenerator<Run> {
  const query = { ...stretch, limit: Number.POSITIVE_INFINITY };
  const { journals } = viewNamespace(place, now);
  for (const { run } of journals.runs.values()) if (matchesQuery(run, query)) yield run;
  const seen = new Set(journals.runs.keys());
  for (let isWhole = false; !isWhole; ) {
    isWhole = true;
    try {
      for await (const run of eachInHistory(place.history, query)) {
        if (seen.has(run.id)) continue;
        seen.add(run.id);
        yield run;
      }
    } catch (error) {
      // Merged into another one while this was looking: the other is there already.
      if (!isAbsent(error)) throw error;
      isWhole = false;
    }
  }
}

async function* eachInHistory(history: string, query: RunQuery): AsyncGenerator<Run> {
  const { since = new Date(0), until = new Date(Number.MAX_SAFE_INTEGER / 2) } = query;
  for (const segment of listSegments(history)) {
    if (segment.lastMs < since.getTime() || segment.firstMs > until.getTime()) continue;
    for await (const run of newestFirstIn(segment)) {
      if (run.scheduledAt < since) break;
      if (matchesQuery(run, query)) yield run;
    }
  }
}
