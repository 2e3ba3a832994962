/**
 * What is appended to the journals of a namespace, read once and only once: whatever they are called meanwhile, and also
 * when they are folded and removed.
 */
import { closeSync, fstatSync, lstatSync, readSync } from 'node:fs';
import { isAbsent, listNames, openToRead } from './disk.js';
import { ENDING, FREE } from './journal-name.js';
import { type JournalRecord, MAX_LINE_BYTES } from './record.js';
import { parseRecord } from './record-reader.js';
import { unavailable } from './refusal.js';

export type Tail = {
  /** Read what came since; each step takes a few milliseconds. */
  read(call: (record: JournalRecord) => void): Generator<void>;
  close(): void;
};

/** One journal: it is known by its inode, for names change. */
type Tailed = {
  /** Kept open while somebody may write to it: then nothing of it is lost when it is removed. */
  fd: number | undefined;
  /** Up to here all lines were read. */
  offset: number;
  /** When it was read last. */
  size: number;
  /** Within a line that is too long to be one. */
  isSkipping: boolean;
  /** How often in a row the directory was listed without it: it was renamed just then, or removed. */
  missing: number;
};

const BREAK = 0x0a;
const BLOCK_BYTES = MAX_LINE_BYTES + 64 * 1024;

export function createTail(directory: string): Tail {
  const files = new Map<string, Tailed>();
  let block: Buffer | undefined;

  function* drain(file: Tailed, call: (record: JournalRecord) => void): Generator<void> {
    for (;;) {
      if (file.fd === undefined) return;
      const { size } = fstatSync(file.fd);
      // What could not be written whole was taken back.
      if (size < file.offset) file.offset = size;
      if (size === file.size) return;
      block ??= Buffer.allocUnsafe(BLOCK_BYTES);
      const length = readSync(file.fd, block, 0, block.length, file.offset);
      if (length < block.length) file.size = size;
      eachWhole(file, block.subarray(0, length), call);
      yield;
    }
  }

  return {
    *read(call) {
      for (const name of listNames(directory)) {
        if (!name.endsWith(ENDING)) continue;
        const path = `${directory}/${name}`;
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats === undefined || !stats.isFile()) continue;
        const key = `${stats.ino} ${stats.birthtimeMs}`;
        const file = files.get(key) ?? { fd: undefined, offset: 0, size: 0, isSkipping: false, missing: 0 };
        files.set(key, file);
        file.missing = -1;
        const isFree = name.startsWith(FREE);
        if (file.fd === undefined && (!isFree || stats.size !== file.size))
          file.fd = openSame(path, stats.ino);
        yield* drain(file, call);
        if (isFree) letGo(file);
      }
      for (const [key, file] of files) {
        yield* drain(file, call);
        file.missing += 1;
        const isGone = file.fd === undefined ? file.missing > 1 : fstatSync(file.fd).nlink === 0;
        if (isGone) letGo(file);
        if (isGone) files.delete(key);
      }
    },
    close() {
      for (const file of files.values()) letGo(file);
      files.clear();
    },
  };
}

/** Give each whole line to `call`; the rest is read again when there is more of it. */
function eachWhole(file: Tailed, bytes: Buffer, call: (record: JournalRecord) => void): void {
  let from = 0;
  for (let end = bytes.indexOf(BREAK); end >= 0; end = bytes.indexOf(BREAK, from)) {
    const line = bytes.subarray(from, end);
    const record = file.isSkipping || line.length === 0 ? undefined : parseRecord(line);
    if (record !== undefined && record !== 'unknown') call(record);
    file.isSkipping = false;
    from = end + 1;
  }
  if (from === 0 && bytes.length > MAX_LINE_BYTES) {
    file.isSkipping = true;
    from = bytes.length;
  }
  file.offset += from;
}

function openSame(path: string, inode: number): number | undefined {
  let fd: number;
  try {
    fd = openToRead(path);
  } catch (error) {
    // Renamed this moment: it is found again under its new name.
    if (isAbsent(error)) return undefined;
    throw unavailable('read', path, error);
  }
  if (fstatSync(fd).ino === inode) return fd;
  closeSync(fd);
  return undefined;
}

function letGo(file: Tailed): void {
  if (file.fd !== undefined) closeSync(file.fd);
  file.fd = undefined;
}
