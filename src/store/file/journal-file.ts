/** The file behind a journal: written whole or not at all, synced, and replaced by a new one where that fails. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync } from 'node:fs';
import {
  createFile,
  listNames,
  moveFile,
  openToAppend,
  removeFile,
  syncDirectory,
  writeAll,
} from './disk.js';
import { baseName, ENDING, FULL_BYTES, nameToLeave, SEALED, takeFree } from './journal-name.js';

export type JournalOptions = {
  readonly directory: string;
  /** The writer's name; its files are called so. */
  readonly writer: string;
  /** What a new file must begin with for its readers: who writes, what it schedules, the runs that are open. */
  readonly head: () => string;
};

export type JournalFile = {
  readonly options: JournalOptions;
  readonly nextPath: () => string;
  path: string;
  fd: number;
  /** The number of the file, by which it is known from another that has its name. */
  ino: number;
  size: number;
  /** How much of it a new file would have as well. */
  headSize: number;
  /** The directory's entry of a file just created is not durable yet. */
  entryPending: boolean;
  closed: boolean;
  /** Written to this file and not known to be durable. */
  unsynced: string;
};

/** Take over a free journal or create one. `sealed`: full ones, which somebody should fold. */
export function openJournalFile(options: JournalOptions): { file: JournalFile; sealed: readonly string[] } {
  const { directory, writer } = options;
  let part = 0;
  const nextPath = () => `${directory}/${writer}.${part++}${ENDING}`;
  const file: JournalFile = {
    options,
    nextPath,
    path: '',
    fd: -1,
    ino: -1,
    size: 0,
    headSize: 0,
    entryPending: false,
    closed: false,
    unsynced: '',
  };
  const names = listNames(directory);
  const taken = takeFree(directory, names, nextPath);
  if (taken === undefined) {
    create(file);
  } else {
    file.path = taken;
    file.fd = openToAppend(taken);
    const { ino, size } = fstatSync(file.fd);
    Object.assign(file, { ino, size });
  }
  return { file, sealed: names.filter((name) => name.startsWith(SEALED)) };
}

/** All or nothing. */
export function write(file: JournalFile, lines: string): void {
  // A closed descriptor's number may be another file's by now.
  if (file.closed) throw new Error('the journal is closed');
  const bytes = Buffer.from(lines);
  try {
    writeAll(file.fd, bytes);
  } catch (error) {
    takeBack(file, file.size);
    throw error;
  }
  file.size += bytes.length;
  file.unsynced += lines;
}

/** Write and sync; all or nothing. */
export function writeDurably(file: JournalFile, lines: string): void {
  const before = file.size;
  try {
    write(file, lines);
    syncOrRestart(file);
  } catch (error) {
    if (file.size > before) takeBack(file, before);
    file.size = Math.min(file.size, before);
    file.unsynced = '';
    throw error;
  }
}

/** After a failed sync the system may have dropped the pages, so a second try would lie: only a new file helps. */
export function syncOrRestart(file: JournalFile): void {
  try {
    sync(file);
  } catch {
    restart(file);
  }
}

/** Go on in a new file, which begins with its head and what is not known to be durable; the old one is full. */
export function restart(file: JournalFile): void {
  const { fd, ino, path: before, headSize, unsynced } = file;
  const left = { fd, ino, path: before, headSize, unsynced };
  create(file);
  try {
    write(file, file.options.head() + left.unsynced);
    file.headSize = file.size;
    sync(file);
  } catch (error) {
    closeSync(file.fd);
    removeFile(file.path);
    Object.assign(file, left, { size: fstatSync(left.fd).size });
    throw error;
  }
  closeSync(left.fd);
  moveFile(left.path, `${file.options.directory}/${SEALED}${baseName(left.path)}`);
}

/** Whether a new file should take its place. Where much is open, a new one is not full as soon as it is made. */
export function isFull({ size, headSize }: JournalFile): boolean {
  return size > Math.max(FULL_BYTES, 2 * headSize);
}

/** Leave it to the next writer, or to be folded. */
export function leave(file: JournalFile): void {
  file.closed = true;
  closeSync(file.fd);
  moveFile(file.path, `${file.options.directory}/${nameToLeave(baseName(file.path), file.size)}`);
}

function create(file: JournalFile): void {
  const path = file.nextPath();
  const fd = createFile(path);
  Object.assign(file, { path, fd, ino: fstatSync(fd).ino, size: 0, entryPending: true, unsynced: '' });
}

function sync(file: JournalFile): void {
  fdatasyncSync(file.fd);
  if (file.entryPending) syncDirectory(file.options.directory);
  file.entryPending = false;
  file.unsynced = '';
}

function takeBack({ fd }: JournalFile, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // What cannot be taken back is a torn line, which readers pass over.
  }
}
