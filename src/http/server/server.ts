/** A server for programs and browsers: the table of routes and the page on a TCP address, behind the wall. */
import { lookup } from 'node:dns/promises';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Service } from '../../app/service.js';
import { messageOf, SupertaskError, systemCode } from '../../errors.js';
import { type Access, type AccessOptions, createAccess } from '../access.js';
import { createApi, type Principal } from '../api.js';
import { createListener } from '../listener.js';
import { plainProblem, problem } from '../problem.js';
import { createStreams, STREAM_LIMITS, type StreamLimits } from '../sse.js';
import { type Address, formatAddress, isLoopback } from './address.js';
import { createGuard, GUARD_LIMITS, type GuardLimits } from './guard.js';
import { namesOf } from './origin.js';
import { createPage } from './page.js';
import { dropStalled } from './stalled.js';

export type ServerLimits = GuardLimits & {
  readonly streams: StreamLimits;
  readonly connections: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** A client that takes nothing of its answer for so long is dropped. */
  readonly stallMs: number;
};

export const SERVER_LIMITS: ServerLimits = {
  ...GUARD_LIMITS,
  streams: STREAM_LIMITS,
  connections: 256,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 5_000,
  stallMs: 30_000,
};

export type Tls = { readonly cert: string; readonly key: string };

export type ServerOptions = Pick<AccessOptions, 'tokens' | 'takeCode'> & {
  readonly address: Address;
  readonly tls?: Tls | undefined;
  /** It may be reached from elsewhere without TLS. */
  readonly isInsecure: boolean;
  /** Further names under which browsers know it. */
  readonly allowed: readonly string[];
  readonly isBehindProxy: boolean;
  readonly basePath: string;
  /** Where the files of the page are. */
  readonly webDirectory: string;
  readonly limits?: ServerLimits | undefined;
  readonly warn: (message: string) => void;
};

export type HttpServer = {
  /** As a browser of this machine would ask for it, without a path. */
  readonly url: string;
  readonly access: Access;
  /** Answer from now on; up to then it says that it is starting. */
  start(service: Service): void;
  /** Take other certificates. */
  renew(tls: Tls): void;
  /** Ends streams and connections. */
  close(): Promise<void>;
};

/** What is going gets so long to be sent. */
const CLOSE_GRACE_MS = 250;

/**
 * Listen. It does not keep the process alive.
 *
 * @throws {SupertaskError} `ADDRESS_UNAVAILABLE`, `INSECURE`, `FILE_UNREADABLE` for certificates that do not fit
 */
export async function openServer(options: ServerOptions): Promise<HttpServer> {
  const { address, tls, limits = SERVER_LIMITS } = options;
  const ip = await resolveHost(address);
  refuseExposed(ip, options);
  let answer: ReturnType<typeof createGuard> = () => starting();
  const onBug = (error: unknown): void =>
    options.warn(
      `a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  const listener = createListener((request, connection) => answer(request, connection), onBug);
  const common = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs / 4),
    maxHeaderSize: 16 * 1024,
    requireHostHeader: true,
  };
  const server: Server =
    tls === undefined
      ? createPlainServer(common, listener)
      : withCertificates(() =>
          createTlsServer(
            { ...common, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs },
            listener,
          ),
        );
  server.maxConnections = limits.connections;
  const stopDropping = dropStalled(server, limits.stallMs);
  const { port } = await listen(server, ip, address);
  server.on('error', onBug);
  server.unref();

  const isSecure = tls !== undefined;
  const { tokens, takeCode } = options;
  const access = createAccess({ tokens, takeCode, port, isSecure, now: Date.now });
  const streams = createStreams(limits.streams);
  let service: Service | undefined;
  return {
    url: `${isSecure ? 'https' : 'http'}://${formatAddress({ host: shownHost(ip, address), port })}`,
    access,
    start(given) {
      service = given;
      const principals = new WeakMap<Request, Principal>();
      const api = createApi({
        service: given,
        principalOf: (request) => known(principals.get(request)),
        streams,
        access,
        onBug,
      });
      const names = namesOf({
        ip,
        port,
        isSecure,
        allowed: [...options.allowed, ...(isName(address.host) ? [address.host] : [])],
        isBehindProxy: options.isBehindProxy,
      });
      answer = createGuard({
        ...options,
        access,
        names: () => names,
        limits,
        api(request, who, { cut }) {
          principals.set(request, who);
          return api.fetch(request, { cut });
        },
        page: createPage(options.webDirectory).answer,
        monotonic: () => performance.now(),
      });
    },
    renew: (given) =>
      withCertificates(
        () =>
          'setSecureContext' in server &&
          (server as { setSecureContext(tls: Tls): void }).setSecureContext(given),
      ),
    close: () => {
      stopDropping();
      service?.close();
      return closed(server);
    },
  };
}

/** Deny by default: what did not come through the wall is nobody's. */
function known(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new Error('a request reached the router past the wall');
  return principal;
}

function starting(): Response {
  const response = problem(plainProblem(503, 'Starting.'));
  response.headers.set('retry-after', '1');
  return response;
}

function isName(host: string): boolean {
  return /[a-z]/i.test(host) && !host.includes(':') && host !== 'localhost';
}

/** An address that stands for all of this machine's is shown as one that can be opened. */
function shownHost(ip: string, { host }: Address): string {
  if (ip === '0.0.0.0') return '127.0.0.1';
  if (ip === '::') return '::1';
  return isName(host) ? host : ip;
}

async function resolveHost({ host, port }: Address): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw unavailable({ host, port }, systemCode(cause), cause);
  }
}

function refuseExposed(ip: string, { address, tls, isInsecure }: ServerOptions): void {
  if (isLoopback(ip) || tls !== undefined || isInsecure) return;
  throw new SupertaskError(
    'INSECURE',
    `${formatAddress(address)} can be reached from elsewhere, without TLS`,
    {
      hint: 'Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy or an SSH tunnel; --insecure does it all the same, and then everybody on the way can read the token.',
    },
  );
}

function withCertificates<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const why = messageOf(cause);
    throw new SupertaskError('FILE_UNREADABLE', `certificate and key cannot be used: ${why}`, {
      hint: '--tls-cert takes a PEM file with the chain, --tls-key one with its key, without a passphrase.',
      cause,
    });
  }
}

function listen(server: Server, ip: string, address: Address): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(unavailable(address, systemCode(cause), cause));
    server.once('error', failed);
    server.listen({ host: ip, port: address.port, ipv6Only: false }, () => {
      server.off('error', failed);
      resolve(server.address() as AddressInfo);
    });
  });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is taken',
  EADDRNOTAVAIL: 'this machine does not have it',
  EACCES: 'you may not listen there',
  ENOTFOUND: 'nobody knows this name',
};

function unavailable(address: Address, code: string | undefined, cause: unknown): SupertaskError {
  const why = WHY[code ?? ''] ?? (code || String(cause));
  return new SupertaskError('ADDRESS_UNAVAILABLE', `cannot listen on ${formatAddress(address)}: ${why}`, {
    hint: 'Give another one with --http HOST:PORT; port 0 takes any that is free.',
    cause,
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
