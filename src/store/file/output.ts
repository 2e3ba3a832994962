/** A run's captured bytes: a file for each stream, and a timeline of the order in which they were read. */
import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import type { Stream } from '../../model/event.js';
import { MAX_OUTPUT_BYTES, parseNamedOutput } from '../../model/named-output.js';
import type { OutputSink, OutputSummary } from '../store.js';
import { createFile, openToAppend, readHead, writeAll } from './disk.js';
import { createOutputTail, type Origin, type OutputTail, type Piece } from './output-tail.js';

/** Of a run that writes more than both together, the first and the last bytes are kept. */
export type OutputLimit = { readonly headBytes: number; readonly tailBytes: number };

export const OUTPUT_LIMIT: OutputLimit = { headBytes: 15 * 1024 * 1024, tailBytes: 1024 * 1024 };

const FLUSH_MS = 1000;
const FLUSH_LENGTH = 64 * 1024;

/**
 * @param base - Path of the run's files without their ending.
 * @param fd - The `.out` file, which the claim made; undefined to open it when the first byte comes.
 */
export function createOutputSink(base: string, fd: number | undefined, limit = OUTPUT_LIMIT): OutputSink {
  return new FileSink(base, fd, limit);
}

/** A class, for every run has one, and most write little: closures would weigh more than that. */
class FileSink implements OutputSink {
  readonly namedOutput: string;
  private readonly base: string;
  private readonly limit: OutputLimit;
  private readonly files: Record<Stream, number | undefined>;
  private readonly total = { stdout: 0, stderr: 0 };
  private readonly kept = { stdout: 0, stderr: 0 };
  private timeline: Timeline | undefined;
  private tail: OutputTail | undefined;
  private room: number;
  private step: number | undefined;
  private isClosed = false;

  constructor(base: string, fd: number | undefined, limit: OutputLimit) {
    this.base = base;
    this.namedOutput = namedOutputOf(base);
    this.files = { stdout: fd, stderr: undefined };
    this.limit = limit;
    this.room = limit.headBytes;
  }

  write(stream: Stream, chunk: Uint8Array): void {
    if (this.isClosed || chunk.length === 0) return;
    const at = Date.now();
    const { step } = this;
    this.total[stream] += chunk.length;
    const head = chunk.subarray(0, this.room);
    if (head.length > 0) {
      this.room -= head.length;
      if (this.keep({ stream, step }, head, at)) this.kept[stream] += head.length;
      else this.room = 0;
    }
    if (head.length === chunk.length) return;
    this.tail ??= createOutputTail(this.limit.tailBytes);
    this.tail.push(at, { stream, step }, chunk.subarray(head.length));
  }

  beginStep(step: number): void {
    this.step = step;
  }

  takeOutputs(): Readonly<Record<string, string>> | undefined {
    return this.isClosed ? undefined : takeNamedOutput(this.namedOutput);
  }

  close(): OutputSummary {
    const outputs = this.isClosed ? undefined : this.finish();
    const { kept, total } = this;
    const truncated = kept.stdout < total.stdout || kept.stderr < total.stderr;
    const summary = { stdoutBytes: total.stdout, stderrBytes: total.stderr, truncated };
    return outputs === undefined ? summary : { ...summary, outputs };
  }

  /** @returns What the run has named. */
  private finish(): ReturnType<OutputSink['takeOutputs']> {
    const { files } = this;
    this.keepTail(this.tail?.take() ?? []);
    this.timeline?.flush();
    for (const file of [files.stdout, files.stderr]) if (file !== undefined) closeSync(file);
    this.isClosed = true;
    return takeNamedOutput(this.namedOutput);
  }

  /** The last bytes, and before them how many are missing. */
  private keepTail(pieces: readonly Piece[]): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const lost = this.total[stream] - this.kept[stream] - sumOf(pieces, stream);
      if (lost === 0) continue;
      const marker = `\n[supertask: ${lost} bytes were not kept]\n`;
      const [first] = pieces;
      this.keep({ stream, step: first?.step ?? this.step }, Buffer.from(marker), first?.at ?? Date.now());
    }
    for (const piece of pieces) {
      if (this.keep(piece, piece.bytes, piece.at)) this.kept[piece.stream] += piece.bytes.length;
    }
  }

  private keep({ stream, step }: Origin, bytes: Uint8Array, at: number): boolean {
    const { base, files } = this;
    this.timeline ??= createTimeline(`${base}.tl`);
    // First, so that whoever reads along finds no bytes whose step is not known.
    this.timeline.enter(step);
    try {
      files[stream] ??= stream === 'stdout' ? openToAppend(`${base}.out`) : createFile(`${base}.err`);
      writeAll(files[stream], bytes);
    } catch {
      // The disk is full, or the directory is gone: the run goes on, its bytes are counted.
      return false;
    }
    this.timeline.add(at, stream, bytes.length);
    return true;
  }
}

export function namedOutputOf(base: string): string {
  return `${base}.named`;
}

/** Read and remove what the run named; it is kept in the run's record. */
function takeNamedOutput(path: string): Readonly<Record<string, string>> | undefined {
  try {
    // Most runs name nothing, and an error that says so takes longer than a look.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const named = parseNamedOutput(takeHead(path));
    return Object.keys(named).length === 0 ? undefined : named;
  } catch {
    // Outputs are a convenience: not being able to read them does not harm the run.
    return undefined;
  }
}

function takeHead(path: string): string {
  try {
    return readHead(path, MAX_OUTPUT_BYTES) ?? '';
  } finally {
    unlinkSync(path);
  }
}

function sumOf(pieces: readonly Piece[], stream: Stream): number {
  return pieces.reduce((sum, piece) => (piece.stream === stream ? sum + piece.bytes.length : sum), 0);
}

type Timeline = {
  /** What is added from now on is of this step. */
  enter(step: number | undefined): void;
  add(at: number, stream: Stream, bytes: number): void;
  flush(): void;
};

/**
 * Lines of `MILLISECONDS STREAM BYTES`, the first counted from the Unix epoch, the others from the line before;
 * STREAM is `o` or `e`. Kept back for a second, since each chunk would be a write of its own. `0 s STEP` says which step
 * wrote what comes behind it; for readers that do not know it, no time passes there.
 */
function createTimeline(path: string): Timeline {
  let fd: number | undefined;
  let broken = false;
  let text = '';
  let previous = 0;
  let last: { at: number; stream: Stream; bytes: number } | undefined;
  let flushedAt = 0;
  let entered: number | undefined;
  const settle = () => {
    if (last === undefined) return;
    text += `${last.at - previous} ${last.stream === 'stdout' ? 'o' : 'e'} ${last.bytes}\n`;
    previous = last.at;
    last = undefined;
  };
  const write = () => {
    if (broken || text === '') return;
    try {
      fd ??= createFile(path);
      writeAll(fd, Buffer.from(text));
    } catch {
      broken = true;
    }
    text = '';
  };
  return {
    enter(step) {
      if (step === entered || step === undefined) return;
      entered = step;
      settle();
      text += `0 s ${step}\n`;
      write();
    },
    add(at, stream, bytes) {
      if (last?.at === at && last.stream === stream) {
        last.bytes += bytes;
        return;
      }
      settle();
      last = { at, stream, bytes };
      flushedAt ||= at;
      if (at - flushedAt < FLUSH_MS && text.length < FLUSH_LENGTH) return;
      flushedAt = at;
      write();
    },
    flush() {
      settle();
      write();
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}
