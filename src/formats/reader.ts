/**
 * Small readers for nodes, put together like the file they read.
 *
 * A reader that finds a mistake reports it and gives `undefined`; reading goes on, so that one pass finds all
 * mistakes. The caller ends with `report.check()`, so a value that was made beside a mistake is never used.
 */
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { suggest } from '../model/suggest.js';
import { describe, type Entry, type Node, shorten, toJson } from './node.js';
import type { Report } from './source.js';

export type Reader<T> = (node: Node, report: Report) => T | undefined;

/** The keys of one map, known ones only. */
export type Fields = {
  readonly at: number;
  entry(key: string): Entry | undefined;
  /** The value of a key; `undefined` where it is absent or wrong. */
  read<T>(key: string, reader: Reader<T>): T | undefined;
};

/** What a map may contain. */
export type Shape = {
  /** With its article, for messages: `a task`. */
  readonly what: string;
  readonly keys: readonly string[];
  /** Words that people know from elsewhere, with what to write instead. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** Further keys that are allowed and not read. */
  readonly ignored?: RegExp;
};

/** Read a map with known keys; each unknown key is a problem with a suggestion. */
export function readFields(node: Node, shape: Shape, report: Report): Fields | undefined {
  if (node.kind !== 'map') {
    return mismatch(node, `${shape.what} as a map`, `Its keys: ${shape.keys.join(', ')}.`, report);
  }
  const entries = new Map<string, Entry>();
  for (const entry of node.entries) {
    entries.set(entry.key, entry);
    if (shape.keys.includes(entry.key) || shape.ignored?.test(entry.key) === true) continue;
    report.problem(
      entry.keyAt,
      `${shorten(JSON.stringify(entry.key))} is not a key of ${shape.what}`,
      keyHint(entry.key, shape),
    );
  }
  return {
    at: node.at,
    entry: (key) => entries.get(key),
    read(key, reader) {
      const entry = entries.get(key);
      return entry === undefined ? undefined : reader(entry.value, report);
    },
  };
}

function keyHint(key: string, { keys, foreign = {} }: Shape): string {
  const instead = Object.hasOwn(foreign, key) ? foreign[key] : undefined;
  if (instead !== undefined) return instead;
  const near = suggest(key, keys);
  return near === undefined ? `Known keys: ${keys.join(', ')}.` : `Did you mean "${near}"?`;
}

/** Text that is not empty. */
export const text: Reader<string> = (node, report) => {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return node.value;
  const isScalar = node.kind === 'scalar' && node.value !== null && node.value !== '';
  return mismatch(node, 'text', isScalar ? `Put it in quotes: "${shorten(node.text)}".` : undefined, report);
};

/** `true` or `false`; the `yes` and `on` of YAML 1.1 are text. */
export const flag: Reader<boolean> = (node, report) => {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  const isOld = node.kind === 'scalar' && /^(?:yes|no|on|off|y|n|true|false)$/i.test(String(node.value));
  return mismatch(node, 'true or false', isOld ? 'Write true or false, without quotes.' : undefined, report);
};

/** Text, or a number or boolean as it is written. */
export const scalarText: Reader<string> = (node, report) => {
  if (node.kind !== 'scalar') return mismatch(node, 'text', undefined, report);
  if (node.value === null) return mismatch(node, 'text', 'For an empty text write "".', report);
  return node.text;
};

/** Any value, except numbers that would not arrive as they were written. */
export const json: Reader<Json> = (node, report) => {
  checkNumbers(node, report);
  return toJson(node);
};

function checkNumbers(node: Node, report: Report): void {
  if (node.kind === 'map') for (const { value } of node.entries) checkNumbers(value, report);
  if (node.kind === 'list') for (const item of node.items) checkNumbers(item, report);
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return;
  if (Number.isInteger(node.value) ? Number.isSafeInteger(node.value) : Number.isFinite(node.value)) return;
  report.problem(
    node.at,
    `the number ${shorten(node.text)} cannot be passed on exactly`,
    'Put it in quotes.',
  );
}

/** A text that a function of the model understands; what it throws becomes a problem here. */
export function parsed<T>(parse: (text: string) => T): Reader<T> {
  return (node, report) => {
    const written = scalarText(node, report);
    return written === undefined ? undefined : attempt(() => parse(written), node.at, report);
  };
}

/** Turn a `SupertaskError` into a problem at an offset; its code is kept. */
export function attempt<T>(act: () => T, at: number, report: Report): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    report.problem(at, error.message, error.hint, error.code);
    return undefined;
  }
}

export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (node, report) => {
    if (node.kind !== 'list') return mismatch(node, 'a list', undefined, report);
    return node.items.map((item) => reader(item, report)).filter((item) => item !== undefined);
  };
}

/** A list, or one thing in place of a list with one item. */
export function oneOrMore<T>(reader: Reader<T>): Reader<readonly T[]> {
  const many = listOf(reader);
  return (node, report) => {
    if (node.kind === 'list') return many(node, report);
    const only = reader(node, report);
    return only === undefined ? undefined : [only];
  };
}

/** A map whose keys are free. The result has no prototype to be polluted and no inherited names. */
export function mapOf<T>(reader: Reader<T>, checkKey?: (entry: Entry, report: Report) => void) {
  return (node: Node, report: Report): Readonly<Record<string, T>> | undefined => {
    if (node.kind !== 'map') return mismatch(node, 'a map', undefined, report);
    const result: [string, T][] = [];
    for (const entry of node.entries) {
      checkKey?.(entry, report);
      const value = reader(entry.value, report);
      if (value !== undefined) result.push([entry.key, value]);
    }
    return Object.fromEntries(result);
  };
}

/** Report that something else was expected; a broken node has been reported already. */
export function mismatch(node: Node, expected: string, hint: string | undefined, report: Report): undefined {
  if (node.kind === 'broken') return;
  report.problem(node.at, `expected ${expected}, found ${describe(node)}`, hint);
}
