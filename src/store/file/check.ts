/** What is wrong with a namespace on disk, said without changing anything. */
import { closeSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { runIdInstant } from '../../model/run.js';
import { listNames, readObject } from './disk.js';
import { listSegments, type Segment } from './history.js';
import { type Journals, readJournals } from './journals.js';
import { isRunId, type Place } from './layout.js';
import { eachLine } from './lines.js';
import { MAX_LINE_BYTES, parseRunLine } from './record.js';
import { viewNamespace } from './view.js';

export type Finding = {
  readonly kind: /** Lines of a journal or of the history that are no records: torn by a kill, or damaged. */
    | 'bad-lines'
    /** A file of the history has another number of runs than its name says. */
    | 'count'
    /** The description of the namespace, or the format, cannot be read. */
    | 'unreadable'
    /** Others than the owner may read or write it, or it is a link. */
    | 'permissions'
    /** A run was claimed and has no record: its supertask was killed in between. */
    | 'claim-without-record'
    /** Runs whose supertask is gone and which nobody has ended yet; the next scheduler will. */
    | 'lost-runs'
    /** What an interrupted replacement of a file left. */
    | 'temporary-file'
    /** Unreadable files that were put aside. */
    | 'quarantined';
  readonly path: string;
  readonly count: number;
};

/** A temporary file that is older was left behind. */
const OLD_MS = 3_600_000;
/** A claim is journalled at once; a younger one may be about to be. */
const YOUNG_MS = 5000;

/** @param now - The wall clock. */
export function checkNamespace(place: Place, root: string, now: Date): Finding[] {
  const { journals, lost } = viewNamespace(place, now);
  const segments = listSegments(place.history);
  const known = new Set(journals.runs.keys());
  const inHistory = segments.flatMap((segment) => checkSegment(segment, known));
  return [
    ...unreadable([`${root}/format.json`, place.origin]),
    ...checkJournals(place, journals),
    ...inHistory,
    ...some('lost-runs', place.journals, lost.length),
    ...checkClaims(place, known, now),
    ...checkFiles(place, now),
    ...some('quarantined', place.quarantine, listNames(place.quarantine).length),
  ];
}

function unreadable(paths: readonly string[]): Finding[] {
  return paths.flatMap((path) => some('unreadable', path, typeof readObject(path) === 'object' ? 0 : 1));
}

function checkJournals(place: Place, journals: Journals): Finding[] {
  if (journals.badLines === 0) return [];
  return [...journals.files].flatMap((name) =>
    some('bad-lines', `${place.journals}/${name}`, readJournals(place.journals, [name]).badLines),
  );
}

function checkSegment(segment: Segment, known: Set<string>): Finding[] {
  let runs = 0;
  let bad = 0;
  const fd = openSync(segment.path, 'r');
  try {
    const tooLong = eachLine(fd, MAX_LINE_BYTES, (line) => {
      const run = parseRunLine(line);
      if (run === undefined) bad += 1;
      else known.add(run.id);
      if (run !== undefined) runs += 1;
    });
    bad += tooLong;
  } finally {
    closeSync(fd);
  }
  return [
    ...some('bad-lines', segment.path, bad),
    ...some('count', segment.path, Math.abs(segment.runs - runs)),
  ];
}

function checkClaims(place: Place, known: ReadonlySet<string>, now: Date): Finding[] {
  return listNames(place.output).flatMap((day) =>
    listNames(`${place.output}/${day}`)
      .filter((name) => name.endsWith('.out') && isRunId(name.slice(0, -4)))
      .filter((name) => !known.has(name.slice(0, -4)))
      .filter((name) => now.getTime() - runIdInstant(name).getTime() > YOUNG_MS)
      .flatMap((name) => some('claim-without-record', `${place.output}/${day}/${name}`, 1)),
  );
}

function checkFiles(place: Place, now: Date): Finding[] {
  const paths = readdirSync(place.directory, { recursive: true, encoding: 'utf8' });
  return [place.directory, ...paths.map((path) => `${place.directory}/${path}`)].flatMap((path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    const isSlot = path.startsWith(`${place.slots}/`);
    if (stats === undefined || isSlot) return [];
    const isOpen = stats.isSymbolicLink() || (stats.mode & 0o077) !== 0;
    const isLeft = path.endsWith('.tmp') && now.getTime() - stats.mtimeMs > OLD_MS;
    return [...some('permissions', path, isOpen ? 1 : 0), ...some('temporary-file', path, isLeft ? 1 : 0)];
  });
}

function some(kind: Finding['kind'], path: string, count: number): Finding[] {
  return count === 0 ? [] : [{ kind, path, count }];
}
