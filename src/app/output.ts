/** What a run printed: bytes of a stream or both, and pieces of them with when, where and by which step. */
import { SupertaskError } from '../errors.js';
import type { Stream } from '../model/event.js';
import type { Json } from '../model/json.js';
import { isEnded, type Run } from '../model/run.js';
import type { FileStore, OutputPosition } from '../store/file/store.js';
import { createJoiner, pieceRecord } from './output-text.js';

export type Wanted = Stream | 'both';

/** Of the bytes as they are kept; of both streams, in the order in which they came. */
export type OutputBytes = {
  readonly size: number;
  /** The order may still change: of what came last it is not noted yet. */
  readonly isMoving: boolean;
  open(from: number, length: number): AsyncGenerator<Buffer, void>;
};

/** @returns Undefined where the output was removed. */
export async function outputBytes(
  store: FileStore,
  run: Run,
  wanted: Wanted,
): Promise<OutputBytes | undefined> {
  const reader = await store.openOutput(run);
  const sizes = reader.sizes();
  reader.close();
  if (sizes === undefined && isGone(run)) return undefined;
  const { stdout, stderr } = sizes ?? { stdout: 0, stderr: 0 };
  if (wanted === 'both')
    return {
      size: stdout + stderr,
      isMoving: !isEnded(run.status),
      open: (from, length) => mergedBytes(store, run, from, length),
    };
  return {
    size: wanted === 'stdout' ? stdout : stderr,
    isMoving: false,
    open: (from, length) => limited(store.output(run, wanted, { from }), length),
  };
}

/** Whether there was output once, should there be none now. */
function isGone({ startedAt, status }: Run): boolean {
  return startedAt !== undefined && isEnded(status);
}

async function* mergedBytes(
  store: FileStore,
  run: Run,
  from: number,
  length: number,
): AsyncGenerator<Buffer, void> {
  const reader = await store.openOutput(run);
  try {
    await reader.skip(from);
    for (let left = length; left > 0; ) {
      const piece = await reader.next(left);
      if (piece === undefined) return;
      left -= piece.bytes.length;
      yield piece.bytes;
    }
  } finally {
    reader.close();
  }
}

async function* limited(chunks: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer, void> {
  let left = length;
  if (left === 0) return;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** Where pieces begin: behind a place in each stream, or with so many of the last bytes. */
export type PieceStart = OutputPosition | { readonly last: number };

export type Pieces = {
  /** What follows; undefined: no more for now. */
  next(): Promise<Readonly<Record<string, Json>> | undefined>;
  /** There will be no more: what is left of characters that nobody ends follows, too. */
  finish(): void;
  /** Who begins there misses nothing, and gets nothing twice. */
  position(): OutputPosition;
  readonly isPruned: boolean;
  close(): void;
};

/** @param most - Bytes of one piece. */
export async function openPieces(
  store: FileStore,
  run: Run,
  { wanted, start }: { readonly wanted: Wanted; readonly start: PieceStart },
): Promise<Pieces> {
  const streams: readonly Stream[] = wanted === 'both' ? ['stdout', 'stderr'] : [wanted];
  const from = 'last' in start ? { stdout: 0, stderr: 0 } : start;
  const reader = await store.openOutput(run, { streams, from });
  const sizes = reader.sizes();
  if ('last' in start && sizes !== undefined) {
    const size = streams.reduce((sum, stream) => sum + sizes[stream], 0);
    await reader.skip(size - start.last);
  }
  const joiner = createJoiner({ isCut: 'last' in start });
  const position = { ...from };
  let ready: ReturnType<typeof joiner.rest> = [];
  const told = (piece: (typeof ready)[number]): Readonly<Record<string, Json>> => {
    position[piece.stream] = piece.from + piece.bytes.length;
    return pieceRecord(piece);
  };
  return {
    isPruned: sizes === undefined && isGone(run),
    async next() {
      while (ready.length === 0) {
        const piece = await reader.next();
        if (piece === undefined) return undefined;
        ready = joiner.add(piece);
      }
      const [first, ...others] = ready;
      ready = others;
      return first && told(first);
    },
    finish() {
      ready = [...ready, ...joiner.rest()];
    },
    position: () => ({ ...position }),
    close: reader.close,
  };
}

export type PiecePage = {
  readonly items: readonly Readonly<Record<string, Json>>[];
  /** Null: there is no more, and will be none. */
  readonly next: string | null;
  readonly pruned: boolean;
};

/** For one answer. */
const PAGE_BYTES = 1024 * 1024;

export async function pageOfPieces(
  store: FileStore,
  run: Run,
  how: { readonly wanted: Wanted; readonly start: PieceStart; readonly limit: number },
): Promise<PiecePage> {
  const pieces = await openPieces(store, run, how);
  try {
    const items: Readonly<Record<string, Json>>[] = [];
    const begin = sum(pieces.position());
    let isOver = false;
    while (items.length < how.limit && sum(pieces.position()) - begin < PAGE_BYTES) {
      let piece = await pieces.next();
      if (piece === undefined && isEnded(run.status)) {
        pieces.finish();
        piece = await pieces.next();
        isOver = piece === undefined;
      }
      if (piece === undefined) break;
      items.push(piece);
    }
    return {
      items,
      next: isOver ? null : formatPosition(pieces.position()),
      pruned: pieces.isPruned,
    };
  } finally {
    pieces.close();
  }
}

function sum({ stdout, stderr }: OutputPosition): number {
  return stdout + stderr;
}

/** `STDOUT.STDERR`, in bytes. */
export function formatPosition({ stdout, stderr }: OutputPosition): string {
  return `${stdout}.${stderr}`;
}

/**
 * A position as `formatPosition` writes it, or `-BYTES` for the last so many.
 *
 * @throws {SupertaskError} `USAGE`
 */
export function parsePieceStart(name: string, text: string | undefined): PieceStart {
  if (text === undefined) return { stdout: 0, stderr: 0 };
  const [, stdout, stderr, last] = /^(?:(\d{1,15})\.(\d{1,15})|-(\d{1,15}))$/.exec(text) ?? [];
  if (last !== undefined) return { last: Number(last) };
  if (stdout !== undefined && stderr !== undefined) return { stdout: Number(stdout), stderr: Number(stderr) };
  throw new SupertaskError(
    'USAGE',
    `${name} is ${JSON.stringify(text.slice(0, 60))}, which is no place in the output of a run`,
    {
      hint: 'Write STDOUT.STDERR, the bytes of each that are known, as in 1024.0, or -1024 for the last ones.',
    },
  );
}
