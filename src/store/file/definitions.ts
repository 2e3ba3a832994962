/** Sets of job definitions, each in a file named by its digest: a set that is known already costs one look. */
import type { JobDefinition } from '../../model/job.js';
import { md5 } from '../../model/md5.js';
import { isSetThere } from './definition-file.js';
import { ensureDirectory, replaceFile } from './disk.js';
import { keepLargeSet } from './large-definitions.js';

/** OpenSSL is quicker, and takes longer to load than a small set takes without it. */
const SMALL_BYTES = 4096;

/** Keep a set of definitions. Returns its digest. */
export function keepDefinitions(directory: string, jobs: Iterable<JobDefinition>): string {
  const lines = linesOf(jobs);
  let text = '';
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    text += next.value;
    if (text.length > SMALL_BYTES) return keepLargeSet(directory, text, lines);
  }
  const bytes = Buffer.from(text);
  if (bytes.length > SMALL_BYTES) return keepLargeSet(directory, text, lines);
  const set = md5(bytes);
  const path = `${directory}/${set}.jsonl`;
  if (isSetThere(path, bytes.length)) return set;
  ensureDirectory(directory);
  replaceFile(path, [bytes]);
  return set;
}

function* linesOf(jobs: Iterable<JobDefinition>): Generator<string, undefined> {
  for (const job of jobs) yield `${JSON.stringify(job)}\n`;
}
