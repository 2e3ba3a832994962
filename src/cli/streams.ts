/** The process's own output, with patience for slow readers and without a crash when they are gone. */
import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { systemCode } from '../errors.js';
import type { Stream } from '../model/event.js';
import { neverBlock, takenOf } from './unblock.js';

export type Streams = {
  /** A promise settles when the reader has caught up; it is undefined where it keeps up. */
  readonly write: (stream: Stream, bytes: Uint8Array | string) => Promise<void> | undefined;
  /** How much waits to be taken, and a number that grows whenever some of it is. */
  readonly backlog: (stream: Stream) => Backlog;
  /** Settles when all that was written has been taken. */
  readonly flush: () => Promise<void>;
  /** Nobody waits for readers any more: what they do not take at once is given up. */
  readonly abandon: () => void;
};

export type Backlog = { readonly bytes: number; readonly taken: number };

let loss: string | undefined;

/** A reader that has enough is no loss; a full disk is, and one that does not read. */
export function noteLoss(stream: Stream, error: unknown): void {
  const code = systemCode(error);
  const name = stream === 'stdout' ? 'standard output' : 'standard error';
  if (code !== 'EPIPE') loss ??= `${name} cannot be written: ${code ?? String(error)}`;
}

/** Why not all that was printed has got to where it was to go; undefined: it has, or nobody wants it. */
export function lostOutput(): string | undefined {
  return loss;
}

export const NOBODY_READS = 'nobody reads it';

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
  let isOne: boolean | undefined;
  let isAbandoned = false;

  /** Both by one way where they lead to one place, for two would not keep the order of what is written to them. */
  const wayOf = (stream: Stream): Stream => {
    isOne ??= own === process && leadToOnePlace();
    return isOne ? 'stdout' : stream;
  };

  const settled = (way: Stream, target: Writable): Promise<void> => {
    const known = waits.get(way) ?? nextSettled(target, ends).then(() => void waits.delete(way));
    waits.set(way, known);
    return known;
  };

  const get = (way: Stream): Writable => {
    const known = open.get(way);
    if (known) return known;
    // Only now: setting these up costs a millisecond that a silent run need not pay.
    const created = own[way];
    neverBlock(created);
    created.on('error', (error) => {
      noteLoss(way, error);
      if (broken.has(way)) return;
      broken.add(way);
      onBroken(way);
    });
    open.set(way, created);
    return created;
  };

  return {
    write(stream, bytes) {
      const way = wayOf(stream);
      const target = get(way);
      if (broken.has(way) || (isAbandoned && target.writableNeedDrain)) return undefined;
      return target.write(bytes) || isAbandoned ? undefined : settled(way, target);
    },
    backlog(stream) {
      const target = open.get(wayOf(stream));
      return target === undefined
        ? { bytes: 0, taken: 0 }
        : { bytes: target.writableLength, taken: takenOf(target) };
    },
    async flush() {
      if (isAbandoned) return;
      await Promise.all(
        [...open].map(([way, target]) =>
          broken.has(way) || target.writableLength === 0 ? undefined : settled(way, target),
        ),
      );
    },
    abandon() {
      isAbandoned = true;
      for (const [way, target] of open)
        if (target.writableLength > 0 && !('isTTY' in target)) noteLoss(way, NOBODY_READS);
      for (const end of ends) end();
    },
  };
}

/** To a terminal or a pipe; to a file each has its own place in it. */
function leadToOnePlace(): boolean {
  try {
    const [out, error] = [fstatSync(1), fstatSync(2)];
    return !out.isFile() && out.dev === error.dev && out.ino === error.ino;
  } catch {
    return false;
  }
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
