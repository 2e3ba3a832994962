/** The file that one writer appends to: durable when asked, one sync for many records, moved on when it is full. */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
} from 'node:fs';
import { randomHex } from '../../model/random.js';
import {
  createFile,
  listNames,
  moveFile,
  openToAppend,
  removeFile,
  syncDirectory,
  unavailable,
  writeAll,
} from './disk.js';

/** Nobody writes to it: the next writer takes it by renaming it, so that a thousand writers do not make a thousand files. */
export const FREE = 'free-';
/** Full: nobody will write to it, and it is folded into the history. */
export const SEALED = 'sealed-';
export const ENDING = '.jsonl';

/** Above this a journal is sealed. Folding one of this size takes about as long as starting a process. */
export const FULL_BYTES = 1024 * 1024;

export type Journal = {
  /** Write lines at once and make them durable; all or nothing. Throws `STATE_UNAVAILABLE`. */
  appendDurable(lines: string): void;
  /** Write lines at once; they survive the death of this process, not that of the machine. */
  append(lines: string): void;
  /**
   * Write lines at once; settles when they are durable. Many share one sync.
   *
   * @param inPlace - Sync before returning: nothing else is going on, and waking a thread pool would take longer.
   */
  commit(lines: string, inPlace: boolean): Promise<void>;
  /** Set the time at which the writer was last known alive. */
  touch(at: Date): void;
  /** Whether the file is still where it was made; otherwise somebody deleted or moved it. */
  isInPlace(): boolean;
  /** Name of the file that is written to. */
  fileName(): string;
  /** Go on in a new file, which begins with `head`. */
  restart(): void;
  /** Whether full journals were seen on opening, which somebody should fold. */
  readonly sawSealed: boolean;
  /** Hand the file on. */
  close(): Promise<void>;
};

export type JournalOptions = {
  readonly directory: string;
  /** The writer's name; its files are called so. */
  readonly writer: string;
  /** What a new file must begin with for its readers: who writes, what it schedules, the runs that are open. */
  readonly head: () => string;
};

/** Take over a free journal or create one. */
export function openJournal(options: JournalOptions): Journal {
  const { directory } = options;
  let part = 0;
  let path = '';
  let fd = -1;
  let size = 0;
  /** The directory's entry of a file just created is not durable yet. */
  let entryPending = false;
  let closed = false;
  let waiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let syncing = false;
  /** Written to this file and not known to be durable. */
  let unsynced = '';

  const nextPath = () => `${directory}/${options.writer}.${part++}${ENDING}`;
  const create = () => {
    path = nextPath();
    fd = createFile(path);
    size = 0;
    entryPending = true;
    unsynced = '';
  };
  const write = (lines: string) => {
    // A closed descriptor's number may be another file's by now.
    if (closed) throw new Error('the journal is closed');
    const bytes = Buffer.from(lines);
    try {
      writeAll(fd, bytes);
    } catch (error) {
      takeBack(fd, size);
      throw error;
    }
    size += bytes.length;
    unsynced += lines;
  };
  const syncNow = () => {
    fdatasyncSync(fd);
    if (entryPending) syncDirectory(directory);
    entryPending = false;
    unsynced = '';
  };
  const restart = () => {
    const left = { fd, path, unsynced };
    create();
    try {
      write(options.head() + left.unsynced);
      syncNow();
    } catch (error) {
      closeSync(fd);
      removeFile(path);
      ({ fd, path } = left);
      size = fstatSync(fd).size;
      throw error;
    }
    closeSync(left.fd);
    moveFile(left.path, `${directory}/${SEALED}${baseName(left.path)}`);
  };
  // After a failed sync the system may have dropped the pages, so a second try would lie: only a new file helps.
  const syncOrRestart = () => {
    try {
      syncNow();
    } catch {
      restart();
    }
  };
  const settle = (error?: unknown) => {
    const settled = waiters;
    waiters = [];
    for (const waiter of settled) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(unavailable('write to', path, error));
    }
  };
  const syncWaiters = () => {
    if (waiters.length === 0) return;
    try {
      syncOrRestart();
      if (size > FULL_BYTES) restart();
      settle();
    } catch (error) {
      settle(error);
    }
  };
  const syncInBackground = () => {
    if (waiters.length === 0 || closed) return;
    const mine = waiters;
    waiters = [];
    syncing = true;
    const upTo = unsynced.length;
    const file = fd;
    fdatasync(file, (error) => {
      syncing = false;
      const later = waiters;
      waiters = mine;
      if (error !== null || size > FULL_BYTES) syncWaiters();
      else {
        if (file === fd) unsynced = unsynced.slice(upTo);
        settle();
      }
      waiters = later;
      syncInBackground();
    });
  };

  const names = listNames(directory);
  const taken = takeFree(directory, names, nextPath);
  if (taken === undefined) {
    create();
  } else {
    path = taken;
    fd = openToAppend(path);
    size = fstatSync(fd).size;
  }

  return {
    append: (lines) => {
      try {
        write(lines);
      } catch (error) {
        throw unavailable('write to', path, error);
      }
    },
    appendDurable: (lines) => {
      const before = size;
      try {
        write(lines);
        syncOrRestart();
      } catch (error) {
        if (size > before) takeBack(fd, before);
        size = Math.min(size, before);
        unsynced = '';
        throw unavailable('write to', path, error);
      }
    },
    commit: (lines, inPlace) =>
      new Promise((resolve, reject) => {
        try {
          write(lines);
        } catch (error) {
          reject(unavailable('write to', path, error));
          return;
        }
        waiters.push({ resolve, reject });
        if (inPlace && !syncing) syncWaiters();
        else if (waiters.length === 1 && !syncing) setImmediate(syncInBackground);
      }),
    touch: (at) => futimesSync(fd, at, at),
    isInPlace: () => lstatSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino,
    fileName: () => baseName(path),
    restart,
    sawSealed: names.some((name) => name.startsWith(SEALED)),
    close: async () => {
      if (closed) return;
      while (syncing) await new Promise((resolve) => setImmediate(resolve));
      syncWaiters();
      closed = true;
      closeSync(fd);
      moveFile(path, `${directory}/${size > FULL_BYTES ? SEALED : FREE}${baseName(path)}`);
    },
  };
}

/** Names that only grow: `free-a.jsonl` was `a.0.jsonl`, and is the next writer's `b.0.jsonl`. */
function takeFree(directory: string, names: readonly string[], nextPath: () => string): string | undefined {
  for (const name of names) {
    if (!name.startsWith(FREE) || !name.endsWith(ENDING)) continue;
    const path = nextPath();
    if (moveFile(`${directory}/${name}`, path)) return path;
  }
  return undefined;
}

/** A name for a writer that no other has. */
export function writerName(pid: number, at: Date): string {
  return `${at.getTime().toString(36)}-${pid}-${randomHex(8)}`;
}

function takeBack(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // What cannot be taken back is a torn line, which readers pass over.
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
