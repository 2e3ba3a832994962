/** Who reads what is printed on stdout, and may leave before it is all, as `| head` does. */
import type { Stream } from '../model/event.js';
import { createStreams, type Streams } from './streams.js';

export type Reader = {
  /** The program's own, by which it is noticed. */
  readonly streams: Streams;
  readonly hasLeft: () => boolean;
  /** Done once: now, where it has left already. */
  readonly onLeft: (act: () => void) => void;
  /** Write, and wait until it is taken. @throws {ReaderLeft} */
  readonly print: (stream: Stream, bytes: Uint8Array | string) => Promise<void>;
};

/** Nobody is there to print for any more: the process ends as SIGPIPE ends others. */
export class ReaderLeft extends Error {}

export function createReader(): Reader {
  let hasLeft = false;
  let act = (): void => {};
  const streams = createStreams((stream) => {
    if (stream !== 'stdout') return;
    hasLeft = true;
    act();
  });
  return {
    streams,
    hasLeft: () => hasLeft,
    onLeft(given) {
      act = given;
      if (hasLeft) act();
    },
    async print(stream, bytes) {
      await streams.write(stream, bytes);
      if (hasLeft) throw new ReaderLeft();
    },
  };
}

/** Wait, and look whether there still is somebody to print for. @throws {ReaderLeft} */
export async function pauseFor({ hasLeft }: Reader, wait: () => Promise<unknown>): Promise<void> {
  await wait();
  if (hasLeft()) throw new ReaderLeft();
}
