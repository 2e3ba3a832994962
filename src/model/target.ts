/** What a task runs. Text → value here; value → argv in `executor/`. */
import { SupertaskError } from '../errors.js';
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
const NO_WORDS: readonly string[] = [];

export const NO_CALL: CallArguments = { args: [], kwargs: {} };

const SCHEMES = ['cmd', 'exec', 'python', 'uv', 'docker', 'node'] as const;
const PYTHON_FILE = /^(?<path>[^\s:]+\.py)(?::(?<func>[A-Za-z_]\w*))?$/;
const NODE_FILE = /^(?<path>[^\s:]+\.(?:js|mjs|cjs|ts|mts|cts))(?::(?<func>[A-Za-z_$][\w$]*))?$/;

/**
 * Read a target: `SCHEME:TEXT` and further words, which are kept exactly as given.
 *
 * Text without a scheme is a shell line, except a single `file.py[:func]`, `file.js` or `file.ts`.
 *
 * @throws {SupertaskError} `TARGET_INVALID` for an empty target or an unknown scheme.
 */
export function parseTarget(text: string, words: readonly string[] = NO_WORDS): Target {
  if (text.includes('\0') || words.some((word) => word.includes('\0'))) {
    throw invalid('a target contains a NUL character', 'No program can be given one; remove it.');
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+-]*):/.exec(text)?.[1];
  if (scheme === undefined) return fileTarget(text.trim(), words) ?? withScheme('cmd', text, words);
  return withScheme(scheme, text.slice(scheme.length + 1), words);
}

/** A program and its arguments, run without a shell. */
export function parseExec(words: readonly string[]): Target {
  const [program, ...rest] = words;
  if (program === undefined || program === '') {
    throw invalid('there is no program to run', 'Name one: supertask run --exec -- printf hello.');
  }
  if (words.some((word) => word.includes('\0'))) {
    throw invalid('an argument contains a NUL character', 'No program can be given one; remove it.');
  }
  return { kind: 'exec', program, words: rest.length === 0 ? NO_WORDS : rest };
}

function withScheme(scheme: string, rest: string, words: readonly string[]): Target {
  const body = rest.trim();
  if (body === '' && !(scheme === 'exec' && words.length > 0)) {
    throw invalid(
      `the target "${scheme}:" is empty`,
      `Say what to run: ${scheme === 'cmd' ? 'cmd:echo hello' : `${scheme}:…`}.`,
    );
  }
  switch (scheme) {
    case 'cmd':
      return { kind: 'cmd', line: rest, words };
    case 'exec':
      return parseExec([...splitWords(rest), ...words]);
    case 'python':
      return fileTarget(body, words, 'python-file') ?? { kind: 'python', code: rest, words };
    case 'uv':
      return { kind: 'uv', words: [...splitWords(rest), ...words] };
    case 'docker': {
      const [image = '', ...command] = splitWords(rest);
      if (image === '' || image.startsWith('-')) {
        throw invalid(
          `${JSON.stringify(image)} is not the name of an image`,
          'Write docker:IMAGE COMMAND…; for options of the engine use cmd:docker run ….',
        );
      }
      return { kind: 'docker', image, words: [...command, ...words] };
    }
    case 'node':
      return fileTarget(body, words, 'node-file') ?? { kind: 'node', code: rest, words };
    default:
      throw invalid(
        `"${scheme}:" is not a known kind of target`,
        `Known: ${SCHEMES.map((name) => `${name}:`).join(' ')}. If it is a shell line, write cmd:${scheme}:…`,
      );
  }
}

function fileTarget(
  text: string,
  words: readonly string[],
  only?: 'python-file' | 'node-file',
): Target | undefined {
  const python = only === 'node-file' ? undefined : PYTHON_FILE.exec(text)?.groups;
  if (python) {
    return { kind: 'python-file', path: python['path'] ?? '', func: python['func'], words, call: NO_CALL };
  }
  const node = only === 'python-file' ? undefined : NODE_FILE.exec(text)?.groups;
  if (node) return { kind: 'node-file', path: node['path'] ?? '', func: node['func'], words, call: NO_CALL };
  return undefined;
}

/**
 * Split text into words as a POSIX shell would, without expanding anything.
 *
 * @throws {SupertaskError} `TARGET_INVALID` when a quote is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (quote !== undefined && char === quote) {
      quote = undefined;
      continue;
    }
    if (char === '\\' && quote !== "'") {
      const next = text[++index] ?? '\\';
      if (next === '\n') continue;
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
      continue;
    }
    if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
      continue;
    }
    if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word = (word ?? '') + char;
  }
  if (quote !== undefined) throw invalid(`a ${quote} is not closed in: ${text}`, 'Close the quote.');
  if (word !== undefined) words.push(word);
  return words;
}

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

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TARGET_INVALID', message, { hint });
}
