/** The part of JSON Schema that requests are described in, and a check of values against it. Pure. */
import type { Json } from '../model/json.js';

export type Schema = {
  /** Of a shape that has a name of its own: clients get it by this name. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  /** Not checked here. */
  readonly format?: 'date-time' | 'uri-reference';
  readonly enum?: readonly string[];
  /** Of text: a regular expression that all of it fits. */
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  /** A published schema; not checked here, since only answers have it. */
  readonly $ref?: string;
};

/** What is wrong with a value, each with the path of the part; empty when nothing is. */
export function mistakesIn(schema: Schema, value: Json | undefined, path = 'the body'): readonly string[] {
  if (schema.anyOf !== undefined) {
    const tried = schema.anyOf.map((each) => mistakesIn(each, value, path));
    return tried.some((found) => found.length === 0) ? [] : (tried[0] ?? []);
  }
  if (schema.type !== undefined && !hasType(schema.type, value))
    return [`${path} is ${describe(value)} and has to be of type ${schema.type}`];
  if (typeof value === 'string') return mistakesInText(schema, value, path);
  if (typeof value === 'number') return mistakesInNumber(schema, value, path);
  if (isList(value)) return mistakesInList(schema, value, path);
  if (typeof value === 'object' && value !== null) return mistakesInObject(schema, value, path);
  return [];
}

function mistakesInText(schema: Schema, value: string, path: string): string[] {
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path} is ${describe(value)} and has to be one of ${schema.enum.join(', ')}`];
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return [`${path} is longer than ${schema.maxLength} characters`];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    return [`${path} is ${describe(value)} and does not fit ${schema.pattern}`];
  return [];
}

function mistakesInNumber({ minimum, maximum }: Schema, value: number, path: string): string[] {
  if (minimum !== undefined && value < minimum)
    return [`${path} is ${value} and has to be at least ${minimum}`];
  if (maximum !== undefined && value > maximum)
    return [`${path} is ${value} and has to be at most ${maximum}`];
  return [];
}

function mistakesInList(schema: Schema, value: readonly Json[], path: string): readonly string[] {
  const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (value.length < minItems) return [`${path} has ${value.length} items and has to have ${minItems}`];
  if (value.length > maxItems) return [`${path} has ${value.length} items and may have ${maxItems}`];
  return value.flatMap((item, at) => mistakesIn(items, item, `${path}[${at}]`));
}

function mistakesInObject(
  { properties = {}, required = [], additionalProperties = true }: Schema,
  value: Readonly<Record<string, Json>>,
  path: string,
): string[] {
  const missing = required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path} lacks ${key}`);
  const found = Object.entries(value).flatMap(([key, part]) => {
    const schema = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (schema === true || schema === undefined) return [];
    const known = Object.keys(properties).join(', ');
    if (schema === false)
      return [`${path} has ${JSON.stringify(key)}, which is not one of ${known || 'nothing'}`];
    return mistakesIn(schema, part, `${path}.${key}`);
  });
  return [...missing, ...found];
}

function hasType(type: NonNullable<Schema['type']>, value: Json | undefined): boolean {
  if (type === 'array') return isList(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !isList(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}

function describe(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
