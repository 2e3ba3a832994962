/**
 * Reads what a process writes, byte for byte, at the speed of whoever takes it.
 *
 * A background process may hold a stream open for ever, so reading is given up some time after the end.
 */
import type { Readable } from 'node:stream';
import type { Stream } from '../model/event.js';
import type { ExecutionRequest } from './executor.js';
import { afterReading } from './timers.js';

/** More than this cannot have been waiting in the kernel when the process ended. */
const MAX_WAITING_BYTES = 1_048_576;

/** One stream of a process, and the one who takes its bytes. */
type Tap = {
  readonly from: Readable;
  /** Whether bytes may still come, or are being taken. */
  isOpen(): boolean;
  /** Whether the taker has asked for patience. */
  isHeld(): boolean;
  /** How many bytes came since the count was begun. */
  bytes: number;
};

export type Capture = {
  /** Whether no stream is read any more: each came to its end or was given up. */
  isOver(): boolean;
  /** Whether a stream was given up because somebody held it open. */
  isCutOff(): boolean;
  /** The process has ended: read to the ends of the streams, but no longer than the limit. */
  drain(limitMs: number): void;
};

/** @param whenOver - Called when no stream is read any more. */
export function captureStreams(
  streams: Readonly<Record<Stream, Readable>>,
  output: ExecutionRequest['output'],
  whenOver: () => void,
): Capture {
  let timer: NodeJS.Timeout | undefined;
  let cutOff = false;
  let isDraining = false;
  const oneIsOver = (): void => {
    if (!isOver()) return;
    if (timer !== undefined) clearTimeout(timer);
    whenOver();
  };
  const taps = [
    createTap(streams.stdout, (chunk) => output('stdout', chunk), oneIsOver),
    createTap(streams.stderr, (chunk) => output('stderr', chunk), oneIsOver),
  ];

  const isOver = (): boolean => taps.every((tap) => !tap.isOpen());

  const giveUp = (limitMs: number): void => {
    if (isOver()) return;
    // Whoever takes the output is slow: what was written before the end still waits, and is not lost.
    const waiting = taps.some((tap) => tap.isOpen() && tap.isHeld() && tap.bytes < MAX_WAITING_BYTES);
    if (waiting) {
      giveUpAfter(limitMs);
      return;
    }
    cutOff = true;
    for (const tap of taps) tap.from.destroy();
  };

  const giveUpAfter = (limitMs: number): void => {
    timer = setTimeout(() => afterReading(() => giveUp(limitMs)), limitMs);
  };

  return {
    isOver,
    isCutOff: () => cutOff,
    drain(limitMs) {
      for (const tap of taps) tap.bytes = 0;
      if (isDraining) return;
      isDraining = true;
      // Most are at their end by then, and need no timer.
      setImmediate(() => {
        if (!isOver()) giveUpAfter(limitMs);
      });
    },
  };
}

function createTap(
  from: Readable,
  take: (chunk: Buffer) => Promise<void> | undefined,
  whenClosed: () => void,
): Tap {
  const waiting: Buffer[] = [];
  let isHeld = false;
  let isClosed = false;

  const deliver = (chunk: Buffer): void => {
    const patience = take(chunk);
    if (patience === undefined) return;
    isHeld = true;
    from.pause();
    patience.then(release, release);
  };

  const release = (): void => {
    isHeld = false;
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = isHeld ? undefined : waiting.shift()) {
      deliver(chunk);
    }
    if (isHeld) return;
    if (isClosed) whenClosed();
    else from.resume();
  };

  const tap: Tap = {
    from,
    isOpen: () => !isClosed || isHeld || waiting.length > 0,
    isHeld: () => isHeld,
    bytes: 0,
  };

  from.on('data', (chunk: Buffer) => {
    tap.bytes += chunk.length;
    if (!isHeld) {
      deliver(chunk);
      return;
    }
    // Node resumes a paused stream when its process exits.
    waiting.push(chunk);
    from.pause();
  });
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    if (!tap.isOpen()) whenClosed();
  };
  // It is a socket: left to itself it would say on its other side, too, that it has ended, which takes longer than all else.
  Object.assign(from, { allowHalfOpen: true });
  from.on('end', () => {
    setImmediate(() => from.destroy());
    close();
  });
  // An error of a stream, such as EIO, closes it without an end.
  from.on('error', () => {});
  from.on('close', close);
  return tap;
}
