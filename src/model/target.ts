/** What a task runs. Text → value in `target-text.ts`; value → argv in `executor/`. */
import type { Json } from './json.js';
import { summarizeUse } from './uses/summary.js';
import type { ReadyMade } from './uses/table.js';

/** Arguments for a function: positional and by name. */
export type CallArguments = {
  readonly args: readonly Json[];
  readonly kwargs: Readonly<Record<string, Json>>;
};

export type Target =
  /** `sh -c line`; words reach it as `"$@"`, exactly as given. */
  | { readonly kind: 'cmd'; readonly line: string; readonly words: readonly string[] }
  /** A program without a shell. */
  | { readonly kind: 'exec'; readonly program: string; readonly words: readonly string[] }
  /** A Python snippet; words become `sys.argv[1:]`. */
  | { readonly kind: 'python'; readonly code: string; readonly words: readonly string[] }
  /** A Python file: `func` (default `run`, where the file defines it) is called, else the file is executed. */
  | {
      readonly kind: 'python-file';
      readonly path: string;
      readonly func: string | undefined;
      readonly words: readonly string[];
      readonly call: CallArguments;
    }
  /** `package.module:function`. */
  | { readonly kind: 'python-entrypoint'; readonly entrypoint: string; readonly call: CallArguments }
  /** `uv run words`. */
  | { readonly kind: 'uv'; readonly words: readonly string[] }
  /** `docker run image words`, or podman. */
  | { readonly kind: 'docker'; readonly image: string; readonly words: readonly string[] }
  /** A JavaScript snippet. */
  | { readonly kind: 'node'; readonly code: string; readonly words: readonly string[] }
  /** A JavaScript or TypeScript module: its `func`, default export or `run` is called, else it is executed. */
  | {
      readonly kind: 'node-file';
      readonly path: string;
      readonly func: string | undefined;
      readonly words: readonly string[];
      readonly call: CallArguments;
    }
  /** A ready-made thing and its configuration, as it is written; files only. */
  | { readonly kind: 'uses'; readonly name: ReadyMade; readonly with: Json };

/** Of the many targets without further words, one for all. */
export const NO_WORDS: readonly string[] = [];

export const NO_CALL: CallArguments = { args: [], kwargs: {} };

/** One line that names the target, with its scheme, for people and for the namespace's source. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'cmd':
      return [`cmd:${target.line}`, ...target.words.map(quoteWord)].join(' ');
    case 'exec':
      return `exec:${[target.program, ...target.words].map(quoteWord).join(' ')}`;
    case 'python':
      return [`python:${target.code}`, ...target.words.map(quoteWord)].join(' ');
    case 'node':
      return [`node:${target.code}`, ...target.words.map(quoteWord)].join(' ');
    case 'python-file':
    case 'node-file':
      return [
        target.func === undefined ? target.path : `${target.path}:${target.func}`,
        ...target.words.map(quoteWord),
      ].join(' ');
    case 'python-entrypoint':
      return `python:${target.entrypoint}`;
    case 'uv':
      return `uv:${target.words.map(quoteWord).join(' ')}`;
    case 'docker':
      return `docker:${[target.image, ...target.words].map(quoteWord).join(' ')}`;
    case 'uses':
      return `uses:${target.name} ${summarizeUse(target.name, target.with)}`.trimEnd();
  }
}

/** Quote one word so that a POSIX shell reads it back as it is. */
export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
