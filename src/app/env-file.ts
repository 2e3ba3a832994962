/** Files of variables, `--env-file`: one `NAME=value` a line, as in a shell without its substitutions. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode } from '../errors.js';
import { checkSize, checkUtf8, MAX_FILE_BYTES, readText, unreadable } from './text-file.js';

export type EnvFile = {
  /** Absolute. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly mistakes: readonly EnvMistake[];
};

/** What is not taken over; without any value, which may be secret. */
export type EnvMistake = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
};

/**
 * Read a file of variables, or a pipe: that once, whenever it is asked for.
 *
 * @throws {SupertaskError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, also where a NUL character is in it.
 */
export function readEnvFile(path: string, cwd: string): EnvFile {
  const file = resolve(cwd, path);
  const text = piped.get(file) ?? (isStream(file) ? readOnce(file) : readText(file));
  const [before, after] = text.split('\0', 2);
  if (before !== undefined && after !== undefined) {
    const place = `${file}:${countBreaks(before) + 1}:${before.length - before.lastIndexOf('\n')}`;
    const hint = 'No variable can hold one: remove it, or give the name of a file that has it.';
    throw unreadable(place, 'there is a NUL character', hint);
  }
  return { file, ...parseEnv(text) };
}

const NAME = String.raw`^[ \t\ufeff]*(?:export[ \t]+)?([^\s=#][^\s=]*)[ \t]*=`;
/** A whole value in quotes, over several lines perhaps, and what stands behind it; else the rest of the line. */
const VALUE = String.raw`(?:[ \t]*(["'\x60])([^]*?)\2([^\n]*)|([^\n]*))`;
/** An assignment, or any other line. */
const ENTRY = new RegExp(`${NAME}${VALUE}|^[^\\n]+`, 'gm');

/**
 * Parse a text of variables. Unquoted, `#` begins a comment where white space stands before it; in double quotes `\n`
 * is a line break; other quotes hold what they hold.
 */
export function parseEnv(given: string): Pick<EnvFile, 'variables' | 'mistakes'> {
  const text = given.replaceAll('\r\n', '\n');
  const variables: [name: string, value: string][] = [];
  const mistakes: EnvMistake[] = [];
  let [line, end] = [1, 0];
  for (const match of text.matchAll(ENTRY)) {
    line += countBreaks(text.slice(end, match.index));
    const entry = parseEntry(match);
    if (entry.variable !== undefined) variables.push(entry.variable);
    if (entry.mistake !== undefined) mistakes.push(placed(entry.mistake, match[0], line));
    line += countBreaks(match[0]);
    end = match.index + match[0].length;
  }
  return { variables: Object.fromEntries(variables), mistakes };
}

type Mistake = Pick<EnvMistake, 'message' | 'hint'> & {
  /** What it is about, which is the end of the entry. */
  readonly rest: string;
};

type Entry = { readonly variable?: [name: string, value: string]; readonly mistake?: Mistake | undefined };

function parseEntry([entry, name, quote, quoted = '', behind = '', plain = '']: RegExpExecArray): Entry {
  if (name === undefined)
    return { mistake: isNothing(entry) ? undefined : { ...NO_ASSIGNMENT, rest: entry } };
  if (quote !== undefined) {
    const value = quote === '"' ? quoted.replaceAll('\\n', '\n') : quoted;
    return {
      variable: [name, value],
      mistake: isNothing(behind) ? undefined : { ...BEHIND_QUOTE, rest: behind },
    };
  }
  const value = plain.replace(/[ \t]#.*$/s, '').replace(/^[ \t]+|[ \t\r]+$/g, '');
  return {
    variable: [name, value],
    mistake: /^["'`]/.test(value) ? { ...NOT_CLOSED, rest: plain } : undefined,
  };
}

const CLOSE = 'Put a quote before the whole value and the same behind it, or none.';
const NO_ASSIGNMENT = {
  message: 'this line is not NAME=value, so it is passed over',
  hint: 'Write NAME=value, one a line.',
};
const BEHIND_QUOTE = { message: 'this stands behind a value in quotes, so it is passed over', hint: CLOSE };
const NOT_CLOSED = { message: 'this quote is not closed, so it is a part of the value', hint: CLOSE };

/** Blank, or a comment. */
function isNothing(text: string): boolean {
  return /^\s*(?:#|$)/.test(text);
}

/** @param line - Where the entry begins. */
function placed({ rest, message, hint }: Mistake, entry: string, line: number): EnvMistake {
  const before = entry.slice(0, entry.length - rest.trimStart().length);
  const column = before.length - before.lastIndexOf('\n');
  return { line: line + countBreaks(before), column, message, hint };
}

function countBreaks(text: string): number {
  return text.split('\n').length - 1;
}

/** What came out of pipes, by their paths: a reload needs it again. */
const piped = new Map<string, string>();

/** A pipe, or a device such as /dev/null. */
function isStream(file: string): boolean {
  try {
    const stat = statSync(file);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    return false;
  }
}

function readOnce(file: string): string {
  const text = checkUtf8(readBytes(file), file);
  piped.set(file, text);
  return text;
}

/** No more than a file may have, however much is to come. */
function readBytes(file: string): Buffer {
  const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
  let size = 0;
  try {
    const fd = openSync(file, 'r');
    try {
      for (let got = -1; got !== 0; size += got) got = readSync(fd, bytes, size, bytes.length - size, null);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw unreadable(file, systemCode(error) ?? String(error), 'Check its permissions.', error);
  }
  checkSize(size, file);
  return bytes.subarray(0, size);
}
