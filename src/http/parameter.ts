/** Parameters that several routes have, and what lists answer. */
import { SupertaskError } from '../errors.js';
import { parseDuration } from '../model/duration.js';
import { parseInstantIn } from '../model/instant.js';
import type { Schema } from './schema.js';

export type Paging = { readonly limit?: number; readonly cursor?: string };

export const DEFAULT_LIMIT = 50;

export const PAGING = {
  limit: {
    type: 'integer',
    minimum: 1,
    maximum: 500,
    description: `At most so many items; default ${DEFAULT_LIMIT}.`,
  },
  cursor: {
    type: 'string',
    maxLength: 2_000,
    description: '`next` of the answer before: what follows it. The other parameters have to be the same.',
  },
} as const satisfies Record<string, Schema>;

export const NAMESPACE: Schema = { type: 'string', description: 'Only of this one.' };

export const INSTANT: Schema = { type: 'string', format: 'date-time' };

/** An instant as others write it, in no zone but its own. */
export const EXACT_INSTANT: Schema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,3})?(?:Z|[+-]\\d\\d:\\d\\d)$',
};

export const NOTE: Schema = { type: 'string', maxLength: 1_000, description: 'Why, for the records.' };

/** Of what is asked for by POST and needs no more than its path. */
export const NO_BODY: Schema = { type: 'object', additionalProperties: false };

/** @param places - Where it is looked for. */
export function searchFor(places: string): Schema {
  return { type: 'string', maxLength: 200, description: `Text in ${places}` };
}

/** A value, or null where there is none. */
export function nullable(schema: Schema, description?: string): Schema {
  return { anyOf: [schema, { type: 'null' }], ...(description === undefined ? {} : { description }) };
}

/** Of the answer of a list. */
export function pageSchema(
  title: string,
  items: Schema,
  more: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    title,
    type: 'object',
    required: ['items', 'next', ...Object.keys(more)],
    properties: {
      items: { type: 'array', items },
      next: nullable({ type: 'string' }, 'The cursor of what follows; null: this is the end.'),
      ...more,
    },
  };
}

/** An instant to come, in the same way: a duration counts from now on. @throws {SupertaskError} `USAGE` */
export function readComing(name: string, text: string, now: Date): Date;
export function readComing(name: string, text: string | undefined, now: Date): Date | undefined;
export function readComing(name: string, text: string | undefined, now: Date): Date | undefined {
  return text === undefined ? undefined : instantFrom(name, text, now, 1);
}

/**
 * An instant that somebody names: ISO 8601, in UTC where it has no zone, or a duration before now.
 *
 * @throws {SupertaskError} `USAGE`
 */
export function readInstant(name: string, text: string, now: Date): Date;
export function readInstant(name: string, text: string | undefined, now: Date): Date | undefined;
export function readInstant(name: string, text: string | undefined, now: Date): Date | undefined {
  return text === undefined ? undefined : instantFrom(name, text, now, -1);
}

function instantFrom(name: string, text: string, now: Date, sign: 1 | -1): Date {
  try {
    const at = /^[+-]?\d{4,6}-\d\d-\d\d/.test(text)
      ? parseInstantIn(text, 'UTC')
      : new Date(now.getTime() + sign * parseDuration(text));
    if (!Number.isNaN(at.getTime())) return at;
  } catch (cause) {
    if (!(cause instanceof SupertaskError)) throw cause;
  }
  throw new SupertaskError(
    'USAGE',
    `the parameter ${name} is ${JSON.stringify(text.slice(0, 60))}, neither an instant nor a duration`,
    { hint: 'Write 2026-01-31T12:00:00Z, 7d or 36h.' },
  );
}

/** What fits `EXACT_INSTANT`. @throws {SupertaskError} `USAGE` for a day that there is not. */
export function exactInstant(text: string): Date {
  try {
    return parseInstantIn(text, 'UTC');
  } catch (cause) {
    if (!(cause instanceof SupertaskError)) throw cause;
    throw new SupertaskError('USAGE', cause.message, { hint: 'Write 2026-12-24T18:00:00Z.', cause });
  }
}
