/**
 * Reads what a process writes, byte for byte, at the speed of whoever takes it.
 *
 * A background process may hold a stream open for ever, so reading is given up some time after the end.
 */
import type { Readable } from 'node:stream';
import type { Stream } from '../model/event.js';
import type { ExecutionRequest } from './executor.js';

/** More than this cannot have been waiting in the kernel when the process ended. */
const MAX_WAITING_BYTES = 1_048_576;

/** One stream of a process. */
type Tap = { readonly from: Readable; isOpen: boolean; isHeld: boolean; bytes: number };

export type Capture = {
  /** Whether no stream is read any more: each came to its end or was given up. */
  isOver(): boolean;
  /** Whether a stream was given up because somebody held it open. */
  isCutOff(): boolean;
  /** The process has ended: read to the ends of the streams, but no longer than the limit. */
  drain(limitMs: number): void;
};

/** @param whenOver - Called once, when no stream is read any more. */
export function captureStreams(
  streams: ReadonlyMap<Stream, Readable>,
  output: ExecutionRequest['output'],
  whenOver: () => void,
): Capture {
  const taps: Tap[] = [];
  let timer: NodeJS.Timeout | undefined;
  let cutOff = false;

  for (const [name, from] of streams) {
    const tap: Tap = { from, isOpen: true, isHeld: false, bytes: 0 };
    taps.push(tap);
    from.on('data', (chunk: Buffer) => {
      tap.bytes += chunk.length;
      const patience = output(name, chunk);
      if (patience !== undefined) hold(tap, patience);
    });
    // An error of a stream, such as EIO, closes it too.
    from.on('error', () => {});
    from.once('close', () => {
      tap.isOpen = false;
      if (taps.some((other) => other.isOpen)) return;
      clearTimeout(timer);
      whenOver();
    });
  }

  const giveUp = (limitMs: number): void => {
    // Whoever takes the output is slow: what was written before the end still waits, and is not lost.
    const waiting = taps.some((tap) => tap.isOpen && tap.isHeld && tap.bytes < MAX_WAITING_BYTES);
    if (waiting) {
      timer = setTimeout(giveUp, limitMs, limitMs);
      return;
    }
    cutOff = true;
    for (const tap of taps) tap.from.destroy();
  };

  return {
    isOver: () => taps.every((tap) => !tap.isOpen),
    isCutOff: () => cutOff,
    drain(limitMs) {
      for (const tap of taps) tap.bytes = 0;
      timer ??= setTimeout(giveUp, limitMs, limitMs);
    },
  };
}

function hold(tap: Tap, patience: Promise<void>): void {
  tap.isHeld = true;
  tap.from.pause();
  const release = () => {
    tap.isHeld = false;
    tap.from.resume();
  };
  patience.then(release, release);
}
