/** Ends connections whose other end does not read what it asked for. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often nothing has been taken in a row; not how long, since this process itself may have been held up. */
type Seen = { waiting: number; sent: number; checks: number };

const CHECKS = 4;

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
      sockets.set(socket, { waiting: 0, sent: 0, checks: 0 });
      socket.once('close', () => sockets.delete(socket));
    },
  );
  const timer = setInterval(() => {
    for (const [socket, seen] of sockets) {
      const waiting = socket.writableLength;
      const sent = socket.bytesWritten - waiting;
      const isTaken = waiting === 0 || sent > seen.sent || waiting < seen.waiting;
      Object.assign(seen, { waiting, sent, checks: isTaken ? 0 : seen.checks + 1 });
      if (seen.checks >= CHECKS) socket.destroy();
    }
  }, stallMs / CHECKS);
  timer.unref();
  return () => clearInterval(timer);
}
