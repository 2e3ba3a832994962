/** Parameters after `?`, by the schemas of a route. Pure. */
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { mistakesIn, type Schema } from './schema.js';

/** @throws {SupertaskError} `USAGE` for one that is unknown, given twice or not what it has to be. */
export function readQuery(
  schemas: Readonly<Record<string, Schema>>,
  given: URLSearchParams,
): Readonly<Record<string, Json>> {
  const found: Record<string, Json> = {};
  const mistakes: string[] = [];
  for (const name of new Set(given.keys())) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    const texts = given.getAll(name);
    if (schema === undefined) {
      const known = Object.keys(schemas).join(', ') || 'none';
      mistakes.push(`there is no parameter ${JSON.stringify(name)}; known: ${known}`);
    } else if (schema.type !== 'array' && texts.length > 1) {
      mistakes.push(`the parameter ${name} is given ${texts.length} times`);
    } else {
      const value =
        schema.type === 'array'
          ? texts.map((text) => coerced(schema.items ?? {}, text))
          : coerced(schema, texts[0] ?? '');
      mistakes.push(...mistakesIn(schema, value, `the parameter ${name}`));
      found[name] = value;
    }
  }
  if (mistakes.length > 0) throw new SupertaskError('USAGE', mistakes.join('; '));
  return found;
}

/** Text that is no number, true or false stays text, which its schema then does not fit. */
function coerced({ type }: Schema, text: string): Json {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'integer' && type !== 'number') return text;
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? text : number;
}
