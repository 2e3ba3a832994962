/**
 * The wall around a router that can be reached by TCP: nobody passes who is not named in `OPEN` or known.
 *
 * It wraps whatever is behind it, so a route that is added is behind it, too.
 */
import type { Scope } from '../../model/scope.js';
import type { Access, Identity } from '../access.js';
import type { Answer, Connection } from '../listener.js';
import { plainProblem, problem } from '../problem.js';
import { API_BASE } from '../route.js';
import type { Names } from './origin.js';
import { createRate, type RateLimit } from './rate.js';
import { SIGN_IN_SCRIPT, SIGN_IN_SCRIPT_PATH, signInPage } from './sign-in.js';

/**
 * All that is answered to those who are not signed in: whether it is there, and what a browser needs to sign in. The
 * page that shows it is the body of the 401 itself.
 */
export const OPEN = ['GET /healthz', `GET ${SIGN_IN_SCRIPT_PATH}`, `POST ${API_BASE}/session`] as const;

/** Who passed, for the router. */
export type Passed = { readonly by: string; readonly scope: Scope };

export type GuardLimits = {
  /** Requests, of each peer as long as it is unknown, and of each token and session. */
  readonly requests: RateLimit;
  /** Wrong tokens and codes of each peer. */
  readonly failures: RateLimit;
};

/** A person with the page never comes near it: what a view loads at once is a handful of files and lists. */
export const GUARD_LIMITS: GuardLimits = {
  requests: { burst: 200, perSecond: 20 },
  failures: { burst: 10, perSecond: 10 / 60 },
};

export type GuardOptions = {
  readonly access: Access;
  readonly names: () => Names;
  /** What is behind `/api/v1`. */
  readonly api: (request: Request, who: Passed, connection: Connection) => Response | Promise<Response>;
  /** What is behind all other paths. */
  readonly page: (path: string) => Promise<Response>;
  /** Believe what a proxy says in `X-Forwarded-…`. */
  readonly isBehindProxy: boolean;
  /** Path below which it is: '' or `/tasks`. */
  readonly basePath: string;
  readonly limits: GuardLimits;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly warn: (message: string) => void;
};

/** What every answer carries. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const NO_TOKEN =
  'Send Authorization: Bearer TOKEN; supertask token prints it, for a run --http with --ns=NAMESPACE.';
const OTHER_TOKEN =
  'This is no token of this server: supertask token prints that of serve, with --ns=NAMESPACE that of a run --http.';
const PURE = ['GET', 'HEAD', 'OPTIONS'];

export function createGuard(options: GuardOptions): Answer {
  const { access, api, page, monotonic } = options;
  const requests = createRate(options.limits.requests, monotonic);
  const failures = createFailures(options);

  const identify = (request: Request, peer: string): Identity | Response | undefined => {
    const authorization = request.headers.get('authorization');
    if (authorization === null) return access.byCookie(request.headers.get('cookie') ?? undefined);
    // Not looked at any more: guessing goes no faster than this.
    if (!failures.has(peer)) return tooMany(failures.wait(peer));
    const found = access.byToken(authorization);
    if (found === undefined) failures.note(peer);
    return found;
  };

  const pass = async (asked: Asked, connection: Connection): Promise<Response> => {
    const { request, path, peer, prefix } = asked;
    const refused = refusal(asked, options.names());
    if (refused !== undefined) return refused;
    const isOpen = (OPEN as readonly string[]).includes(`${request.method} ${path}`);
    const who = isOpen ? undefined : identify(request, peer);
    if (who instanceof Response) return who;
    const key = who?.key ?? `peer ${peer}`;
    if (!requests.take(key)) return tooMany(requests.wait(key));
    if (isOpen) {
      if (path === '/healthz') return new Response('ok\n', { headers: { 'content-type': 'text/plain' } });
      if (path === SIGN_IN_SCRIPT_PATH)
        return new Response(SIGN_IN_SCRIPT, {
          headers: { 'content-type': 'text/javascript; charset=utf-8' },
        });
      if (!failures.has(peer)) return tooMany(failures.wait(peer));
    } else if (who === undefined) return unknown(request, path, prefix);
    const mistake = mistakeIn(request);
    if (mistake !== undefined) return mistake;
    if (path === '') return problem(plainProblem(404, 'There is nothing here.', 'See --base-path.'));
    if (path.startsWith('/api/')) {
      const answer = await api(
        asked.inner,
        { by: who === undefined ? 'nobody' : nameOf(who, peer), scope: who?.scope ?? 'read' },
        connection,
      );
      if (isOpen && answer.status === 401) failures.note(peer);
      return answer;
    }
    if (request.method === 'GET' || request.method === 'HEAD') return page(path);
    return problem(plainProblem(405, 'There is nothing to change here.'));
  };

  return async (request, connection) => {
    const asked = askedOf(request, connection, options);
    const answer = asked instanceof Response ? asked : await pass(asked, connection);
    return dressed(answer, asked instanceof Response ? false : asked.isSecure);
  };
}

type Asked = {
  readonly request: Request;
  /** As the router knows it: without the path below which the server is. */
  readonly inner: Request;
  /** The same; '' of what is not below it. */
  readonly path: string;
  readonly peer: string;
  readonly host: string | undefined;
  /** The path of the server as a browser sees it. */
  readonly prefix: string;
  /** A proxy speaks HTTPS for us. */
  readonly isSecure: boolean;
};

