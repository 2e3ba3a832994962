/** The published schemas, strict: what they do not name is a mistake here, though readers must pass it over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ROOT } from './build.ts';

const DIRECTORY = join(ROOT, 'schema');
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Names of the schemas of what supertask writes: `journal` for `schema/journal.schema.json`. */
export const SCHEMAS = readdirSync(DIRECTORY)
  .filter((name) => !/^(?:timetable|apscheduler)/.test(name))
  .map((name) => name.replace(/\.schema\.json$/, ''))
  .sort();

const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
});
ajv.addFormat('date-time', INSTANT);
ajv.addFormat('uri-reference', /^[!-~]+$/);
for (const name of SCHEMAS) {
  const text = readFileSync(join(DIRECTORY, `${name}.schema.json`), 'utf8');
  ajv.addSchema(close(JSON.parse(text)), `${name}.schema.json`);
}

const compiled = new WeakMap<object, ValidateFunction>();

/** What is wrong with a value by a schema that may refer to published ones. */
export function mistakesAgainst(schema: object, value: unknown): string[] {
  const validate = compiled.get(schema) ?? ajv.compile(close(schema));
  compiled.set(schema, validate);
  return validate(value) ? [] : [ajv.errorsText(validate.errors), JSON.stringify(value)];
}

/** What is wrong with a value, a line per mistake; empty when nothing is. */
export function mistakes(name: string, value: unknown): string[] {
  const validate: ValidateFunction | undefined = ajv.getSchema(`${name}.schema.json`);
  if (validate === undefined) throw new Error(`there is no schema/${name}.schema.json`);
  if (validate(value)) return [];
  const found = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return [...found, JSON.stringify(value)];
}

/** Refuse further properties wherever an object names those that it has. */
function close<Value>(schema: Value): Value {
  if (Array.isArray(schema)) return schema.map(close) as Value;
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  if (typeof closed['properties'] === 'object' && closed['type'] === 'object') {
    closed['additionalProperties'] ??= false;
  }
  return closed as Value;
}
