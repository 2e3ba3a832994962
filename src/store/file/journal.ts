/** What one writer appends to: durable when asked, one sync for many records, moved on when it is full. */
import { fdatasync, futimesSync, lstatSync } from 'node:fs';
import {
  isFull,
  type JournalFile,
  type JournalOptions,
  leave,
  openJournalFile,
  restart,
  syncOrRestart,
  write,
  writeDurably,
} from './journal-file.js';
import { baseName } from './journal-name.js';
import { unavailable } from './refusal.js';

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
  /** Full journals that were seen on opening, which somebody should fold. */
  readonly sealed: readonly string[];
  /** Hand the file on. */
  close(): Promise<void>;
};

/** Take over a free journal or create one. */
export function openJournal(options: JournalOptions): Journal {
  const { file, sealed } = openJournalFile(options);
  const commits = createCommits(file);
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      throw unavailable('write to', file.path, error);
    }
  };
  return {
    append: (lines) => attempt(() => write(file, lines)),
    appendDurable: (lines) => attempt(() => writeDurably(file, lines)),
    commit: (lines, inPlace) =>
      new Promise((resolve, reject) => {
        attempt(() => write(file, lines));
        commits.add({ resolve, reject }, inPlace);
      }),
    touch: (at) => futimesSync(file.fd, at, at),
    isInPlace: () => lstatSync(file.path, { throwIfNoEntry: false })?.ino === file.ino,
    fileName: () => baseName(file.path),
    restart: () => restart(file),
    sealed,
    close: async () => {
      if (file.closed) return;
      await commits.finish();
      leave(file);
    },
  };
}

type Waiter = { readonly resolve: () => void; readonly reject: (error: unknown) => void };

type Commits = {
  add(waiter: Waiter, inPlace: boolean): void;
  /** Settles when nobody waits any more. */
  finish(): Promise<void>;
};

/** Those who wait until what they wrote is durable. */
function createCommits(file: JournalFile): Commits {
  const waiters: Waiter[] = [];
  let syncing = false;

  const settle = (settled: readonly Waiter[], error?: unknown) => {
    for (const waiter of settled) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(unavailable('write to', file.path, error));
    }
  };
  const syncFor = (settled: readonly Waiter[]) => {
    try {
      syncOrRestart(file);
      settle(settled);
    } catch (error) {
      settle(settled, error);
    }
    if (isFull(file)) moveOn();
  };
  const moveOn = () => {
    try {
      restart(file);
    } catch {
      // There is no room for a new file: this one grows on, and the next commit tries again.
    }
  };
  const takeAll = () => waiters.splice(0);
  const syncInBackground = () => {
    if (waiters.length === 0 || file.closed) return;
    const mine = takeAll();
    syncing = true;
    const { fd } = file;
    const upTo = file.unsynced.length;
    fdatasync(fd, (error) => {
      syncing = false;
      if (error !== null || isFull(file)) syncFor(mine);
      else {
        if (fd === file.fd) file.unsynced = file.unsynced.slice(upTo);
        settle(mine);
      }
      syncInBackground();
    });
  };

  return {
    add(waiter, inPlace) {
      waiters.push(waiter);
      if (inPlace && !syncing) syncFor(takeAll());
      else if (waiters.length === 1 && !syncing) setImmediate(syncInBackground);
    },
    async finish() {
      while (syncing) await new Promise((resolve) => setImmediate(resolve));
      if (waiters.length > 0) syncFor(takeAll());
    },
  };
}
