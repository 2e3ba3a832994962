/** Ends connections whose other end does not read what it asked for. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

type Seen = { waiting: number; sent: number; sinceMs: number };

/**
 * Watch the connections of a server.
 *
 * @param stallMs - Nothing has been taken for so long, though something waits.
 * @returns What ends the watch.
 */
export function dropStalled(server: Server, stallMs: number): () => void {
  const sockets = new Map<Socket, Seen>();
  server.on(
    server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection',
    (socket: Socket) => {
      sockets.set(socket, { waiting: 0, sent: 0, sinceMs: performance.now() });
      socket.once('close', () => sockets.delete(socket));
    },
  );
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, seen] of sockets) {
      const waiting = socket.writableLength;
      const sent = socket.bytesWritten - waiting;
      if (waiting === 0 || sent > seen.sent || waiting < seen.waiting) seen.sinceMs = now;
      Object.assign(seen, { waiting, sent });
      if (now - seen.sinceMs >= stallMs) socket.destroy();
    }
  }, stallMs / 4);
  timer.unref();
  return () => clearInterval(timer);
}
