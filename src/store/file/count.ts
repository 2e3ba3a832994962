/** How many runs there are: a run stands in a journal and in the history at once while it is moved between them. */
import { isMarkedAfter } from '../../model/mark.js';
import { type Run, runIdInstant } from '../../model/run.js';
import { isLost } from '../lost-run.js';
import { isAbsent } from './disk.js';
import { listSegments, runsIn, type Segment } from './history.js';

/** Runs of the history and of the journals, each once. `ids`: those of the journals. */
export function countRuns(history: string, ids: Iterable<string>): number {
  const hot = new Set(ids);
  const segments = listSegments(history);
  const inHistory = segments.reduce((sum, segment) => sum + segment.runs, 0);
  return inHistory + hot.size - heldBy(segments, hot).size;
}

/**
 * Which of these runs the history has as they ended for good; those held to be lost may yet turn out otherwise, and
 * somebody may have said something since.
 */
export function settledInHistory(
  history: string,
  runs: ReadonlyMap<string, { readonly run: Run }>,
): ReadonlySet<string> {
  const isSettled = (kept: Run): boolean => {
    const { run } = runs.get(kept.id) ?? { run: kept };
    return !isMarkedAfter(run, kept) && (!isLost(kept) || run.marked !== undefined);
  };
  return heldBy(listSegments(history), new Set(runs.keys()), isSettled);
}

/** Which of these runs are in files of the history, those left out that were held to be lost. */
export function endedIn(segments: readonly Segment[], ids: Iterable<string>): ReadonlySet<string> {
  return heldBy(segments, new Set(ids), (run) => !isLost(run));
}

/** Which of these runs the history has. */
export function keptInHistory(history: string, ids: readonly string[]): ReadonlySet<string> {
  return heldBy(listSegments(history), new Set(ids));
}

/** Only files are read whose time includes one of them. */
function heldBy(
  segments: readonly Segment[],
  ids: ReadonlySet<string>,
  counts: (run: Run) => boolean = () => true,
): ReadonlySet<string> {
  const instants = [...ids].map((id) => runIdInstant(id).getTime()).sort((left, right) => left - right);
  const found = new Set<string>();
  for (const segment of segments) {
    const nearest = instants.find((instant) => instant >= segment.firstMs);
    if (nearest === undefined || nearest > segment.lastMs) continue;
    for (const run of runsOf(segment)) if (ids.has(run.id) && counts(run)) found.add(run.id);
  }
  return found;
}

function runsOf(segment: Segment): Run[] {
  try {
    return runsIn(segment);
  } catch (error) {
    // Merged into another one meanwhile.
    if (isAbsent(error)) return [];
    throw error;
  }
}
