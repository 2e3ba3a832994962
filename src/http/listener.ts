/**
 * Requests of Node's servers as those of the web, and answers back.
 *
 * It writes nothing to the console and replaces no global object, because it lives in the process of a scheduler.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { plainProblem, problem } from './problem.js';

/** Of a request, what the web's own does not have. */
export type Connection = {
  /** Address of the other end; '' of a Unix socket. */
  readonly peer: string;
  /** Ends it at once, whatever is still to be sent. */
  readonly cut: () => void;
};

export type Answer = (request: Request, connection: Connection) => Response | Promise<Response>;

const PIECE_BYTES = 64 * 1024;

/** What no browser sends, and what could be read in two ways, is refused before anybody looks at it. */
const ONCE = ['host', 'authorization', 'origin', 'content-type', 'content-length', 'cookie', 'x-supertask'];

/** What a path means with these in it is up to who reads it, and a proxy in front may have read it otherwise. */
const DOTS = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

/** @param onBug - Told of errors in making an answer. */
export function createListener(
  answer: Answer,
  onBug: (error: unknown) => void,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    respond(answer, incoming, outgoing).catch((error: unknown) => {
      if (!isGone(error)) onBug(error);
      outgoing.destroy();
    });
  };
}

async function respond(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const request = requestOf(incoming, gone.signal);
  const response =
    request === undefined
      ? notUnderstood()
      : await answer(request, {
          peer: incoming.socket.remoteAddress ?? '',
          cut: () => void outgoing.destroy(),
        });
  // What nobody wants to read is read all the same, until the server's patience ends: the answer reaches who sends it.
  outgoing.once('finish', () => void incoming.resume());
  if (outgoing.destroyed) return void response.body?.cancel().catch(() => {});
  outgoing.writeHead(response.status, headersOf(response));
  const { body } = response;
  if (body === null || incoming.method === 'HEAD') {
    await body?.cancel();
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pipeline(Readable.fromWeb(body as unknown as ReadableStream<Uint8Array>), inPieces, outgoing);
}

/** Of a piece it can be seen whether the other end takes it; of all at once only that it has not taken all. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
}

/** What comes behind it on the connection may be part of it: nothing is answered any more. */
function notUnderstood(): Response {
  const response = problem(plainProblem(400, 'This is no request for a path of this server.'));
  response.headers.set('connection', 'close');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

/** Undefined for what is no request for a path of this server. */
function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '', rawHeaders } = incoming;
  if (!url.startsWith('/') || /[^\x21-\x7e]|[\\#]|%00/.test(url) || DOTS.test(url)) return undefined;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at]?.toLowerCase(), rawHeaders[at + 1]];
    if (ONCE.includes(name) && headers.has(name)) return undefined;
    headers.append(name, value);
  }
  try {
    // The name is not the one of the header, which anybody can choose.
    const base = `http${'encrypted' in incoming.socket ? 's' : ''}://supertask`;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    return new Request(base + url, {
      method,
      headers,
      signal,
      ...(hasBody ? { body: bodyOf(incoming), duplex: 'half' } : {}),
    } as RequestInit);
  } catch {
    // Methods such as TRACE, which the web's requests refuse.
    return undefined;
  }
}

/** Nothing is read before somebody asks for it. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isOpen = true;
  let isHeard = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isHeard) return void incoming.resume();
        isHeard = true;
        const finish = (how: () => void): void => {
          if (isOpen) how();
          isOpen = false;
        };
        incoming.on('data', (chunk: Uint8Array) => {
          if (!isOpen) return;
          incoming.pause();
          controller.enqueue(chunk);
        });
        incoming.once('end', () => finish(() => controller.close()));
        incoming.once('error', (error) => finish(() => controller.error(error)));
      },
      cancel() {
        isOpen = false;
      },
    },
    { highWaterMark: 0 },
  );
}

function headersOf({ headers }: Response): Record<string, string | string[]> {
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) };
}

/** Who asked has hung up. */
function isGone(error: unknown): boolean {
  const { code, name } = { ...(error as object), name: (error as Error)?.name } as Record<string, unknown>;
  return (
    name === 'AbortError' ||
    [
      'ERR_STREAM_PREMATURE_CLOSE',
      'ERR_STREAM_DESTROYED',
      'ECONNRESET',
      'EPIPE',
      'ERR_STREAM_UNABLE_TO_PIPE',
    ].includes(String(code))
  );
}
