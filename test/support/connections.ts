/** What servers of this process have accepted, as seen from their side. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What one connection of this process has been given, and what of that is still held for it. */
export function watchConnections(): { socketOf(client: Socket): Socket; stop(): void } {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', note);
  return {
    socketOf(client) {
      const found = sockets.find(({ remotePort }) => remotePort === client.localPort);
      if (found === undefined) throw new Error('nobody has accepted it');
      return found;
    },
    stop: () => void unsubscribe('net.server.socket', note),
  };
}
