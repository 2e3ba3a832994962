/**
 * What the configuration of a ready-made thing is made of: readers of JSON that check and convert at once.
 *
 * The same readers work twice. At load they check what is written; a text with a template, or one that comes from the
 * environment, is looked at later. When the thing runs, they get the final texts. Pure.
 */
import { SupertaskError } from '../../errors.js';
import { parseDuration } from '../duration.js';
import type { Json } from '../json.js';
import { parseSize } from '../size.js';
import { suggest } from '../suggest.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Something wrong in a configuration. */
export type Fault = {
  /** Keys and indexes that lead there. */
  readonly path: readonly (string | number)[];
  /** Whether the key itself is meant, not its value. */
  readonly isKey?: boolean;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** Where a reader is, and what it has to know. */
export type Place = {
  readonly path: readonly (string | number)[];
  /** Undefined at load: what comes from the environment is not known yet. */
  readonly env: Environment | undefined;
  readonly fault: (fault: Fault) => void;
  /** A variable that a secret comes from. */
  readonly secret: (name: string) => void;
  /** A secret that is written out. */
  readonly exposed: (fault: Fault) => void;
};

/** @returns `undefined` after a fault, and for what is not known yet. */
export type Part<T> = (value: Json, place: Place) => T | undefined;

export type JsonMap = { readonly [key: string]: Json };

const VARIABLE = /^[^=\0]+$/;
const TEMPLATE = /\$\{\{/;

/** The place of a key or an item below another one. */
export function below(place: Place, step: string | number): Place {
  return { ...place, path: [...place.path, step] };
}

export function faultAt(place: Place, message: string, hint?: string): undefined {
  place.fault({ path: place.path, message, hint });
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, or `{env: NAME}`: what the variable holds when the thing runs. */
export const text: Part<string> = (value, place) => {
  const found = isMap(value) ? fromEnvironment(value, place) : value;
  if (found === undefined) return undefined;
  if (typeof found !== 'string' || found === '') {
    const hint =
      typeof found === 'number' || typeof found === 'boolean' ? `Put it in quotes: "${found}".` : undefined;
    return faultAt(place, `expected text or {env: NAME}, found ${describeJson(found)}`, hint);
  }
  if (found.includes('\0')) return faultAt(place, 'a text contains a NUL character', 'Remove it.');
  return place.env === undefined && TEMPLATE.test(found) ? undefined : found;
};

/** A text that has to stay secret: it belongs into the environment. */
export const secret: Part<string> = (value, place) => {
  if (typeof value === 'number' || typeof value === 'boolean') {
    // Not repeated in the message.
    return faultAt(place, 'a secret is no text', 'Write {env: NAME}, or put it in quotes.');
  }
  const name = isMap(value) ? value['env'] : undefined;
  if (typeof name === 'string') place.secret(name);
  if (typeof value === 'string' && value !== '' && !TEMPLATE.test(value)) {
    place.exposed({
      path: place.path,
      message: 'is a secret and stands in the file',
      hint: 'Write {env: NAME} and set the variable outside.',
    });
  }
  return text(value, place);
};

/** One line of text: it becomes a header, an address or a name. */
export const line: Part<string> = (value, place) => {
  const found = text(value, place);
  if (found === undefined || !/[\r\n]/.test(found)) return found;
  return faultAt(place, 'a line break stands where one line is meant', 'Write one line.');
};

export const flag: Part<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value;
  return faultAt(
    place,
    `expected true or false, found ${describeJson(value)}`,
    'Write true or false, without quotes.',
  );
};

export const anything: Part<Json> = (value) => value;

/** A text that a function of the model understands; what it throws becomes a fault. */
export function parsedText<T>(parse: (text: string) => T, part: Part<string> = text): Part<T> {
  return (value, place) => {
    const written = typeof value === 'number' ? String(value) : part(value, place);
    if (written === undefined) return undefined;
    try {
      return parse(written);
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      return faultAt(place, error.message, error.hint);
    }
  };
}

/** Whole milliseconds. */
export const duration = parsedText(parseDuration);
/** Whole bytes. */
export const size = parsedText(parseSize);

/** A whole number between two, also written as text. */
export function integer(least: number, most: number): Part<number> {
  return (value, place) => {
    const written = typeof value === 'number' ? value : text(value, place);
    if (written === undefined) return undefined;
    const number = typeof written === 'string' && /^-?\d+$/.test(written) ? Number(written) : written;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
      return number;
    return faultAt(place, `expected a whole number from ${least} to ${most}, found ${describeJson(written)}`);
  };
}

export function oneOf<const T extends string>(words: readonly T[]): Part<T> {
  return (value, place) => {
    const written = text(value, place);
    if (written === undefined) return undefined;
    const found = words.find((word) => word === written);
    if (found !== undefined) return found;
    const near = suggest(written, words);
    const hint = `${near === undefined ? '' : `Did you mean ${near}? `}Use one of: ${words.join(', ')}.`;
    return faultAt(place, `${JSON.stringify(written)} is none of the words that can stand here`, hint);
  };
}

/** One thing, or a list of them. */
export function oneOrMore<T>(part: Part<T>): Part<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) {
      const only = part(value, place);
      return only === undefined ? undefined : [only];
    }
    if (value.length === 0) return faultAt(place, 'the list is empty', 'Leave the key out, or name one.');
    const items = value.map((item: Json, index) => part(item, below(place, index)));
    return items.every((item) => item !== undefined) ? items : undefined;
  };
}

/** A map whose keys are free. */
export function mapOf<T>(part: Part<T>): Part<Readonly<Record<string, T>>> {
  return (value, place) => {
    if (!isMap(value)) return faultAt(place, `expected a map, found ${describeJson(value)}`);
    const entries = Object.entries(value).map(([key, item]) => [key, part(item, below(place, key))] as const);
    return entries.every((entry): entry is readonly [string, T & {}] => entry[1] !== undefined)
      ? Object.fromEntries(entries)
      : undefined;
  };
}

/** The first way to read it that fits; of none, what the first says. */
export function either<T>(first: (value: Json) => boolean, part: Part<T>, other: Part<T>): Part<T> {
  return (value, place) => (first(value) ? part(value, place) : other(value, place));
}

export function describeJson(value: Json): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const written = JSON.stringify(value);
  return typeof value === 'string'
    ? `the text ${written.length > 60 ? `${written.slice(0, 57)}…` : written}`
    : written;
}

/** Whether a value is to come from the environment or from a template, and is not known at load. */
export function isLater(value: Json | undefined): boolean {
  return typeof value === 'string' ? TEMPLATE.test(value) : isMap(value) && 'env' in value;
}

function fromEnvironment(value: JsonMap, place: Place): string | undefined {
  const { env: name, ...rest } = value;
  if (typeof name !== 'string' || !VARIABLE.test(name) || Object.keys(rest).length > 0) {
    return faultAt(
      place,
      'expected text or {env: NAME}, found a map',
      'Write {env: NAME} with the name of a variable.',
    );
  }
  if (place.env === undefined) return undefined;
  const found = place.env[name];
  if (found !== undefined && found !== '') return found;
  return faultAt(
    place,
    `the variable ${name} is ${found === '' ? 'empty' : 'not set'}`,
    'Set it where supertask is started, or in env of the task.',
  );
}
