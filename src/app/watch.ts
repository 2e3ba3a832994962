/** Notices when the files of a timetable change, and has them taken over once they are whole. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Clock } from '../engine/clock.js';
import { createSystemClock } from '../engine/system-clock.js';
import { sharedFileSystem } from '../store/file/file-system.js';
import type { Reloader } from './reload.js';
import type { Source } from './source.js';
import { fingerprint } from './text-file.js';
import type { Tree } from './tree.js';
import { createWatcher } from './watcher.js';

export type Watching = { close(): Promise<void> };

export type WatchParts = {
  /** Nobody tells of changes; default: as it turns out. */
  readonly isDeaf?: boolean;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'after' | 'steadyMs'>;
  readonly reloader: Pick<Reloader, 'source' | 'looked' | 'reloadNow'>;
  readonly warn: (message: string) => void;
};

/** So long nothing more must happen to a file before it is read. */
const SETTLE_MS = 100;
/** A text that looks like the first half of one may take so long to become whole. */
const PATIENCE_MS = 1_500;
/** A watch may miss something: this often the files are looked at unasked, which wakes nobody who sleeps. */
const LOOK_EVERY_MS = 30_000;
/**
 * Network file systems tell nothing of what others do, a watch may not be had at all, and of a directory that was moved
 * away it tells nothing of what comes in its place.
 */
const LOOK_WHEN_DEAF_MS = 2_000;

/** What a file looks like that is not there. */
const GONE = '';

export function watchFiles(parts: WatchParts): Watching {
  const { clock = createSystemClock(), reloader } = parts;
  let isDeaf = parts.isDeaf ?? sharedFileSystem(reloader.source.directory) !== undefined;
  /** What the files looked like when they were read last, for better or worse. */
  let seen = marksOf(reloader.looked);
  /** Of their content then; undefined: it was not asked for. */
  let digest: string | undefined;
  /** What they look like while they are being waited for, and since when. */
  let candidate: { readonly marks: string; readonly sinceMs: number } | undefined;
  let cancelWait = (): void => {};
  let cancelLook = (): void => {};
  let isClosed = false;
  let isReading = false;
  const paths = (): readonly string[] => pathsOf(reloader);
  const lookNow = (): ReadonlyMap<string, string> =>
    new Map(paths().map((path) => [path, fingerprint(path)]));
  const marks = (): string => marksOf(lookNow());
  /** Something was gone: a watch of what was there before may tell nothing of what comes again. */
  let isStale = false;
  const follow = (): void => {
    const isGone = hasGone(lookNow());
    watcher.follow(paths(), treeOf(reloader.source)?.directories ?? [], isStale && !isGone);
    isStale = isGone;
  };

  const wait = (): void => {
    cancelWait();
    if (!isClosed) cancelWait = clock.after(SETTLE_MS, settle);
  };
  const look = (): void => {
    if (!isReading && marks() !== seen) wait();
  };
  const lookLater = (): void => {
    cancelLook();
    if (isClosed) return;
    const isBlind = isDeaf || hasGone(lookNow());
    cancelLook = clock.after(isBlind ? LOOK_WHEN_DEAF_MS : LOOK_EVERY_MS, () => {
      look();
      lookLater();
    });
  };

  const settle = (): void => {
    if (isReading) return;
    const found = lookNow();
    isStale ||= hasGone(found);
    const now = marksOf(found);
    if (now === seen) {
      candidate = undefined;
      // There may be a directory that was not there before, and is empty.
      follow();
      return;
    }
    if (candidate?.marks !== now) {
      candidate = { marks: now, sinceMs: clock.steadyMs() };
      wait();
      return;
    }
    const isPatient = clock.steadyMs() - candidate.sinceMs < PATIENCE_MS;
    if (isPatient && changedIn(reloader).some(isUnfinished)) wait();
    else void take();
  };

  const take = async (): Promise<void> => {
    candidate = undefined;
    const now = lookNow();
    seen = marksOf(now);
    if (contentOf(paths()) === digest) return follow();
    isReading = true;
    await reloader.reloadNow('file').finally(() => {
      isReading = false;
    });
    note(now);
    follow();
    look();
    lookLater();
  };

  /** What was read may be older than what is there by now; so what it looked like before it was read counts. */
  const note = (before: ReadonlyMap<string, string>): void => {
    const { looked } = reloader;
    seen = marksOf(
      new Map(paths().map((path) => [path, looked.get(path) ?? before.get(path) ?? fingerprint(path)])),
    );
    const content = contentOf(paths());
    digest = marks() === seen ? content : undefined;
  };

  const watcher = createWatcher(wait, (error) => {
    if (isDeaf) return;
    isDeaf = true;
    parts.warn(`the timetable cannot be watched (${String(error)}); it is looked at every two seconds`);
    lookLater();
  });
  follow();
  lookLater();
  // It may have changed since it was read.
  look();
  return {
    close() {
      isClosed = true;
      cancelWait();
      cancelLook();
      return watcher.close();
    },
  };
}

type Read = Pick<Reloader, 'source' | 'looked'>;

/** What it was read from, what a text that is wrong was read from, and what it would be read from now. */
function pathsOf({ source, looked }: Read): readonly string[] {
  const tree = treeOf(source)?.files ?? [];
  return [...new Set([...(source.files?.keys() ?? []), ...looked.keys(), ...tree])].sort();
}

/** Of a directory that is there. */
function treeOf(source: Source): Tree | undefined {
  try {
    return source.list?.();
  } catch {
    return undefined;
  }
}

function changedIn(read: Read): readonly string[] {
  const { source, looked } = read;
  return pathsOf(read).filter((path) => (looked.get(path) ?? source.files?.get(path)) !== fingerprint(path));
}

function hasGone(files: ReadonlyMap<string, string>): boolean {
  return [...files.values()].includes(GONE);
}

function marksOf(files: ReadonlyMap<string, string>): string {
  return [...files]
    .map(([path, mark]) => `${path}\0${mark}`)
    .sort()
    .join('\n');
}

function contentOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readIfThere(path) ?? 'nothing')
      .update('\0');
  return hash.digest('hex');
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Whether it could be on its way to being another one: it is gone, empty, or stops within a line. */
function isUnfinished(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      return size === 0 || readSync(file, last, 0, 1, size - 1) !== 1 || last[0] !== 0x0a;
    } finally {
      closeSync(file);
    }
  } catch {
    return true;
  }
}
