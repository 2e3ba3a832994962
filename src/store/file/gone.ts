/** Sums of the runs that were removed from the history, so that what counts runs never falls. */
import { SupertaskError } from '../../errors.js';
import { addTallies, parseTallies, type Tallies, type Tally } from '../tally.js';
import { readObject, removeFile, replaceFile } from './disk.js';
import { indexPath } from './history.js';

/**
 * A file of the history that is being removed: its runs are in `left`, or counted in `tallies`. It counts as removed
 * once it is not there any more.
 */
type Removal = {
  readonly path: string;
  readonly left: readonly string[];
  readonly tallies: Tallies;
};

export type Gone = { readonly tallies: Tallies; readonly removal: Removal | undefined };

/** What cannot be read counts as nothing. */
export function readGone(history: string): Gone {
  const known = readObject(pathIn(history));
  if (known === undefined || known === 'corrupt') return { tallies: new Map(), removal: undefined };
  return {
    tallies: parseTallies(known['tallies']) ?? new Map(),
    removal: parseRemoval(history, known['removal']),
  };
}

/** Remove what was about to be removed when somebody was cut off. */
export function finishRemoval(history: string): void {
  const { removal } = readGone(history);
  if (removal !== undefined) discard(removal.path);
}

/**
 * Remove a file of the history of which some runs are in other files by now. Cut off anywhere, no run is counted twice
 * or not at all; `finishRemoval` comes before the first one.
 *
 * @param left - Files that hold the other runs; durable.
 * @param tallies - Of those that are gone.
 */
export function removeSegment(
  history: string,
  path: string,
  { left, tallies }: Pick<Removal, 'left' | 'tallies'>,
): void {
  const before = readGone(history);
  const sums = new Map(before.tallies);
  addTallies(sums, before.removal?.tallies ?? []);
  const relative = (each: string): string => each.slice(history.length + 1);
  const removal = { path: relative(path), left: left.map(relative), tallies: Object.fromEntries(tallies) };
  keep(pathIn(history), { tallies: Object.fromEntries(sums), removal });
  discard(path);
}

/** On a full disk making room comes first. */
function keep(path: string, value: object): void {
  try {
    replaceFile(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
  }
}

/** All that is gone, and which of the files that there are hold what another one holds as well. */
export function goneFrom(
  { tallies, removal }: Gone,
  paths: ReadonlySet<string>,
): { readonly tallies: Tallies; readonly doubled: readonly string[] } {
  if (removal === undefined) return { tallies, doubled: [] };
  if (paths.has(removal.path)) return { tallies, doubled: removal.left };
  const sums = new Map<string, Tally>(tallies);
  addTallies(sums, removal.tallies);
  return { tallies: sums, doubled: [] };
}

function discard(path: string): void {
  removeFile(path);
  removeFile(indexPath(path));
}

function parseRemoval(history: string, value: unknown): Removal | undefined {
  const { path, left, tallies } = { ...(value as object) } as Readonly<Record<string, unknown>>;
  const known = parseTallies(tallies);
  const isName = (each: unknown): each is string =>
    typeof each === 'string' && /^\d{6}\/[0-9a-f-]+\.jsonl$/.test(each);
  if (known === undefined || !isName(path) || !Array.isArray(left) || !left.every(isName)) return undefined;
  return { path: `${history}/${path}`, left: left.map((each) => `${history}/${each}`), tallies: known };
}

function pathIn(history: string): string {
  return `${history}/gone.json`;
}
