/** Text with `${{ … }}` in it, taken apart. `$${{` stands for `${{` itself. */
import { SupertaskError } from '../errors.js';
import { type Expression, parseExpression } from './template-expression.js';

/** Plain text and slots, in their order. */
export type Template = readonly (string | Slot)[];

export type Slot = {
  /** As written, with its brackets. */
  readonly source: string;
  readonly expression: Expression;
  /** `${{ unsafe … }}`: the value becomes part of code. */
  readonly isUnsafe: boolean;
};

const OPEN = '${{';
const CLOSE = '}}';
const UNSAFE = /^\s*unsafe\s+(?=\S)/;

/** Whether a text has to be looked at: it has a template, or an escaped one. */
export function hasTemplate(text: string): boolean {
  return text.includes(OPEN);
}

/** @throws {SupertaskError} `TEMPLATE_INVALID`; its message has the template in front. */
export function parseTemplate(text: string): Template {
  return splitTemplate(text).map((piece) => (typeof piece === 'string' ? piece : parseSlot(piece)));
}

/** A template in a text, read or not. */
export type WrittenSlot = {
  /** Where it begins in the text. */
  readonly at: number;
  /** As written; to the end of the text where it is not closed. */
  readonly source: string;
  /** @throws {SupertaskError} `TEMPLATE_INVALID`; its message has the template in front. */
  parse(): Slot;
};

/** The templates of a text, also where some of them cannot be read. */
export function slotsIn(text: string): readonly WrittenSlot[] {
  return splitTemplate(text).flatMap((piece) =>
    typeof piece === 'string' ? [] : [{ at: piece.at, source: piece.source, parse: () => parseSlot(piece) }],
  );
}

function parseSlot({ source, inner }: Raw): Slot {
  if (inner === undefined) throw notClosed(source);
  const unsafe = UNSAFE.exec(inner)?.[0] ?? '';
  const expression = named(source, () => parseExpression(inner.slice(unsafe.length)));
  return { source, expression, isUnsafe: unsafe !== '' };
}

/** Run something about a template; its errors name the template. */
export function named<T>(source: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    throw new SupertaskError(error.code, `${shortened(source)}: ${error.message}`, { hint: error.hint });
  }
}

/** `inner`: what stands in its brackets; undefined where they are not closed. */
type Raw = { readonly at: number; readonly source: string; readonly inner: string | undefined };

function splitTemplate(text: string): readonly (string | Raw)[] {
  const pieces: (string | Raw)[] = [];
  let plain = '';
  let at = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    if (isEscaped(text, open, at)) {
      plain += text.slice(at, open - 1) + OPEN;
      at = open + OPEN.length;
      continue;
    }
    const close = closeOf(text, open + OPEN.length);
    plain += text.slice(at, open);
    if (plain !== '') pieces.push(plain);
    plain = '';
    at = close === undefined ? text.length : close + CLOSE.length;
    const inner = close === undefined ? undefined : text.slice(open + OPEN.length, close);
    pieces.push({ at: open, source: text.slice(open, at), inner });
  }
  plain += text.slice(at);
  if (plain !== '' || pieces.length === 0) pieces.push(plain);
  return pieces;
}

function isEscaped(text: string, open: number, from: number): boolean {
  return open > from && text[open - 1] === '$';
}

/** Where the closing brackets are; those in quotes are text, unless the quote is not closed itself. */
function closeOf(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '}' && text[at + 1] === '}') return at;
    if (char !== '"' && char !== "'") continue;
    const end = quoteEnd(text, at);
    if (end === undefined) break;
    at = end;
  }
  const close = text.indexOf(CLOSE, from);
  return close === -1 ? undefined : close;
}

function quoteEnd(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  return undefined;
}

function notClosed(text: string): SupertaskError {
  return new SupertaskError('TEMPLATE_INVALID', `${shortened(text)} is not closed`, {
    hint: 'Close it with }}, or write $${{ where no template is meant.',
  });
}

/**
 * Read text in which each template counts as one letter, whatever stands in it, and put the templates back into all
 * texts of what was made of it.
 */
export function keepingWhole<T>(text: string, read: (text: string) => T): T {
  if (!hasTemplate(text)) return read(text);
  let mark = 0xe000;
  while (text.includes(String.fromCharCode(mark))) mark++;
  const sign = String.fromCharCode(mark);
  const kept: string[] = [];
  let covered = '';
  let at = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    const close = isEscaped(text, open, at) ? undefined : closeOf(text, open + OPEN.length);
    // What is not closed stays plain, for others to complain about.
    const end = close === undefined ? open + OPEN.length : close + CLOSE.length;
    covered += text.slice(at, close === undefined ? end : open);
    if (close !== undefined) {
      covered += `${sign}${kept.length}${sign}`;
      kept.push(text.slice(open, end));
    }
    at = end;
  }
  covered += text.slice(at);
  const pattern = new RegExp(`${sign}(\\d+)${sign}`, 'g');
  return mapTexts(read(covered), (made) =>
    made.replace(pattern, (whole, index: string) => kept[Number(index)] ?? whole),
  );
}

/** The same value with each text in it changed; keys stay. */
export function mapTexts<T>(value: T, change: (text: string) => string): T;
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, change)]));
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
