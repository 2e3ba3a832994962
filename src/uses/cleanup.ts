/** Removes old files below one directory, and tells each. */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import picomatch from 'picomatch';
import { messageOf, systemCode } from '../errors.js';
import { formatSize } from '../model/size.js';
import type { CleanupValues } from '../model/uses/cleanup.js';
import {
  type Directory,
  descend,
  type Found,
  list,
  openDirectory,
  removeEmpty,
  removeFile,
} from './directory.js';
import { EXIT, Failure, type Surroundings, type Use } from './use.js';

/** Something below the directory; `steps` are the names of the directories that lead to it. */
type Entry = { readonly steps: readonly string[]; readonly found: Found };

type Below = {
  readonly files: readonly Entry[];
  /** Outer ones first. */
  readonly directories: readonly (Entry & { readonly entries: number })[];
};

type Tally = { removed: number; bytes: number; directories: number; failed: number };

export const useCleanup: Use<CleanupValues> = async (values, around) => {
  const { 'min-keep': minKeep = 0, 'empty-dirs': emptyDirs = false, 'dry-run': isDry = false } = values;
  const root = await openRoot(values.path);
  const tally: Tally = { removed: 0, bytes: 0, directories: 0, failed: 0 };
  try {
    const { files, directories } = await look(root, values, around);
    const limitMs = Date.now() - (values['older-than'] ?? 0);
    const isOld = ({ found }: Entry): boolean =>
      values['older-than'] === undefined || found.changedMs <= limitMs;
    const going = [...files].sort(newestFirst).slice(minKeep).filter(isOld).reverse();
    const gone = await removeAll(root, going, { isDry, tally, around });
    if (emptyDirs) await removeDirectories(root, directories, gone, { isDry, isOld, tally, around });
    tell(tally, files.length - tally.removed, isDry, around);
  } finally {
    await root.close();
  }
  if (tally.failed > 0) throw new Failure(`${tally.failed} of ${values.path} could not be removed`);
};

async function openRoot(path: string): Promise<Directory> {
  try {
    const real = await realpath(path);
    if (real === '/' || real === (await realpath(homedir()).catch(() => undefined))) {
      throw new Failure(
        `${path} is ${real}, which is not cleaned up; name a directory below it`,
        EXIT.configuration,
      );
    }
    return await openDirectory(real);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be cleaned up: ${wordsFor(error)}`, EXIT.refused, error);
  }
}

async function look(root: Directory, values: CleanupValues, around: Surroundings): Promise<Below> {
  const { pattern = ['*'], except, 'empty-dirs': emptyDirs = false } = values;
  const isWanted = picomatch([...pattern]);
  const isExcepted = except === undefined ? () => false : picomatch([...except]);
  const goesDown = emptyDirs || pattern.some((one) => /\/|\*\*|\{/.test(one));
  const files: Entry[] = [];
  const directories: (Entry & { entries: number })[] = [];
  const visit = async (steps: readonly string[], device: number | undefined): Promise<number> => {
    around.signal.throwIfAborted();
    const directory = await descend(root, steps);
    const entries = await list(directory).finally(directory.close);
    for (const found of entries) {
      const path = [...steps, found.name].join('/');
      if (found.kind === 'file' && isWanted(path) && !isExcepted(path)) files.push({ steps, found });
      // Other disks that are mounted below are not of this directory.
      if (found.kind !== 'directory' || !goesDown || (device !== undefined && found.device !== device))
        continue;
      const below = { steps, found, entries: 0 };
      directories.push(below);
      below.entries = await visit([...steps, found.name], found.device).catch((error: unknown) => {
        around.warn(`${path} is passed over: ${wordsFor(error)}`);
        return Number.POSITIVE_INFINITY;
      });
    }
    return entries.length;
  };
  await visit([], undefined);
  return { files, directories };
}

type Removing = { readonly isDry: boolean; readonly tally: Tally; readonly around: Surroundings };

/** @returns How many entries went, by the path of their directory. */
async function removeAll(
  root: Directory,
  going: readonly Entry[],
  { isDry, tally, around }: Removing,
): Promise<Map<string, number>> {
  const gone = new Map<string, number>();
  for (const { steps, found } of going) {
    around.signal.throwIfAborted();
    const path = [...steps, found.name].join('/');
    try {
      if (!isDry && !(await within(root, steps, (directory) => removeFile(directory, found)))) continue;
    } catch (error) {
      tally.failed++;
      around.warn(`${path} could not be removed: ${wordsFor(error)}`);
      continue;
    }
    tally.removed++;
    tally.bytes += found.bytes;
    gone.set(steps.join('/'), (gone.get(steps.join('/')) ?? 0) + 1);
    const changed = new Date(found.changedMs).toISOString().slice(0, 10);
    around.say(
      `${isDry ? 'would remove' : 'removed'} ${path} (${formatSize(found.bytes)}, changed ${changed})`,
    );
  }
  return gone;
}

/** Inner ones first. One that files went from is removed whatever its age: their going has just changed it. */
async function removeDirectories(
  root: Directory,
  directories: Below['directories'],
  gone: Map<string, number>,
  { isDry, isOld, tally, around }: Removing & { readonly isOld: (entry: Entry) => boolean },
): Promise<void> {
  for (const directory of [...directories].reverse()) {
    around.signal.throwIfAborted();
    const { steps, found, entries } = directory;
    const path = [...steps, found.name].join('/');
    const went = gone.get(path) ?? 0;
    if (went < entries || (went === 0 && !isOld(directory))) continue;
    try {
      if (!isDry && !(await within(root, steps, (parent) => removeEmpty(parent, found.name)))) continue;
    } catch (error) {
      tally.failed++;
      around.warn(`${path}/ could not be removed: ${wordsFor(error)}`);
      continue;
    }
    tally.directories++;
    gone.set(steps.join('/'), (gone.get(steps.join('/')) ?? 0) + 1);
    around.say(`${isDry ? 'would remove' : 'removed'} ${path}/`);
  }
}

async function within<T>(
  root: Directory,
  steps: readonly string[],
  act: (directory: Directory) => Promise<T>,
): Promise<T> {
  const directory = await descend(root, steps);
  return act(directory).finally(directory.close);
}

function tell(tally: Tally, kept: number, isDry: boolean, { say, output }: Surroundings): void {
  const { removed, directories, bytes, failed } = tally;
  const what = `${count(removed, 'file')}${directories === 0 ? '' : ` and ${count(directories, 'directory')}`}`;
  say(
    `${isDry ? 'would remove' : 'removed'} ${what}, ${formatSize(bytes)}; ${count(kept, 'matching file')} left`,
  );
  for (const [name, value] of Object.entries({ removed, directories, bytes, kept, failed }))
    output(name, value);
}

function newestFirst(one: Entry, other: Entry): number {
  return other.found.changedMs - one.found.changedMs || (one.found.name < other.found.name ? -1 : 1);
}

function count(number: number, what: string): string {
  if (number === 1) return `1 ${what}`;
  return `${number} ${what.endsWith('y') ? `${what.slice(0, -1)}ies` : `${what}s`}`;
}

function wordsFor(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'it does not exist';
    case 'ENOTDIR':
    case 'ELOOP':
      return 'it is no directory';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return messageOf(error);
  }
}
