/** Schemas that have a name of their own, brought together in one document. Pure. */
import type { Json } from '../../model/json.js';

export type JsonObject = { readonly [key: string]: Json };

export type Components = {
  /** The schema as it stands in the document: what has a name is referred to. */
  take(schema: object): JsonObject;
  /** All that was referred to, by name. */
  all(): JsonObject;
};

/** Where the components are in the document. */
const COMPONENTS = '#/components/schemas/';

const ENDING = '.schema.json';

/** A definition has its own name, unless another file has one of the same name. */
type Known = { readonly source: string; schema: JsonObject };

/**
 * @param load - A published schema by its name: `list-runs` for `schema/list-runs.schema.json`.
 */
export function createComponents(load: (name: string) => JsonObject): Components {
  const known = new Map<string, Known>();

  const nameOf = (source: string, short: string, long: string): string =>
    [short, long].find((name) => (known.get(name)?.source ?? source) === source) ?? `${long}2`;

  const add = (name: string, source: string, make: () => JsonObject): Json => {
    if (!known.has(name)) {
      const entry: Known = { source, schema: {} };
      // It may be part of itself.
      known.set(name, entry);
      entry.schema = make();
    }
    return { $ref: COMPONENTS + name };
  };

  const published = (ref: string, within: string | undefined): Json => {
    const [path = '', pointer = ''] = ref.split('#');
    const file = path === '' ? (within ?? '') : path.slice(0, -ENDING.length);
    const whole = load(file);
    const [, definition, ...rest] = pointer.split('/').slice(1);
    const source = definition === undefined ? file : `${file}#${definition}`;
    // What is deep inside has no name to be called by.
    if (rest.length > 0) return walk(at(whole, pointer), file);
    const short = pascal(definition ?? file);
    const name = nameOf(source, short, definition === undefined ? `${short}File` : pascal(file) + short);
    return add(name, source, () =>
      definition === undefined
        ? (walk(without(whole, '$schema', '$id', '$defs'), file) as JsonObject)
        : (walk(at(whole, pointer), file) as JsonObject),
    );
  };

  const named = (schema: JsonObject, title: string): Json => {
    const source = JSON.stringify(schema);
    const other = known.get(title);
    if (other !== undefined && other.source !== source)
      throw new Error(`two schemas have the title ${title}`);
    return add(title, source, () => walkParts(without(schema, 'title'), undefined));
  };

  const walk = (value: Json, within: string | undefined): Json => {
    if (Array.isArray(value)) return value.map((each) => walk(each, within));
    if (typeof value !== 'object' || value === null) return value;
    const schema = value as JsonObject;
    const { $ref, title } = schema;
    if (typeof $ref === 'string') {
      const found = published($ref, within) as JsonObject;
      return { ...found, ...(walkParts(without(schema, '$ref'), within) as object) };
    }
    // Titles of published schemas are sentences for people.
    if (within === undefined && typeof title === 'string') return named(schema, title);
    return walkParts(schema, within);
  };

  const walkParts = (schema: JsonObject, within: string | undefined): JsonObject =>
    Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, walk(part, within)]));

  return {
    take: (schema) => walk(schema as JsonObject, undefined) as JsonObject,
    all: () =>
      Object.fromEntries([...known].map(([name, { schema }]) => [name, schema] as const).sort(byName)),
  };
}

/** Names of the published schemas that these refer to, and those that they refer to. */
export function referredFiles(schemas: readonly object[]): readonly string[] {
  const text = JSON.stringify(schemas);
  return [...new Set([...text.matchAll(/"\$ref":"([\w-]+)\.schema\.json/g)].map(([, name]) => name ?? ''))];
}

/** @param pointer - RFC 6901. */
function at(whole: JsonObject, pointer: string): Json {
  let found: Json | undefined = whole;
  for (const part of pointer.split('/').slice(1)) found = (found as JsonObject | undefined)?.[part];
  if (found === undefined) throw new Error(`a published schema has no ${pointer}`);
  return found;
}

function without(schema: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

/** `list-runs` → `ListRuns` */
function pascal(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
