/** The captured bytes of one run, piece by piece in the order in which they came, also while more are appended. */
import { closeSync, fstatSync, readSync, type Stats } from 'node:fs';
import type { Stream } from '../../model/event.js';
import { openOrAbsent } from './disk.js';
import { SUFFIX } from './output-stream.js';

/** A place in each stream, in bytes. */
export type OutputPosition = Readonly<Record<Stream, number>>;

export type OutputPiece = {
  /** When it was read; of what is not noted yet, when the last of it was. */
  readonly at: Date;
  readonly stream: Stream;
  /** From 1; undefined where the run has no several steps. */
  readonly step?: number | undefined;
  /** Where in its stream it begins. */
  readonly from: number;
  readonly bytes: Buffer;
};

export type OutputReader = {
  /** What is kept so far; undefined where nothing is, because nothing was begun, or all was removed. */
  sizes(): OutputPosition | undefined;
  /** What follows, at most so many bytes and 64 KiB; undefined: no more for now. */
  next(most?: number): Promise<OutputPiece | undefined>;
  /** Pass over so many bytes, or as many as there are. */
  skip(bytes: number): Promise<void>;
  close(): void;
};

export type OutputReading = {
  /** Default: both. */
  readonly streams?: readonly Stream[];
  /** What is known already; default: nothing. */
  readonly from?: OutputPosition;
};

const BOTH: readonly Stream[] = ['stdout', 'stderr'];
/** A line of the timeline, see `createTimeline` in `output.ts`. */
const TIMELINE_LINE = /^(-?\d{1,15}) ([oes]) (\d{1,15})$/;
const PIECE_BYTES = 64 * 1024;
const BLOCK_BYTES = 64 * 1024;

type Span = Omit<OutputPiece, 'bytes'> & { readonly length: number };

/** @param base - Path of the run's files without their ending. */
export function createOutputReader(base: string, { streams = BOTH, from }: OutputReading = {}): OutputReader {
  const files = {
    stdout: createFile(base + SUFFIX.stdout),
    stderr: createFile(base + SUFFIX.stderr),
  };
  const timeline = createNotes(createFile(`${base}.tl`));
  const known = { stdout: from?.stdout ?? 0, stderr: from?.stderr ?? 0 };

  const take = (span: Span, most: number): Span | undefined => {
    const start = Math.max(span.from, known[span.stream]);
    const length = Math.min(span.from + span.length - start, most);
    if (length <= 0 || !streams.includes(span.stream)) return undefined;
    known[span.stream] = start + length;
    return { ...span, from: start, length };
  };
  const nextSpan = async (most: number): Promise<Span | undefined> => {
    for (;;) {
      const span = timeline.first();
      if (span !== undefined) {
        const taken = take(span, most);
        if (taken !== undefined) return taken;
        timeline.drop();
        continue;
      }
      // Sizes first: what they count is noted, or of the step that was noted last.
      const stats = { stdout: files.stdout.stats(), stderr: files.stderr.stats() };
      if (await timeline.more()) continue;
      for (const stream of BOTH) {
        const { size = 0, mtime = new Date(0) } = stats[stream] ?? {};
        const taken = take(timeline.unnoted(stream, size, mtime), most);
        if (taken !== undefined) return taken;
      }
      return undefined;
    }
  };

  return {
    sizes() {
      const [stdout, stderr] = [files.stdout.stats(), files.stderr.stats()];
      if (stdout === undefined && stderr === undefined) return undefined;
      return { stdout: stdout?.size ?? 0, stderr: stderr?.size ?? 0 };
    },
    async next(most = PIECE_BYTES) {
      for (;;) {
        const span = await nextSpan(Math.min(most, PIECE_BYTES));
        if (span === undefined) return undefined;
        const { length, ...rest } = span;
        const bytes = files[span.stream].read(span.from, length);
        // What was noted may never have reached the disk.
        if (bytes.length > 0) return { ...rest, bytes };
      }
    },
    async skip(bytes) {
      for (let left = bytes; left > 0; ) {
        const span = await nextSpan(left);
        if (span === undefined) return;
        left -= span.length;
      }
    },
    close() {
      for (const file of [files.stdout, files.stderr]) file.close();
      timeline.close();
    },
  };
}

type Notes = {
  /** What was noted and is not dropped. */
  first(): Span | undefined;
  drop(): void;
  /** Read what was noted since; `false`: nothing was. */
  more(): Promise<boolean>;
  /** What a stream of this size has, and is not noted. */
  unnoted(stream: Stream, size: number, at: Date): Span;
  close(): void;
};

/** A timeline is read a block at a time: it may be as long as the output. */
function createNotes(file: File): Notes {
  const noted = { stdout: 0, stderr: 0 };
  let spans: Span[] = [];
  let index = 0;
  let offset = 0;
  let at = 0;
  let of: { readonly step?: number } = {};

  const add = (line: string): void => {
    const [, number, letter, count] = TIMELINE_LINE.exec(line) ?? [];
    if (letter === 's') of = { step: Number(count) };
    if (letter === undefined || letter === 's') return;
    const stream = letter === 'o' ? 'stdout' : 'stderr';
    at += Number(number);
    spans.push({ at: new Date(at), stream, ...of, from: noted[stream], length: Number(count) });
    noted[stream] += Number(count);
  };

  return {
    first: () => spans[index],
    drop: () => {
      index += 1;
    },
    async more() {
      if (file.stats() === undefined) return false;
      const block = file.read(offset, BLOCK_BYTES);
      const end = block.lastIndexOf('\n') + 1;
      if (end === 0) return false;
      offset += end;
      spans = [];
      index = 0;
      for (const line of block.toString('latin1', 0, end - 1).split('\n')) add(line);
      // Others may want something, too.
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
    unnoted: (stream, size, when) => ({
      at: when,
      stream,
      ...of,
      from: noted[stream],
      length: size - noted[stream],
    }),
    close: file.close,
  };
}

type File = {
  /** Undefined while it is not there. */
  stats(): Stats | undefined;
  read(from: number, length: number): Buffer;
  close(): void;
};

/** Opened when it is there, and kept open: then it can be read to its end when it is removed. */
function createFile(path: string): File {
  let fd: number | undefined;
  let isClosed = false;
  return {
    stats() {
      if (!isClosed) fd ??= openOrAbsent(path);
      return fd === undefined ? undefined : fstatSync(fd);
    },
    read(from, length) {
      if (!isClosed) fd ??= openOrAbsent(path);
      if (fd === undefined) return Buffer.alloc(0);
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      isClosed = true;
    },
  };
}
