/** The router: the table of routes as a handler of requests, the same for a socket and for an address. */
import { type Context, Hono } from 'hono';
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { PROBLEM_TYPE, type ProblemDocument, plainProblem, problemOf } from './problem.js';
import { API_BASE, type Controls, type Route } from './route.js';
import { ROUTES } from './routes/table.js';
import { mistakesIn } from './schema.js';

export type ApiParts = {
  readonly controls: Controls;
  /** Who sends a request, for the records. */
  readonly callerOf: (request: Request) => string;
  /** Told of errors that are bugs. */
  readonly onBug: (error: unknown) => void;
};

/** More is refused before it is read. */
const MAX_BODY_BYTES = 1024 * 1024;

export function createApi(parts: ApiParts): Hono {
  const api = new Hono();
  for (const row of ROUTES)
    api.on(row.method, API_BASE + row.path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) =>
      answer(parts, row, context),
    );
  api.notFound(() => problem(plainProblem(404, 'There is no such route.')));
  api.onError((error) => {
    if (!(error instanceof SupertaskError)) parts.onBug(error);
    return problem(problemOf(error));
  });
  return api;
}

async function answer(parts: ApiParts, row: Route, context: Context): Promise<Response> {
  const body = row.request === undefined ? {} : await readBody(context.req.raw);
  if (body instanceof Response) return body;
  const mistakes = row.request === undefined ? [] : mistakesIn(row.request, body);
  if (mistakes.length > 0) throw new SupertaskError('USAGE', mistakes.join('; '));
  const value = await row.handle({
    controls: parts.controls,
    param: (name) => context.req.param(name) ?? '',
    body: body as Readonly<Record<string, Json>>,
    by: parts.callerOf(context.req.raw),
  });
  return context.json(value, row.response.status);
}

/** An empty body is an empty object. */
async function readBody(request: Request): Promise<Json | Response> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  if (size === 0) return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json(?:;|$)/i.test(type))
    return problem(plainProblem(415, 'The body has to be application/json.'));
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  } catch {
    throw new SupertaskError('USAGE', 'the body is not JSON');
  }
}

function tooLarge(): Response {
  return problem(plainProblem(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`));
}

function problem(document: ProblemDocument): Response {
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: { 'content-type': PROBLEM_TYPE },
  });
}
