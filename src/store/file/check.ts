/** What is wrong with the state on disk, said without changing anything. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { namespaceId } from '../../model/namespace.js';
import { checkHistory } from './check-history.js';
import { checkJournals } from './check-journal.js';
import { checkOutput } from './check-output.js';
import { socketsIn } from './control.js';
import { loadNamespace } from './described.js';
import { listNames, readObject } from './disk.js';
import { type Finding, some } from './finding.js';
import { neededFormat } from './format.js';
import { readKeptJobs } from './kept-jobs.js';
import { backgroundIn, httpIn, namespacesIn, type Place } from './layout.js';
import { readOverrides } from './overrides.js';
import { staleSlots } from './slots-of-dead.js';
import { viewNamespace } from './view.js';

/** A temporary file that is older was left behind. */
const OLD_MS = 3_600_000;

/** What belongs to no namespace. */
export function checkRoot(root: string): Finding[] {
  const format = `${root}/format.json`;
  const isThere = lstatSync(root, { throwIfNoEntry: false }) !== undefined;
  const strangers = listNames(root).filter(
    (name) => !['format.json', 'namespaces', 'quarantine', 'control', 'http', 'background'].includes(name),
  );
  return [
    ...(isThere ? unreadable(format) : []),
    ...some('newer', format, neededFormat(root) === undefined ? 0 : 1),
    ...[
      root,
      format,
      namespacesIn(root),
      socketsIn(root),
      ...filesOf(httpIn(root)),
      ...filesOf(backgroundIn(root)),
    ].flatMap((path) => checkEntry(path)),
    ...strangers.flatMap((name) => some('stranger', join(root, name), 1)),
    ...some('quarantined', `${root}/quarantine`, listNames(`${root}/quarantine`).length),
  ];
}

/** A directory with all that is in it; others must not be able to use any of it. */
function filesOf(path: string): string[] {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return [path, ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))];
}

/** @param now - The wall clock. */
export function checkNamespace(place: Place, id: string, now: Date): Finding[] {
  // Claims first: what is claimed after this look has its record later than the journals are read.
  const output = checkOutput(place, now);
  const { journals, lost } = viewNamespace(place, now);
  const history = checkHistory(place);
  return [
    ...unreadable(place.origin),
    ...some('unreadable', place.overrides, readOverrides(place) === 'corrupt' ? 1 : 0),
    ...checkKeptJobs(place),
    ...checkOrigin(place, id),
    ...checkJournals(place, journals, now),
    ...history.findings,
    ...some('lost-runs', place.journals, lost.length),
    ...output.withRecords((run) => journals.runs.has(run) || history.has(run)),
    ...some('stale-slot', place.slots, staleSlots(place, journals, now).length),
    ...some('half-adopted', place.adopting, listNames(place.adopting).length),
    ...checkFiles(place, now),
    ...some('quarantined', place.quarantine, listNames(place.quarantine).length),
  ];
}

function checkKeptJobs(place: Place): Finding[] {
  const found = readKeptJobs(place);
  if (typeof found === 'object') return [];
  return some(found === 'newer' ? 'newer' : 'unreadable', place.jobs, 1);
}

function unreadable(path: string): Finding[] {
  return some('unreadable', path, typeof readObject(path) === 'object' ? 0 : 1);
}

/** An id that looks like a digest is one, unless it was given by hand. */
function checkOrigin(place: Place, id: string): Finding[] {
  if (!/^[0-9a-f]{32}$/.test(id) || typeof readObject(place.origin) !== 'object') return [];
  return some('origin', place.origin, namespaceId(loadNamespace(place, id)) === id ? 0 : 1);
}

function checkFiles(place: Place, now: Date): Finding[] {
  const paths = readdirSync(place.directory, { recursive: true, encoding: 'utf8' });
  return [place.directory, ...paths.map((path) => `${place.directory}/${path}`)].flatMap((path) => {
    // Slots and the ways to sockets are links on purpose; proper-lockfile makes its directory as it likes.
    const isLink = [place.slots, place.control].some((directory) => path.startsWith(`${directory}/`));
    if (isLink || isLock(path)) return [];
    return checkEntry(path, (stats) => some('temporary-file', path, isLeftBehind(path, stats, now) ? 1 : 0));
  });
}

export function isLock(path: string): boolean {
  return /\/(?:maintenance|overrides\.json|jobs\.json)\.lock$/.test(path);
}

export function isLeftBehind(path: string, stats: Stats, now: Date): boolean {
  const isKept = path.includes('/quarantine/');
  return path.endsWith('.tmp') && !isKept && now.getTime() - stats.mtimeMs > OLD_MS;
}

function checkEntry(path: string, more: (stats: Stats) => Finding[] = () => []): Finding[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isFile() && !stats.isDirectory()) return some('link', path, 1);
  const user = process.getuid?.();
  return [
    ...some('owner', path, user !== undefined && stats.uid !== user ? 1 : 0),
    ...some('permissions', path, user !== undefined && (stats.mode & 0o077) !== 0 ? 1 : 0),
    ...more(stats),
  ];
}
