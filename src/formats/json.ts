/** JSON (RFC 8259) → nodes with positions. Strict; `JSON.parse` would lose positions and duplicate keys. */
import type { Timetable } from '../model/timetable.js';
import type { ParseOptions } from './detect.js';
import { parseDocument } from './document.js';
import { type Entry, MAX_DEPTH, mapNode, type Node } from './node.js';
import type { Report } from './source.js';

const WHITE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

type Cursor = { readonly text: string; at: number; readonly report: Report };

/** Ends the reading: after a syntax mistake in JSON nothing can be told for sure. */
class Stop extends Error {}

/**
 * Parse a timetable in JSON. Loads no YAML parser.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export function parseJson(text: string, options: ParseOptions): Timetable {
  return parseDocument(text, options, readJson);
}

/**
 * Read JSON.
 *
 * @returns `undefined` after a syntax mistake, which the report has then.
 */
export function readJson(report: Report): Node | undefined {
  const cursor: Cursor = { text: report.source.text, at: 0, report };
  try {
    const root = readValue(cursor, 1);
    if (peek(cursor) !== undefined) fail(cursor, `expected the end of the file, found ${found(cursor)}`);
    return root;
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}

function readValue(cursor: Cursor, depth: number): Node {
  const first = peek(cursor);
  const { at } = cursor;
  if (depth > MAX_DEPTH) {
    fail(cursor, `maps and lists are nested more than ${MAX_DEPTH} deep`, 'Nest less.');
  }
  if (first === '{') return mapNode(at, readMembers(cursor, depth), cursor.report);
  if (first === '[') return { kind: 'list', at, items: readItems(cursor, depth) };
  if (first === '"') {
    const text = readString(cursor);
    return { kind: 'scalar', at, value: text, text };
  }
  const number = take(cursor, NUMBER);
  if (number !== undefined) return { kind: 'scalar', at, value: Number(number), text: number };
  const text = take(cursor, WORD) ?? '';
  const value = WORDS.get(text);
  if (value !== undefined) return { kind: 'scalar', at, value, text };
  cursor.at = at;
  return fail(
    cursor,
    `expected a value, found ${found(cursor)}`,
    text === '' ? undefined : 'Text stands in double quotes.',
  );
}

function readMembers(cursor: Cursor, depth: number): Entry[] {
  const entries: Entry[] = [];
  const opened = cursor.at++;
  if (skip(cursor, '}')) return entries;
  do {
    if (peek(cursor) !== '"') {
      fail(cursor, `expected a key in double quotes, found ${found(cursor)}`, commaHint(cursor, '}'));
    }
    const keyAt = cursor.at;
    const key = readString(cursor);
    if (!skip(cursor, ':')) {
      fail(cursor, `expected ":" after the key ${JSON.stringify(key)}, found ${found(cursor)}`);
    }
    entries.push({ key, keyAt, value: readValue(cursor, depth + 1) });
  } while (skip(cursor, ','));
  if (!skip(cursor, '}'))
    fail(cursor, `expected "," or "}", found ${found(cursor)}`, openHint(cursor, opened));
  return entries;
}

function readItems(cursor: Cursor, depth: number): Node[] {
  const items: Node[] = [];
  const opened = cursor.at++;
  if (skip(cursor, ']')) return items;
  do {
    if (peek(cursor) === ']') fail(cursor, 'expected a value, found "]"', commaHint(cursor, ']'));
    items.push(readValue(cursor, depth + 1));
  } while (skip(cursor, ','));
  if (!skip(cursor, ']'))
    fail(cursor, `expected "," or "]", found ${found(cursor)}`, openHint(cursor, opened));
  return items;
}

/** Finding the end by hand: a regular expression would need a stack as long as the text. */
function readString(cursor: Cursor): string {
  const { text, at } = cursor;
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  try {
    const value: unknown = JSON.parse(text.slice(at, end + 1));
    if (typeof value === 'string') {
      cursor.at = end + 1;
      return value;
    }
  } catch {
    // Told below.
  }
  return fail(cursor, 'a text is not closed, or has a bad escape or a line break in it');
}

/** The next character that is not white space, where the cursor stands then. */
function peek(cursor: Cursor): string | undefined {
  take(cursor, WHITE);
  return cursor.text[cursor.at];
}

function skip(cursor: Cursor, char: string): boolean {
  if (peek(cursor) !== char) return false;
  cursor.at++;
  return true;
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const taken = pattern.exec(cursor.text)?.[0];
  if (taken !== undefined) cursor.at += taken.length;
  return taken;
}

function fail(cursor: Cursor, message: string, hint?: string): never {
  cursor.report.problem(Math.min(cursor.at, cursor.text.length), `not valid JSON: ${message}`, hint);
  throw new Stop();
}

function found({ text, at }: Cursor): string {
  const point = text.codePointAt(at);
  return point === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(point));
}

function commaHint(cursor: Cursor, closing: string): string | undefined {
  return peek(cursor) === closing ? `Remove the comma before ${closing}; JSON allows none there.` : undefined;
}

function openHint({ text, at, report }: Cursor, opened: number): string | undefined {
  if (at < text.length) return undefined;
  const { line, column } = report.source.locate(opened);
  return `The ${text[opened]} at ${line}:${column} is not closed.`;
}
