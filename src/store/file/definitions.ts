/** Sets of job definitions, each in a file named by its digest: a set that is known already costs one look. */
import type { JobDefinition } from '../../model/job.js';
import { md5 } from '../../model/md5.js';
import { ensureDirectory, replaceFile, sizeOf } from './disk.js';
import { keepLargeSet } from './large-definitions.js';

/** Keep a set of definitions. Returns its digest. */
export function keepDefinitions(directory: string, jobs: Iterable<JobDefinition>): string {
  const blocks = blocksOf(jobs);
  const { value: first = Buffer.alloc(0) } = blocks.next();
  if (first.length > SMALL_BYTES) return keepLargeSet(directory, first, blocks);
  const set = md5(first);
  const path = `${directory}/${set}.jsonl`;
  // A file of another length than it should have was cut short by a power failure.
  if (sizeOf(path) === first.length) return set;
  ensureDirectory(directory);
  replaceFile(path, [first]);
  return set;
}

/** OpenSSL is quicker, and takes longer to load than a small set takes without it. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 64 * 1024;

/** The lines of a set in blocks, none of them small but the last; each is valid until the next is asked for. */
function* blocksOf(jobs: Iterable<JobDefinition>): Generator<Buffer, undefined> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let used = 0;
  for (const job of jobs) {
    const line = `${JSON.stringify(job)}\n`;
    if (used + Buffer.byteLength(line) <= block.length) {
      used += block.write(line, used);
      continue;
    }
    yield Buffer.concat([block.subarray(0, used), Buffer.from(line)]);
    used = 0;
  }
  if (used > 0) yield block.subarray(0, used);
}
