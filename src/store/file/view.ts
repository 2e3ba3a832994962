/** A namespace as it is now: its journals, with the runs marked lost that nobody will end. */
import { isEnded, type Run } from '../../model/run.js';
import { compareNewest, matchesQuery } from '../run-query.js';
import type { RunQuery } from '../store.js';
import { findInHistory, newestInHistory } from './history.js';
import { addRun, type Journals, type KeptRun, loseOpenRuns, readJournals } from './journals.js';
import type { Place } from './layout.js';

export type View = { readonly journals: Journals; readonly lost: readonly Run[] };

/** @param now - The wall clock, for writers that can only be judged by their last sign of life. */
export function viewNamespace(place: Place, now: Date): View {
  const journals = readJournals(place.journals);
  adoptChanges(place, journals);
  const before = new Map([...journals.runs].map(([id, kept]) => [id, { ...kept }]));
  const lost = loseOpenRuns(journals, now).filter((run) => {
    // The journal that has its end may have been folded before the one that has its beginning.
    const ended = findInHistory(place.history, run.id);
    const kept = before.get(run.id);
    if (ended === undefined || kept === undefined) return true;
    journals.runs.set(run.id, { ...kept, run: ended });
    return false;
  });
  return { journals, lost };
}

/** Changes of runs that are in the history by now. */
function adoptChanges(place: Place, journals: Journals): void {
  for (const [id, { at }] of [...journals.changes]) {
    const run = findInHistory(place.history, id);
    const kept: KeptRun | undefined = run && { run, at, writer: '' };
    if (kept !== undefined) addRun(journals, kept);
  }
}

/** Newest first, from the journals and then the history: in this order nothing that is moved between them is missed. */
export function findRuns(place: Place, query: RunQuery, now: Date): Run[] {
  const { journals } = viewNamespace(place, now);
  const hot = [...journals.runs.values()].map((kept) => kept.run).filter((run) => matchesQuery(run, query));
  const newest = hot.sort(compareNewest).slice(0, query.limit);
  // The history has none that have not ended.
  if (query.status?.every((status) => !isEnded(status))) return newest;
  const oldest = newest.length < query.limit ? undefined : newest.at(-1)?.scheduledAt;
  const since = [query.since, oldest].reduce(
    (left, right) => (left && right && right > left ? right : (left ?? right)),
    undefined,
  );
  const isKnown = (id: string) => journals.runs.has(id);
  const cold = newestInHistory(place.history, { ...query, since }, isKnown);
  return [...newest, ...cold].sort(compareNewest).slice(0, query.limit);
}

export function isOpen(run: Run): boolean {
  return !isEnded(run.status);
}
