/** The block of a Python file that is given as a target: it is for `--file`, and nothing reads it here. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { quoteWord } from '../model/target.js';

const OPENING = /^# \/\/\/ task\r?$/m;

/**
 * What to say of it.
 *
 * @param path - As written, from `directory`.
 * @returns Undefined: there is none. A file that cannot be read is told of by its run.
 */
export function passedOverBlock(path: string, directory: string, cwd: string): string | undefined {
  const absolute = resolve(directory, path);
  const text = textOf(absolute);
  const at = text.search(OPENING);
  if (at === -1) return undefined;
  const file = resolve(cwd, path) === absolute ? path : absolute;
  const line = text.slice(0, at).split('\n').length;
  return `${file}:${line}: the block "# /// task" is passed over, since the file is a target; to run by it: supertask run --file ${quoteWord(file)}`;
}

function textOf(path: string): string {
  try {
    // What can be read but once is left to the run.
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
