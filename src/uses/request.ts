/** One HTTP request with its redirects, within a time and a size, by Node's own fetch. */
import { networkFailure } from './network.js';
import { EXIT, Failure, type Surroundings } from './use.js';

export type Request = {
  readonly url: URL;
  readonly method: string;
  /** They go to the origin of `url` only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly follow: boolean;
  /** What the address is called in messages. */
  readonly label: string;
};

export type Answer = {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** Where it came from in the end, without user and query. */
  readonly from: string;
  /** Read it once. Throws a `Failure` when it does not come to its end. */
  readonly body: AsyncIterable<Uint8Array>;
};

const PATIENCE_MS = 30_000;
const MAX_REDIRECTS = 10;
const AGENT = { 'user-agent': 'supertask' };

/** A URL as it may be shown: user, password and query are left out. */
export function showUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/**
 * Send a request and wait for the head of the answer.
 *
 * @throws {Failure} When no answer comes, or redirects lead nowhere. Any answer is one, whatever its status.
 */
export async function send(request: Request, { signal, env, warn }: Surroundings): Promise<Answer> {
  warnOfProxy(request.url, env, warn);
  const limitMs = request.timeoutMs ?? PATIENCE_MS;
  const inTime = AbortSignal.timeout(limitMs);
  const either = AbortSignal.any([signal, inTime]);
  const explain = (error: unknown): Failure => {
    if (error instanceof Failure) return error;
    if (inTime.aborted) {
      return new Failure(`${request.label}: no complete answer within ${limitMs} ms`, EXIT.temporary, error);
    }
    return networkFailure(request.label, error);
  };
  try {
    const { response, url } = await follow(request, either);
    return {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      from: showUrl(url),
      body: explained(response.body ?? [], explain),
    };
  } catch (error) {
    throw explain(error);
  }
}

async function follow(request: Request, signal: AbortSignal): Promise<{ response: Response; url: URL }> {
  let { url, method, body } = request;
  let headers = { ...AGENT, ...request.headers };
  for (let hops = 0; ; hops++) {
    const sent = body === undefined ? {} : { body };
    const response = await fetch(url, { method, headers, ...sent, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (!request.follow || location === null || ![301, 302, 303, 307, 308].includes(response.status)) {
      return { response, url };
    }
    await response.body?.cancel();
    const next = nextUrl(location, url, request.label);
    if (hops >= MAX_REDIRECTS) throw new Failure(`${request.label}: more than ${MAX_REDIRECTS} redirects`);
    // What the author sends to one host is nobody else's: a token in a header of any name.
    if (next.origin !== url.origin) headers = AGENT;
    const becomesGet =
      response.status === 303 ? method !== 'HEAD' : response.status < 303 && method === 'POST';
    if (becomesGet) {
      method = 'GET';
      body = undefined;
      headers = withoutContent(headers);
    }
    if (body !== undefined && next.origin !== url.origin) {
      throw new Failure(
        `${request.label}: it redirects to ${next.origin}, and a body is not sent to another host`,
      );
    }
    url = next;
  }
}

function nextUrl(location: string, from: URL, label: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol)) {
    throw new Failure(
      `${label}: it redirects to ${JSON.stringify(location.slice(0, 200))}, which is no address`,
    );
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw new Failure(`${label}: it redirects from https to ${showUrl(next)}, which is not encrypted`);
  }
  next.username = '';
  next.password = '';
  return next;
}

function withoutContent(headers: Readonly<Record<string, string>>): typeof AGENT & Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !/^content-/i.test(name));
  return { ...AGENT, ...Object.fromEntries(kept) };
}

async function* explained(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  explain: (error: unknown) => Failure,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

/** The beginning of a body, for messages; the rest is not fetched. */
export async function startOf(body: AsyncIterable<Uint8Array>, bytes = 500): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= bytes) break;
    }
  } catch {
    // What came is enough to tell.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, bytes).trim();
}

/** Later ones know proxies, when they are told to use them. */
function warnOfProxy({ protocol }: URL, env: Surroundings['env'], warn: (line: string) => void): void {
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  if ((env[name] ?? env[name.toLowerCase()] ?? '') === '') return;
  if (process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) return;
  warn(`${name} is set, and Node ${process.versions.node} cannot use it: the request goes out directly`);
}

/** That an answer was none of success; asking again later may bring another one. */
export function refusal(
  label: string,
  { status, statusText }: { readonly status: number; readonly statusText: string },
  said: string,
): Failure {
  const exitCode = isTemporary(status) ? EXIT.temporary : EXIT.refused;
  return new Failure(`${`${label}: status ${status} ${statusText}`.trim()}\n${said}`.trim(), exitCode);
}

/** Whether asking again later may bring another answer. */
export function isTemporary(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
