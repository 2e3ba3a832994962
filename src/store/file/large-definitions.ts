/** A set of job definitions that is too large to be held in memory as a whole. */
import { createHash } from 'node:crypto';
import { ensureDirectory, placeFile, sizeOf } from './disk.js';

/** Written before its name is known. Returns its digest. */
export function keepLargeSet(directory: string, first: Buffer, others: Iterable<Buffer>): string {
  const digest = createHash('sha256');
  let size = 0;
  const count = (block: Buffer): Buffer => {
    digest.update(block);
    size += block.length;
    return block;
  };
  function* content(): Generator<Buffer> {
    yield count(first);
    for (const block of others) yield count(block);
  }
  let set = '';
  ensureDirectory(directory);
  placeFile(directory, content(), () => {
    set = digest.digest('hex').slice(0, 32);
    const path = `${directory}/${set}.jsonl`;
    return sizeOf(path) === size ? undefined : path;
  });
  return set;
}
