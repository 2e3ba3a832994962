/** The router: the table of routes as a handler of requests, the same for a socket and for an address. */
import { type Context, Hono } from 'hono';
import type { Service } from '../app/service.js';
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { covers, type Scope } from '../model/scope.js';
import type { Access } from './access.js';
import { readBody } from './body.js';
import { forward } from './forward.js';
import { plainProblem, problem, problemOf } from './problem.js';
import { readQuery } from './query.js';
import { API_BASE, type Route } from './route.js';
import { ROUTES } from './routes/table.js';
import { mistakesIn } from './schema.js';
import { createStreams, type Streams } from './sse.js';
import { tagged } from './tag.js';

/** Who asks. */
export type Principal = {
  /** For the records. */
  readonly by: string;
  readonly scope: Scope;
};

export type ApiParts = {
  readonly service: Service;
  readonly principalOf: (request: Request) => Principal;
  /** Undefined where nobody has to sign in. */
  readonly access?: Access | undefined;
  /** Told of errors that are bugs. */
  readonly onBug: (error: unknown) => void;
  /** Default: as many as a server may have. */
  readonly streams?: Streams;
};

/** More are not told: a body may have as many as it has bytes. */
const MAX_MISTAKES = 20;

/** What all rows are answered with. */
type Rig = ApiParts & {
  readonly streams: Streams;
  /** For whom a request is asked that is part of another one; undefined: it is none. */
  readonly askedFor: (request: Request) => Principal | undefined;
  /** Ask a part for somebody. */
  readonly askPart: (request: Request, who: Principal) => Promise<Response>;
};

export function createApi(parts: ApiParts): Hono {
  const api = new Hono();
  const askers = new WeakMap<Request, Principal>();
  const rig: Rig = {
    ...parts,
    streams: parts.streams ?? createStreams(),
    askedFor: (request) => askers.get(request),
    async askPart(request, who) {
      askers.set(request, who);
      return api.fetch(request);
    },
  };
  for (const row of ROUTES)
    api.on(row.method, API_BASE + row.path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) =>
      answer(rig, row, context),
    );
  api.notFound(() => problem(plainProblem(404, 'There is no such route.')));
  api.onError((error) => {
    if (!(error instanceof SupertaskError)) parts.onBug(error);
    return problem(problemOf(error));
  });
  return api;
}

async function answer(rig: Rig, row: Route, context: Context): Promise<Response> {
  const { service, streams, access } = rig;
  const request = context.req.raw;
  const asker = rig.askedFor(request);
  if (asker !== undefined && !mayBePart(row))
    return problem(plainProblem(400, 'This cannot be part of a bulk.', `Ask ${row.name} by itself.`));
  const { by, scope } = asker ?? rig.principalOf(request);
  if (!covers(scope, row.scope))
    return problem(plainProblem(403, 'Not allowed.', `${row.name} needs the scope ${row.scope}.`));
  const namespace = context.req.param('namespace');
  if (namespace !== undefined) service.refuseUnseen(namespace);
  const query = readQuery(row.query ?? {}, new URL(request.url).searchParams);
  const body = row.request === undefined ? {} : await readBody(request);
  if (body instanceof Response) return body;
  const mistakes = row.request === undefined ? [] : mistakesIn(row.request, body);
  if (mistakes.length > 0) throw new SupertaskError('USAGE', mistakes.slice(0, MAX_MISTAKES).join('; '));
  const control = namespace === undefined ? undefined : service.own(namespace);
  if (row.where !== 'anywhere' && control === undefined) {
    const { headers } = request;
    const answered = await forward(service, namespace ?? '', {
      row,
      path: context.req.path,
      headers,
      body,
      by,
    });
    if (answered !== undefined) return answered;
  }
  const value = await row.handle({
    service,
    control,
    param: (name) => context.req.param(name) ?? '',
    query,
    body: body as Readonly<Record<string, Json>>,
    header: (name) => context.req.header(name),
    by,
    scope,
    access,
    part: (part) => rig.askPart(part, { by, scope }),
    signal: request.signal,
    events: (start) =>
      streams.open(
        {
          isHead: request.method === 'HEAD',
          signal: request.signal,
          closing: service.closing,
          drop: dropOf(context),
        },
        start,
      ),
  });
  if (value instanceof Response) return value;
  const { response } = row;
  if ('isTagged' in response) return tagged(value, request.headers.get('if-none-match'), response.status);
  return response.status === 204 ? new Response(null, { status: 204 }) : context.json(value, response.status);
}

/** Only what is answered at once and in JSON. */
function mayBePart({ isAlone, response }: Route): boolean {
  return isAlone !== true && !('type' in response);
}

/** How to cut the connection of a client, where there is one. */
function dropOf({ env }: Context): (() => void) | undefined {
  return (env as { readonly cut?: () => void } | undefined)?.cut;
}
