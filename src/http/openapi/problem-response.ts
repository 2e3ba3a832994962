/** The problem documents (RFC 9457) that can be the answer to a request. Pure. */
import { ERRORS, type ErrorCode } from '../../errors.js';
import type { Json } from '../../model/json.js';
import { statusOf } from '../problem.js';
import type { Route } from '../route.js';
import type { Schema } from '../schema.js';
import type { Components, JsonObject } from './component.js';

/** Why a request is answered with a status, beside what the codes say. */
const MEANING = {
  400: 'The request is wrong.',
  401: 'Nobody has signed in, and the request has no token that is known.',
  403: 'Who asks may not do that, or the request comes from a page of somebody else.',
  404: 'There is no such thing.',
  409: 'It does not fit the state that things are in.',
  412: 'It is no longer the version of If-Match.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  421: 'The server does not have the name that the request calls it by.',
  422: 'What the body says has problems; all are listed.',
  429: 'Too many requests; Retry-After says when to try again.',
  500: 'A bug, or the state cannot be used.',
  503: 'Not now: later it may work.',
} as const;

export type ProblemStatus = keyof typeof MEANING;

const STATUSES = Object.keys(MEANING).map(Number) as readonly ProblemStatus[];

/** Of the responses of an operation: the problems that it can have. */
export function problemsOf(row: Route, isConditional: boolean): JsonObject {
  return Object.fromEntries(
    problemStatuses(row, isConditional).map((status) => [
      status,
      { $ref: `#/components/responses/${nameOf(status)}` },
    ]),
  );
}

/** Which statuses of problems a request can be answered with. */
export function problemStatuses(row: Route, isConditional: boolean): readonly ProblemStatus[] {
  const hasBody = row.request !== undefined;
  const isAboutOne = row.path.includes('{') || row.query?.['namespace'] !== undefined;
  const mayClash = row.path.includes('{run}') || row.where !== 'anywhere' || row.method !== 'GET';
  const mayHold = row.where !== 'anywhere' || 'type' in row.response;
  const applies: Readonly<Record<ProblemStatus, boolean>> = {
    400: true,
    401: true,
    403: true,
    404: isAboutOne,
    409: mayClash,
    412: isConditional,
    413: hasBody,
    415: hasBody,
    421: true,
    422: hasBody,
    429: true,
    500: true,
    503: mayHold,
  };
  return STATUSES.filter((status) => applies[status]);
}

/** Those of the document, by name. */
export function problemResponses(statuses: ReadonlySet<ProblemStatus>, components: Components): JsonObject {
  const schema = components.take(PROBLEM);
  const tooMany: Json = {
    'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
  };
  return Object.fromEntries(
    STATUSES.filter((status) => statuses.has(status)).map((status) => [
      nameOf(status),
      {
        description: meaningOf(status),
        ...(status === 429 ? { headers: tooMany } : {}),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

/** What a status means, and the codes that come with it. */
export function meaningOf(status: ProblemStatus): string {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => statusOf(code) === status);
  return codes.length === 0 ? MEANING[status] : `${MEANING[status]} Codes: ${codes.join(', ')}.`;
}

function nameOf(status: ProblemStatus): string {
  return `Problem${status}`;
}

const LOCATION: Schema = {
  title: 'Location',
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string' },
    line: { type: 'integer', minimum: 1 },
    column: { type: 'integer', minimum: 1 },
    path: { type: 'string', description: 'In a value of the request: task.when.' },
  },
};

const CODE: Schema = {
  title: 'ErrorCode',
  type: 'string',
  enum: Object.keys(ERRORS),
  description: 'Stable; docs/errors.md says more of each. More may come.',
};

/** What every answer from 400 on fits. */
export const PROBLEM: Schema = {
  title: 'Problem',
  description: 'A problem document (RFC 9457).',
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string', description: 'What the code means; always the same.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What it is this time.' },
    code: CODE,
    hint: { type: 'string', description: 'A way out.' },
    errors: {
      type: 'array',
      description: 'All that is wrong, where it is more than one thing or has a place.',
      items: {
        title: 'ProblemPart',
        type: 'object',
        required: ['code', 'detail'],
        properties: {
          code: CODE,
          detail: { type: 'string' },
          hint: { type: 'string' },
          location: LOCATION,
        },
      },
    },
  },
};
