/** The process's own output, with patience for slow readers and without a crash when they are gone. */
import type { Writable } from 'node:stream';
import { systemCode } from '../errors.js';
import type { Stream } from '../model/event.js';
import { neverBlock } from './unblock.js';

export type Streams = {
  /** A promise settles when the reader has caught up; it is undefined where it keeps up. */
  readonly write: (stream: Stream, bytes: Uint8Array | string) => Promise<void> | undefined;
  /** Settles when all that was written has been taken. */
  readonly flush: () => Promise<void>;
  /** Nobody waits for readers any more: what they do not take at once is given up. */
  readonly abandon: () => void;
};

let loss: string | undefined;

/** A reader that has enough is no loss; a full disk is. */
export function noteLoss(stream: Stream, error: unknown): void {
  const code = systemCode(error);
  const name = stream === 'stdout' ? 'standard output' : 'standard error';
  if (code !== 'EPIPE') loss ??= `${name} cannot be written: ${code ?? String(error)}`;
}

/** Why not all that was printed has got to where it was to go; undefined: it has, or nobody wants it. */
export function lostOutput(): string | undefined {
  return loss;
}

/**
 * @param onBroken - Called once when nobody reads a stream any more.
 * @param own - Whose streams they are.
 */
export function createStreams(
  onBroken: (stream: Stream) => void = () => {},
  own: { readonly [Name in Stream]: Writable } = process,
): Streams {
  const open = new Map<Stream, Writable>();
  const broken = new Set<Stream>();
  /** One for all who wait for a reader: a thousand of them would each listen for themselves. */
  const waits = new Map<Stream, Promise<void>>();
  const ends = new Set<() => void>();
  let isAbandoned = false;

  const settled = (stream: Stream, target: Writable): Promise<void> => {
    const known = waits.get(stream) ?? nextSettled(target, ends).then(() => void waits.delete(stream));
    waits.set(stream, known);
    return known;
  };

  const get = (stream: Stream): Writable => {
    const known = open.get(stream);
    if (known) return known;
    // Only now: setting these up costs a millisecond that a silent run need not pay.
    const created = own[stream];
    neverBlock(created);
    created.on('error', (error) => {
      noteLoss(stream, error);
      if (broken.has(stream)) return;
      broken.add(stream);
      onBroken(stream);
    });
    open.set(stream, created);
    return created;
  };

  return {
    write(stream, bytes) {
      const target = get(stream);
      if (broken.has(stream) || (isAbandoned && target.writableNeedDrain)) return undefined;
      return target.write(bytes) || isAbandoned ? undefined : settled(stream, target);
    },
    async flush() {
      if (isAbandoned) return;
      await Promise.all(
        [...open].map(([stream, target]) =>
          broken.has(stream) || target.writableLength === 0 ? undefined : settled(stream, target),
        ),
      );
    },
    abandon() {
      isAbandoned = true;
      for (const end of ends) end();
    },
  };
}

function nextSettled(target: Writable, ends: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      ends.delete(end);
      target.off('drain', end);
      target.off('error', end);
      target.off('close', end);
      resolve();
    };
    ends.add(end);
    target.on('drain', end);
    target.on('error', end);
    target.on('close', end);
  });
}
