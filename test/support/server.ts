/** Servers on free ports of this machine, as `serve` opens them, and clients that say any bytes. Closed after the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type { Tokens } from '../../src/app/access/token.ts';
import { openStore } from '../../src/app/parts.ts';
import { createService } from '../../src/app/service.ts';
import {
  type HttpServer,
  openServer,
  SERVER_LIMITS,
  type ServerLimits,
  type ServerOptions,
} from '../../src/http/server/server.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export const TOKENS: Required<Tokens> = {
  read: 'read-'.padEnd(43, 'r'),
  operate: 'operate-'.padEnd(43, 'o'),
  admin: 'admin-'.padEnd(43, 'a'),
};

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
};

export type Asking = {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type ServerRig = {
  readonly server: HttpServer;
  readonly port: number;
  readonly warnings: readonly string[];
  readonly root: string;
  ask(path: string, asking?: Asking): Promise<Reply>;
  /** Send bytes and give all that comes back until the server hangs up. */
  raw(bytes: string): Promise<string>;
  socket(): Promise<Socket>;
};

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'supertask-http-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function serverRig(
  options: Partial<ServerOptions> & { readonly limit?: Partial<ServerLimits> } = {},
): Promise<ServerRig> {
  const { limit, ...given } = options;
  const root = temporary();
  const warnings: string[] = [];
  const server = await openServer({
    address: { host: '127.0.0.1', port: 0 },
    isInsecure: false,
    allowed: [],
    isBehindProxy: false,
    basePath: '',
    tokens: () => TOKENS,
    webDirectory: join(root, 'web'),
    warn: (message) => warnings.push(message),
    limits: { ...SERVER_LIMITS, ...limit },
    ...given,
  });
  closing.push(server.close);
  server.start(createService({ store: openStore(root), controls: [], env: {} }));
  const port = Number(new URL(server.url).port);
  const socket = async (): Promise<Socket> => {
    const made = connect(port, '127.0.0.1');
    closing.push(() => made.destroy());
    await new Promise((resolve, reject) => made.once('connect', resolve).once('error', reject));
    return made;
  };
  return {
    server,
    port,
    warnings,
    root,
    socket,
    ask: (path, asking = {}) => ask(port, path, asking),
    async raw(bytes) {
      const made = await socket();
      made.write(bytes);
      // A server may hang up before all is sent.
      return text(made).catch(() => '');
    },
  };
}

/** Not by `fetch`, which would not send such names, origins and methods. */
function ask(port: number, path: string, { method = 'GET', token, headers, body }: Asking): Promise<Reply> {
  const isChange = !['GET', 'HEAD', 'OPTIONS'].includes(method);
  const said = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(isChange ? { 'x-supertask': '1' } : {}),
          ...(said === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(said)) }),
          ...headers,
        },
      },
      async (response) => {
        const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
        // It would go on for ever.
        if (isStream) response.destroy();
        const answer = isStream ? '' : await text(response).catch(() => '');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: answer,
          body: parse(answer),
        });
      },
    );
    asked.once('error', reject);
    asked.end(said);
  });
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
