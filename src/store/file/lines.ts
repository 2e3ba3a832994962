/** Lines of a file, forwards and backwards, in bounded memory whatever is in the file. */
import { fstatSync, readSync } from 'node:fs';

const BLOCK = 1024 * 1024;
const FIRST_BLOCK_BACKWARDS = 64 * 1024;
const BREAK = 0x0a;

/**
 * Call for each line that is not empty, from the start. Views are valid during the call only.
 *
 * @param call - Gets a line and the place of its first byte in the file.
 * @param maxBytes - Longer lines are not given, but their places are.
 * @returns How many lines were longer.
 */
export function eachLine(
  fd: number,
  maxBytes: number,
  call: (line: Buffer, at: number) => void,
  onLong: (at: number, bytes: number) => void = () => undefined,
): number {
  // Most journals are small, and there may be many.
  const block = Buffer.allocUnsafe(Math.min(BLOCK, Math.max(4096, fstatSync(fd).size + 1)));
  let rest: Buffer | undefined;
  /** Of the line that goes on in the next block: where it began. */
  let restAt = 0;
  let blockAt = 0;
  let skipping = false;
  let skipped = 0;
  const skip = (at: number, bytes: number) => {
    skipped += 1;
    onLong(at, bytes);
  };
  const give = (line: Buffer, at: number) => {
    if (line.length > maxBytes) skip(at, line.length);
    else if (line.length > 0) call(line, at);
  };
  for (;;) {
    const length = readSync(fd, block, 0, block.length, null);
    if (length === 0) break;
    let from = 0;
    for (let end = block.indexOf(BREAK, 0); end >= 0 && end < length; end = block.indexOf(BREAK, from)) {
      const piece = block.subarray(from, end);
      if (skipping) skip(restAt, blockAt + end - restAt);
      else if (rest === undefined) give(piece, blockAt + from);
      else give(Buffer.concat([rest, piece]), restAt);
      from = end + 1;
      skipping = false;
      rest = undefined;
    }
    const tail = block.subarray(from, length);
    if (!skipping && tail.length > 0) {
      if (rest === undefined) restAt = blockAt + from;
      rest = rest === undefined ? Buffer.from(tail) : Buffer.concat([rest, tail]);
      skipping = rest.length > maxBytes;
      if (skipping) rest = undefined;
    }
    blockAt += length;
  }
  if (skipping) skip(restAt, blockAt - restAt);
  if (rest !== undefined) give(rest, restAt);
  return skipped;
}

/**
 * Lines that are not empty, from the end. Longer ones than `maxBytes` are passed over.
 *
 * @param needle - Only lines that hold these bytes are given; the others cost next to nothing.
 */
export function* linesBackwards(
  fd: number,
  size: number,
  maxBytes: number,
  needle?: Buffer,
): Generator<Buffer, void> {
  let blockSize = FIRST_BLOCK_BACKWARDS;
  let position = size;
  let rest: Buffer = Buffer.alloc(0);
  while (position > 0) {
    const length = Math.min(blockSize, position);
    position -= length;
    const block = readBlock(fd, position, length, rest);
    // Up to the first break the line may begin in the block before.
    const start = position === 0 ? 0 : block.indexOf(BREAK) + 1;
    const whole = start > 0 || position === 0;
    if (whole) yield* linesOf(block.subarray(start), maxBytes, needle);
    rest = whole ? block.subarray(0, Math.max(0, start - 1)) : block;
    if (rest.length > maxBytes) rest = Buffer.alloc(maxBytes + 1, 0);
    blockSize = Math.min(BLOCK, blockSize * 4);
  }
}

function readBlock(fd: number, position: number, length: number, rest: Buffer): Buffer {
  const block = Buffer.allocUnsafe(length + rest.length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, block, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  rest.copy(block, filled);
  return block.subarray(0, filled + rest.length);
}

function* linesOf(block: Buffer, maxBytes: number, needle: Buffer | undefined): Generator<Buffer, void> {
  let end = block.length;
  while (end > 0) {
    if (needle !== undefined) {
      const found = block.subarray(0, end).lastIndexOf(needle);
      if (found < 0) return;
      const next = block.indexOf(BREAK, found);
      end = next < 0 || next > end ? end : next;
    }
    const start = block.lastIndexOf(BREAK, end - 1) + 1;
    if (end > start && end - start <= maxBytes) yield block.subarray(start, end);
    end = start - 1;
  }
}
