/** What runs a script: the program that its first line names. */
import { closeSync, openSync, readSync } from 'node:fs';

/** More than any system reads of it. */
const MOST_BYTES = 512;

/**
 * The interpreter of a file; of `env`, the program that it looks for.
 *
 * @returns undefined for what is no script, or cannot be read.
 */
export function readShebang(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(MOST_BYTES);
      const size = readSync(file, start, 0, MOST_BYTES, 0);
      return interpreterOf(start.toString('utf8', 0, size).split('\n')[0] ?? '');
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function interpreterOf(line: string): string | undefined {
  const [program, ...words] = /^#!\s*(.*)$/.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
  if (program === undefined || program === '') return undefined;
  if (!/(?:^|\/)env$/.test(program)) return program;
  // `env -S A=b PROGRAM ARG…`
  return words.find((word) => !word.startsWith('-') && !word.includes('=')) ?? program;
}