/** What a proxy says counts only where it is trusted: anybody can say it. */
function askedOf(request: Request, { peer }: Connection, { isBehindProxy, basePath }: GuardOptions): Asked {
  const said = (name: string): string | undefined => {
    const value = isBehindProxy ? request.headers.get(`x-forwarded-${name}`) : null;
    // The last one is what the proxy next to us has added.
    return value?.split(',').at(-1)?.trim() || undefined;
  };
  const url = new URL(request.url);
  const isBelow = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  const path = isBelow ? url.pathname.slice(basePath.length) || '/' : url.pathname;
  const given = said('prefix');
  const isPrefix = given !== undefined && /^(?:\/[\w.~-]+)+$/.test(given);
  url.pathname = path;
  return {
    request,
    inner: basePath === '' ? request : new Request(url, request),
    path: isBelow ? path : '',
    peer: said('for') ?? peer,
    host: said('host') ?? request.headers.get('host') ?? undefined,
    prefix: basePath || (isPrefix ? given : ''),
    isSecure: said('proto') === 'https',
  };
}

/** A request that a page of somebody else has sent, or that was sent to another name. */
function refusal({ request, host }: Asked, { hosts, origins }: Names): Response | undefined {
  if (host === undefined || !hosts.has(host.toLowerCase()))
    return problem(plainProblem(421, 'This server has another name.', 'See --allow-host.'));
  const origin = request.headers.get('origin');
  if (origin !== null && !origins.has(origin.toLowerCase()))
    return problem(plainProblem(403, 'Pages of others may not ask.'));
  const site = request.headers.get('sec-fetch-site');
  // Other ports of this machine are the same site.
  if (site !== null && site !== 'same-origin' && site !== 'none')
    return problem(plainProblem(403, 'Pages of others may not ask.'));
  return undefined;
}

/** What a form of somebody else's page could send, too. */
function mistakeIn({ method, headers }: Request): Response | undefined {
  if (headers.has('content-encoding'))
    return problem(plainProblem(415, 'Bodies are taken as they are.', 'Send it without Content-Encoding.'));
  if (PURE.includes(method)) return undefined;
  if (headers.get('x-supertask') !== '1')
    return problem(
      plainProblem(403, 'Not allowed.', 'Requests that change something need the header X-Supertask: 1.'),
    );
  const hasBody = headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;
  if (hasBody && !/^application\/json(?:;|$)/i.test(headers.get('content-type') ?? ''))
    return problem(plainProblem(415, 'The body has to be application/json.'));
  return undefined;
}

/** A browser gets the page to sign in with, also where it asked for a view of the real one. */
function unknown(request: Request, path: string, prefix: string): Response {
  const isView =
    request.method === 'GET' &&
    !path.startsWith('/api/') &&
    /text\/html/.test(request.headers.get('accept') ?? '');
  const response = isView
    ? new Response(signInPage(prefix), {
        status: 401,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      })
    : problem(
        plainProblem(401, 'Who are you?', request.headers.has('authorization') ? OTHER_TOKEN : NO_TOKEN),
      );
  response.headers.set('www-authenticate', 'Bearer realm="supertask"');
  return response;
}

function tooMany(seconds: number): Response {
  const response = problem(plainProblem(429, 'Too many requests.', `Try again in ${seconds} s.`));
  response.headers.set('retry-after', String(seconds));
  return response;
}

function dressed(answer: Response, isSecure: boolean): Response {
  for (const [name, value] of Object.entries(HEADERS)) answer.headers.set(name, value);
  if (!answer.headers.has('cache-control')) answer.headers.set('cache-control', 'no-store');
  const [cookie, ...others] = answer.headers.getSetCookie();
  if (isSecure && cookie !== undefined && others.length === 0 && !/; Secure/.test(cookie))
    answer.headers.set('set-cookie', `${cookie}; Secure`);
  return answer;
}

function nameOf({ key, scope }: Identity, peer: string): string {
  return `${key.startsWith('session') ? 'browser' : 'api'} ${scope}@${peer}`;
}

/** Wrong tokens and codes, told once of each peer that does not stop. */
function createFailures({ limits, monotonic, warn }: GuardOptions) {
  const rate = createRate(limits.failures, monotonic);
  const told = createRate({ burst: 1, perSecond: 1 / 600 }, monotonic);
  return {
    has: rate.has,
    wait: rate.wait,
    note(peer: string): void {
      rate.take(peer);
      if (!rate.has(peer) && told.take(peer))
        warn(`${limits.failures.burst} wrong tokens or codes came from ${peer}: it has to wait`);
    },
  };
}
