/** What one writer appends to: durable when asked, one sync for many records, moved on when it is full. */
import { fdatasync, fstatSync, futimesSync, lstatSync } from 'node:fs';
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
  /** Settles when lines are durable. Many share one sync. */
  commit(lines: string, how: CommitMode): Promise<void>;
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

/**
 * `in-place`: sync before returning, for nothing else is going on, and waking a thread pool would take longer.
 * `at-once`: write before returning, for others may act on it. `together`: with the others of this turn.
 */
export type CommitMode = 'in-place' | 'at-once' | 'together';

/**
 * Take over a free journal or create one.
 *
 * @param whenGone - The file is not where it was made any more, and something is to be written that people ask for.
 */
export function openJournal(options: JournalOptions, whenGone: () => void): Journal {
  const { file, sawSealed } = openJournalFile(options);
  const isInPlace = (): boolean =>
    lstatSync(file.path, { throwIfNoEntry: false })?.ino === fstatSync(file.fd).ino;
  const commits = createCommits(file, (lines) => {
    if (!isInPlace()) whenGone();
    write(file, lines);
  });
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
    commit: (lines, how) => new Promise((resolve, reject) => commits.add({ lines, resolve, reject }, how)),
    touch: (at) => futimesSync(file.fd, at, at),
    isInPlace,
    fileName: () => baseName(file.path),
    restart: () => restart(file),
    sawSealed,
    close: async () => {
      if (file.closed) return;
      await commits.finish();
      leave(file);
    },
  };
}

type Waiter = {
  /** Not written yet. */
  readonly lines: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

type Commits = {
  add(waiter: Waiter, how: CommitMode): void;
  /** Settles when nobody waits any more. */
  finish(): Promise<void>;
};

/** Those who wait until what they write is durable. */
function createCommits(file: JournalFile, writeLines: (lines: string) => void): Commits {
  const waiters: Waiter[] = [];
  let isComing = false;
  let syncing = false;

  const settle = (settled: readonly Waiter[], error?: unknown) => {
    for (const waiter of settled) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(unavailable('write to', file.path, error));
    }
  };
  /** @returns Whether they are written; otherwise they know. */
  const writeFor = (mine: readonly Waiter[]): boolean => {
    const lines = mine.reduce((text, waiter) => text + waiter.lines, '');
    try {
      if (lines !== '') writeLines(lines);
      return true;
    } catch (error) {
      settle(mine, error);
      return false;
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
    isComing = false;
    if (syncing || waiters.length === 0 || file.closed) return;
    const mine = takeAll();
    if (!writeFor(mine)) return;
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
    add(waiter, how) {
      if (how === 'together') waiters.push(waiter);
      else if (writeFor([waiter])) waiters.push({ ...waiter, lines: '' });
      else return;
      if (how === 'in-place' && !syncing) {
        const mine = takeAll();
        if (writeFor(mine)) syncFor(mine);
      } else if (!syncing && !isComing) {
        isComing = true;
        setImmediate(syncInBackground);
      }
    },
    async finish() {
      while (syncing) await new Promise((resolve) => setImmediate(resolve));
      const mine = takeAll();
      if (mine.length > 0 && writeFor(mine)) syncFor(mine);
    },
  };
}
