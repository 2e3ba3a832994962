/** The route that asks others, one after the other: each of them is routed, checked and answered as if it came alone. */
import type { Json } from '../../model/json.js';
import { plainProblem, problem } from '../problem.js';
import { API_BASE, type Method, type Route, type RouteRequest, route } from '../route.js';
import type { Schema } from '../schema.js';

const MAX_PARTS = 100;
/** Of all bodies together; parts are done all the same when what they answer is left out. */
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

type Operation = {
  readonly method: Method;
  readonly path: string;
  readonly body?: Json;
  readonly ifMatch?: string;
};

type Part = Readonly<Record<string, Json>> & { readonly status: number };

const OPERATION: Schema = {
  title: 'BulkOperation',
  type: 'object',
  required: ['method', 'path'],
  properties: {
    method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    path: {
      type: 'string',
      maxLength: 8_000,
      pattern: '^/[\\x21-\\x7e]*$',
      description: 'Below /api/v1, with what stands after `?`; characters beyond ASCII are encoded.',
    },
    body: { description: 'JSON; absent where there is none.' },
    ifMatch: { type: 'string', maxLength: 1_000, pattern: '^[\\x20-\\x7e]*$', description: 'As If-Match.' },
  },
  additionalProperties: false,
};

const RESULT: Schema = {
  title: 'BulkResult',
  type: 'object',
  required: ['status', 'headers', 'body'],
  properties: {
    status: { type: 'integer' },
    headers: {
      type: 'object',
      properties: { etag: { type: 'string' }, location: { type: 'string' } },
    },
    body: { description: 'What it answers, a problem document from 400 on; null where there is no body.' },
    leftOut: {
      type: 'boolean',
      description: 'True where the body is left out, since all of them together would be too long.',
    },
  },
};

export const BULK_ROUTES: readonly Route[] = [
  route<{ readonly operations: readonly Operation[] }>({
    method: 'POST',
    path: '/bulk',
    name: 'askBulk',
    summary: 'Several requests in one, done in order: each needs the scope that it needs alone.',
    // It changes nothing by itself: what its parts may do is looked at for each of them.
    scope: 'read',
    isPure: true,
    isAlone: true,
    request: {
      type: 'object',
      required: ['operations'],
      properties: {
        operations: {
          type: 'array',
          minItems: 1,
          maxItems: MAX_PARTS,
          items: OPERATION,
          description: 'Those behind one that fails are done all the same.',
        },
      },
      additionalProperties: false,
    },
    response: {
      status: 200,
      schema: {
        title: 'BulkResults',
        type: 'object',
        required: ['results'],
        properties: {
          results: { type: 'array', items: RESULT, description: 'In the order of the request.' },
        },
      },
    },
    async handle({ body, part }) {
      const results: Part[] = [];
      let left = MAX_ANSWER_CHARACTERS;
      for (const operation of body.operations) {
        const { text, ...result } = await perform(operation, part);
        left -= text.length;
        results.push(left < 0 ? { ...result, body: null, leftOut: true } : { ...result, body: parse(text) });
      }
      return { results };
    },
  }),
];

async function perform(
  operation: Operation,
  part: RouteRequest['part'],
): Promise<Part & { readonly text: string }> {
  const response = await answerTo(operation, part);
  const headers = ['etag', 'location'].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const { status } = response;
  return { status, headers: Object.fromEntries(headers), text: await response.text() };
}

async function answerTo(
  { method, path, body, ifMatch }: Operation,
  part: RouteRequest['part'],
): Promise<Response> {
  if (method === 'GET' && body !== undefined)
    return problem(plainProblem(400, 'The request is wrong.', 'GET has no body.'));
  // The name is never looked up: the request goes to the router, and nowhere else.
  const url = new URL(`http://supertask${API_BASE}${path}`);
  return part(
    new Request(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

function parse(text: string): Json {
  return text === '' ? null : JSON.parse(text);
}
