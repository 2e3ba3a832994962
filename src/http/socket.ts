/** The control socket of a scheduler: HTTP on a Unix socket that only its user can reach. */
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Service } from '../app/service.js';
import { SupertaskError } from '../errors.js';
import { createApi } from './api.js';
import { createListener } from './listener.js';
import { CALLER_HEADER } from './route.js';

/** For answers that are under way when the scheduler ends. */
const LAST_WORDS_MS = 1_000;

export type ControlSocket = { close(): void };

/**
 * Answer on a Unix socket until closed. It does not keep the process alive. Streams end with the service.
 *
 * @param path - Absolute; nothing is there.
 * @throws {SupertaskError} `STATE_UNAVAILABLE` when it cannot be listened on.
 */
export async function openSocket(
  path: string,
  service: Service,
  onBug: (error: unknown) => void,
): Promise<ControlSocket> {
  const api = createApi({
    service,
    // Whoever can open it is the user whose schedulers these are.
    principalOf: ({ headers }) => ({
      by: headers.get(CALLER_HEADER)?.slice(0, 200) ?? 'api',
      scope: 'admin',
    }),
    onBug,
  });
  const server = createServer(createListener((request, { cut }) => api.fetch(request, { cut }), onBug));
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 256;
  await listen(server, path);
  server.on('error', onBug);
  server.unref();
  return {
    close() {
      server.close();
      server.closeIdleConnections();
      // Who does not read must not keep the process alive.
      setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS).unref();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SupertaskError('STATE_UNAVAILABLE', `cannot listen on ${path}: ${cause.message}`, { cause }),
      ),
    );
    server.listen(path, () => {
      // Its directory has kept everybody else out up to here.
      chmodSync(path, 0o600);
      resolve();
    });
  });
}
