/** A set of job definitions that is too large to be held in memory as a whole. */
import { createHash } from 'node:crypto';
import { isSetThere } from './definition-file.js';
import { ensureDirectory, placeFile } from './disk.js';

const BLOCK_BYTES = 64 * 1024;

/**
 * Written before its name is known. Returns its digest.
 *
 * @param head - The first lines.
 */
export function keepLargeSet(directory: string, head: string, others: Iterable<string>): string {
  const digest = createHash('sha256');
  let size = 0;
  function* content(): Generator<Buffer> {
    for (const block of blocksOf(startingWith(head, others))) {
      digest.update(block);
      size += block.length;
      yield block;
    }
  }
  let set = '';
  ensureDirectory(directory);
  placeFile(directory, content(), () => {
    set = digest.digest('hex').slice(0, 32);
    const path = `${directory}/${set}.jsonl`;
    return isSetThere(path, size) ? undefined : path;
  });
  return set;
}

/** In blocks, none of them small but the last; each is valid until the next is asked for. */
function* blocksOf(lines: Iterable<string>): Generator<Buffer, undefined> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  for (const line of lines) {
    if (used + Buffer.byteLength(line) <= block.length) {
      used += block.write(line, used);
      continue;
    }
    yield Buffer.concat([block.subarray(0, used), Buffer.from(line)]);
    used = 0;
  }
  if (used > 0) yield block.subarray(0, used);
}

function* startingWith<Value>(first: Value, others: Iterable<Value>): Generator<Value, undefined> {
  yield first;
  yield* others;
}
