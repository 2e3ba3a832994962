/** The control socket of a scheduler: HTTP on a Unix socket that only its user can reach. */
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Service } from '../app/service.js';
import { SupertaskError } from '../errors.js';
import { createApi } from './api.js';
import { createListener } from './listener.js';
import { CALLER_HEADER } from './route.js';
import { createStreams } from './stream.js';

export type ControlSocket = { close(): void };

/**
 * Answer on a Unix socket until closed. It does not keep the process alive.
 *
 * @param path - Absolute; nothing is there.
 * @throws {SupertaskError} `STATE_UNAVAILABLE` when it cannot be listened on.
 */
export async function openSocket(
  path: string,
  service: Service,
  onBug: (error: unknown) => void,
): Promise<ControlSocket> {
  const streams = createStreams();
  const api = createApi({
    service,
    // Whoever can open it is the user whose schedulers these are.
    principalOf: ({ headers }) => ({
      by: headers.get(CALLER_HEADER)?.slice(0, 200) ?? 'api',
      scope: 'admin',
    }),
    streams,
    onBug,
  });
  const server = createServer(createListener((request) => api.fetch(request), onBug));
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 256;
  await listen(server, path);
  server.on('error', onBug);
  server.unref();
  return {
    close() {
      streams.close();
      server.close();
      server.closeIdleConnections();
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
