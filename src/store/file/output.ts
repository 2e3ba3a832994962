/** A run's captured bytes: a file for each stream, and a timeline of the order in which they were read. */
import { closeSync, existsSync, unlinkSync } from 'node:fs';
import type { Stream } from '../../model/event.js';
import { parseNamedOutput } from '../../model/named-output.js';
import type { OutputSink } from '../store.js';
import { createFile, openToAppend, readText, writeAll } from './disk.js';
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
  const files: Record<Stream, number | undefined> = { stdout: fd, stderr: undefined };
  const total = { stdout: 0, stderr: 0 };
  const kept = { stdout: 0, stderr: 0 };
  const timeline = createTimeline(`${base}.tl`);
  let tail: OutputTail | undefined;
  let room = limit.headBytes;
  let step: number | undefined;
  let closed = false;

  const keep = ({ stream, step }: Origin, bytes: Uint8Array, at: number): boolean => {
    // First, so that whoever reads along finds no bytes whose step is not known.
    timeline.enter(step);
    try {
      files[stream] ??= stream === 'stdout' ? openToAppend(`${base}.out`) : createFile(`${base}.err`);
      writeAll(files[stream], bytes);
    } catch {
      // The disk is full, or the directory is gone: the run goes on, its bytes are counted.
      return false;
    }
    timeline.add(at, stream, bytes.length);
    return true;
  };

  return {
    namedOutput: namedOutputOf(base),
    write(stream, chunk) {
      if (closed || chunk.length === 0) return;
      const at = Date.now();
      total[stream] += chunk.length;
      const head = chunk.subarray(0, room);
      if (head.length > 0) {
        room -= head.length;
        if (keep({ stream, step }, head, at)) kept[stream] += head.length;
        else room = 0;
      }
      if (head.length === chunk.length) return;
      tail ??= createOutputTail(limit.tailBytes);
      tail.push(at, { stream, step }, chunk.subarray(head.length));
    },
    beginStep(number) {
      step = number;
    },
    takeOutputs: () => (closed ? undefined : takeNamedOutput(namedOutputOf(base))),
    close() {
      const pieces = closed ? [] : (tail?.take() ?? []);
      for (const stream of ['stdout', 'stderr'] as const) {
        const inTail = sumOf(pieces, stream);
        const lost = total[stream] - kept[stream] - inTail;
        if (closed || lost === 0) continue;
        const marker = `\n[supertask: ${lost} bytes were not kept]\n`;
        keep({ stream, step: pieces[0]?.step ?? step }, Buffer.from(marker), pieces[0]?.at ?? Date.now());
      }
      for (const piece of pieces)
        if (keep(piece, piece.bytes, piece.at)) kept[piece.stream] += piece.bytes.length;
      if (!closed) timeline.flush();
      for (const file of closed ? [] : [files.stdout, files.stderr]) if (file !== undefined) closeSync(file);
      const outputs = closed ? undefined : takeNamedOutput(namedOutputOf(base));
      closed = true;
      const truncated = kept.stdout < total.stdout || kept.stderr < total.stderr;
      const summary = { stdoutBytes: total.stdout, stderrBytes: total.stderr, truncated };
      return outputs === undefined ? summary : { ...summary, outputs };
    },
  };
}

export function namedOutputOf(base: string): string {
  return `${base}.named`;
}

/** Read and remove what the run named; it is kept in the run's record. */
function takeNamedOutput(path: string): Readonly<Record<string, string>> | undefined {
  // Most runs name nothing, and an error that says so takes longer than a look.
  if (!existsSync(path)) return undefined;
  try {
    const text = readText(path);
    if (text === undefined) return undefined;
    const named = parseNamedOutput(text);
    unlinkSync(path);
    return Object.keys(named).length === 0 ? undefined : named;
  } catch {
    // Outputs are a convenience: not being able to read them does not harm the run.
    return undefined;
  }
}

function sumOf(pieces: readonly Piece[], stream: Stream): number {
  return pieces.reduce((sum, piece) => (piece.stream === stream ? sum + piece.bytes.length : sum), 0);
}

/**
 * Lines of `MILLISECONDS STREAM BYTES`, the first counted from the Unix epoch, the others from the line before;
 * STREAM is `o` or `e`. Kept back for a second, since each chunk would be a write of its own. `0 s STEP` says which step
 * wrote what comes behind it; for readers that do not know it, no time passes there.
 */
function createTimeline(path: string): {
  /** What is added from now on is of this step. */
  enter(step: number | undefined): void;
  add(at: number, stream: Stream, bytes: number): void;
  flush(): void;
} {
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
