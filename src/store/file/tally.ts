/**
 * Sums over all runs of a namespace that there ever were. Files of the history never change, so what they sum up to is
 * read once, from their indexes, and only what is new is looked at again.
 */
import { isEnded, type Run } from '../../model/run.js';
import { addTallies, type Tally, talliesOf } from '../tally.js';
import { endedIn } from './count.js';
import { isAbsent } from './disk.js';
import { goneFrom, readGone } from './gone.js';
import { listSegments, newestFirstIn, type Segment, talliesIn } from './history.js';
import type { Place } from './layout.js';
import { viewNamespace } from './view.js';

export type NamespaceTally = {
  /** By job. */
  readonly ended: ReadonlyMap<string, Tally>;
  /** Runs that go on or wait. */
  readonly live: readonly Run[];
};

export type TallyReader = { read(place: Place, now: Date): Promise<NamespaceTally> };

/** What was read of a namespace. */
type Past = {
  /** Files of the history that are in the sums. */
  readonly segments: readonly Segment[];
  readonly paths: ReadonlySet<string>;
  readonly sums: ReadonlyMap<string, Tally>;
  /** Runs of journals that were looked for in these files, and those that are there. */
  readonly looked: Set<string>;
  readonly held: Set<string>;
};

export function createTallyReader(): TallyReader {
  const pasts = new Map<string, Past>();
  const under = new Map<string, Promise<NamespaceTally>>();
  const read = async (place: Place, now: Date): Promise<NamespaceTally> => {
    for (;;) {
      try {
        // Journals first: what is folded meanwhile is in both, and not in neither.
        const { journals } = viewNamespace(place, now);
        const hot = [...journals.runs.values()].map(({ run }) => run);
        const past = await pastOf(place, pasts.get(place.directory));
        pasts.set(place.directory, past);
        const ended = hot.filter(({ status }) => isEnded(status));
        lookFor(past, ended);
        const sums = new Map(past.sums);
        addTallies(sums, talliesOf(ended.filter(({ id }) => !past.held.has(id))));
        return { ended: sums, live: hot.filter(({ status }) => !isEnded(status)) };
      } catch (error) {
        // A file has been merged into another one meanwhile.
        if (!isAbsent(error)) throw error;
      }
    }
  };
  return {
    read(place, now) {
      const known = under.get(place.directory);
      if (known !== undefined) return known;
      const reading = read(place, now).finally(() => under.delete(place.directory));
      under.set(place.directory, reading);
      return reading;
    },
  };
}

async function pastOf({ history }: Place, before: Past | undefined): Promise<Past> {
  const all = listSegments(history);
  // After the files: one that is removed meanwhile cannot be read, and is looked for again.
  const gone = readGone(history);
  const { tallies, doubled } = goneFrom(gone, new Set(all.map(({ path }) => path)));
  const segments = all.filter(({ path }) => !doubled.includes(path));
  const paths = new Set(segments.map(({ path }) => path));
  const isGrown = before !== undefined && [...before.paths].every((path) => paths.has(path));
  if (isGrown && before.paths.size === paths.size) return before;
  const sums = new Map(isGrown ? before.sums : tallies);
  for (const segment of segments)
    if (!isGrown || !before.paths.has(segment.path)) addTallies(sums, await talliesOfSegment(segment));
  return { segments, paths, sums, looked: new Set(), held: new Set() };
}

async function talliesOfSegment(segment: Segment): Promise<Iterable<readonly [string, Tally]>> {
  const known = talliesIn(segment);
  if (known !== undefined) return known;
  // Written by a version that did not sum up.
  const sums = new Map<string, Tally>();
  for await (const run of newestFirstIn(segment)) addTallies(sums, talliesOf([run]));
  return sums;
}

function lookFor(past: Past, ended: readonly Run[]): void {
  const fresh = ended.map(({ id }) => id).filter((id) => !past.looked.has(id));
  for (const id of endedIn(past.segments, fresh)) past.held.add(id);
  for (const id of fresh) past.looked.add(id);
}
