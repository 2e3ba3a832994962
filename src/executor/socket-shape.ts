/** Spares the hidden classes that V8 makes for the sockets of processes. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** So many processes before it pays, and before V8 keeps in mind what it meets. */
const FEW = 16;
let met = 0;

/**
 * Have V8 copy the options of all sockets in the plain way, once there are many. Harmless where it does so by itself.
 *
 * `net.Socket` spreads its options into a copy and adds four properties to that. As long as V8 has met four shapes of
 * options or fewer, it makes the copy by a template, and then a new hidden class for each property that is added, with
 * every socket; whatever reads them has to learn each anew. (V8 11.3, of Node 20; `node --log-maps` tells.)
 *
 * @param stream - One of those that Node has made for a process: asked for its class, which need not be loaded then.
 */
export function shareShapes(stream: Readable): void {
  met += 1;
  if (met !== FEW) return;
  const made = stream.constructor as typeof Socket;
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) new made(Object.fromEntries([[name, undefined]]));
}
