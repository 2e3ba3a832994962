/** The published JSON Schemas, as they lie in the package. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SupertaskError } from '../errors.js';
import type { JsonObject } from '../formats/schema.js';
import { suggest } from '../model/suggest.js';

const ENDING = '.schema.json';
const TIMETABLE = 'timetable';
/** Format 1; a later one gets a file of its own. */
const TIMETABLE_FILE = `timetable-v1${ENDING}`;

/** From here and from the built program it is two directories up. */
const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '../../schema');

/** Where the schema of timetables lies, for editors. */
export const TIMETABLE_SCHEMA_PATH: string = join(DIRECTORY, TIMETABLE_FILE);

/** All schemas with what each describes, that of timetables first. */
export function listSchemas(): readonly { readonly name: string; readonly title: string }[] {
  return names().map((name) => ({ name, title: String(load(name)['title'] ?? '') }));
}

/**
 * A schema by its name.
 *
 * @throws {SupertaskError} `USAGE` for a name that there is not.
 */
export async function readSchema(name: string): Promise<JsonObject> {
  const known = names();
  if (!known.includes(name)) {
    const near = suggest(name, known);
    throw new SupertaskError('USAGE', `there is no schema ${JSON.stringify(name)}`, {
      hint: near === undefined ? 'supertask schema --list names them.' : `Did you mean ${near}?`,
    });
  }
  if (name !== TIMETABLE) return load(name);
  const { completeSchema } = await import('../formats/schema.js');
  return completeSchema(load(name));
}

function names(): string[] {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith(ENDING) && file !== TIMETABLE_FILE);
  return [TIMETABLE, ...files.map((file) => file.slice(0, -ENDING.length)).sort()];
}

function load(name: string): JsonObject {
  const file = name === TIMETABLE ? TIMETABLE_FILE : `${name}${ENDING}`;
  return JSON.parse(readFileSync(join(DIRECTORY, file), 'utf8'));
}
