/** Reads what a task runs: text → target. Shell lines are read here, and what is rarer by its scheme. */
import { NO_WORDS, type Target } from './target.js';
import { fileTarget } from './target-file.js';
import { invalidTarget, parseScheme } from './target-scheme.js';

/**
 * Read a target: `SCHEME:TEXT` and further words, which are kept exactly as given.
 *
 * Text without a scheme is a shell line, except a single `file.py[:func]`, `file.js` or `file.ts`.
 *
 * @throws {SupertaskError} `TARGET_INVALID` for an empty target or an unknown scheme.
 */
export function parseTarget(text: string, words: readonly string[] = NO_WORDS): Target {
  if (text.includes('\0') || words.some((word) => word.includes('\0'))) {
    throw invalidTarget('a target contains a NUL character', 'No program can be given one; remove it.');
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+-]*):/.exec(text)?.[1];
  if (scheme === undefined) return fileTarget(text.trim(), words) ?? withScheme('cmd', text, words);
  return withScheme(scheme, text.slice(scheme.length + 1), words);
}

function withScheme(scheme: string, rest: string, words: readonly string[]): Target {
  if (scheme === 'cmd' && rest.trim() !== '') return { kind: 'cmd', line: rest, words };
  return parseScheme(scheme, rest, words);
}
