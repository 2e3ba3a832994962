/** Words of the command line as they were given: Node has put U+FFFD in place of every byte that is no UTF-8. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { usageError } from './usage-error.js';

const COMMAND_LINE = '/proc/self/cmdline';

/**
 * To be asked where a word has U+FFFD in it, which somebody may have written. Nothing is said of values: they may be secret.
 *
 * @param argv - The last words of the command line.
 * @param file - Where its bytes stand; on systems without it nothing can be told.
 * @throws {SupertaskError} `USAGE` where a word was another one.
 */
export function checkWordBytes(argv: readonly string[], file = COMMAND_LINE): void {
  const words = readWords(file).slice(-argv.length);
  const index = words.findIndex((word) => !isUtf8(word));
  const word = words[index];
  if (word === undefined) return;
  const at = firstWrong(word);
  const byte = `byte ${at + 1} of it is 0x${word[at]?.toString(16)}`;
  throw usageError(
    `word ${index + 1} after supertask${flagOf(argv, index)} is not UTF-8, and would be altered: ${byte}`,
    "Write it in UTF-8. A name of a file that is not can be left to a shell line: supertask run -- cmd:'cat caf*.txt'",
  );
}

function readWords(file: string): readonly Buffer[] {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    return [];
  }
  return text
    .split('\0')
    .slice(0, -1)
    .map((word) => Buffer.from(word, 'latin1'));
}

function firstWrong(word: Buffer): number {
  let at = 0;
  for (const char of word.toString()) {
    const bytes = Buffer.from(char);
    if (!bytes.equals(word.subarray(at, at + bytes.length))) return at;
    at += bytes.length;
  }
  return at;
}

/** What the word belongs to, or begins with. */
function flagOf(argv: readonly string[], index: number): string {
  if (argv.slice(0, index).includes('--')) return '';
  const own = /^(--[\w-]+)=/.exec(argv[index] ?? '')?.[1];
  if (own !== undefined) return ` (${own})`;
  const before = /^--?[\w-]+$/.exec(argv[index - 1] ?? '')?.[0];
  return before === undefined ? '' : ` (after ${before})`;
}
