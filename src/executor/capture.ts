/**
 * Reads what a process writes, byte for byte, at the speed of whoever takes it.
 *
 * A background process may hold a stream open for ever, so reading is given up some time after the end.
 */
import type { Stream } from '../model/event.js';
import type { ExecutionRequest } from './executor.js';
import type { OutputSource } from './started.js';
import { afterReading } from './timers.js';

/** More than this cannot have been waiting in the kernel when the process ended. */
const MAX_WAITING_BYTES = 1_048_576;

export type Capture = {
  /** Whether no stream is read any more: each came to its end or was given up. */
  isOver(): boolean;
  /** Whether a stream was given up because somebody held it open. */
  isCutOff(): boolean;
  /** The process has ended: read to the ends of the streams, but no longer than the limit. */
  drain(limitMs: number): void;
  /** Nobody waits any more for whoever takes the output: what the system still holds of it is handed over at once. */
  hurry(): void;
};

/** @param whenOver - Called when no stream is read any more. */
export function captureStreams(
  streams: Readonly<Record<Stream, OutputSource>>,
  output: ExecutionRequest['output'],
  whenOver: () => void,
): Capture {
  return new StreamCapture(streams, output, whenOver);
}

/**
 * A class, as the others of this folder that every run has: closures take three times the room.
 *
 * Both streams are taken in the order in which they came: while the taker of one asks for patience the other waits, too.
 */
class StreamCapture implements Capture {
  private readonly output: ExecutionRequest['output'];
  private readonly whenOver: () => void;
  private readonly taps: readonly Tap[];
  private readonly waiting: { readonly stream: Stream; readonly chunk: Buffer }[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The taker has asked for patience. */
  private isHeld = false;
  private isHurried = false;
  private wasCutOff = false;
  private isDraining = false;

  constructor(
    streams: Readonly<Record<Stream, OutputSource>>,
    output: ExecutionRequest['output'],
    whenOver: () => void,
  ) {
    this.output = output;
    this.whenOver = whenOver;
    this.taps = [new Tap(this, 'stdout', streams.stdout), new Tap(this, 'stderr', streams.stderr)];
  }

  isOver(): boolean {
    return !this.isHeld && this.waiting.length === 0 && this.taps.every((tap) => tap.isClosed);
  }

  isCutOff(): boolean {
    return this.wasCutOff;
  }

  drain(limitMs: number): void {
    for (const tap of this.taps) tap.bytes = 0;
    if (this.isDraining) return;
    this.isDraining = true;
    // Most are at their end by then, and need no timer.
    setImmediate(() => {
      if (!this.isOver()) this.giveUpAfter(limitMs);
    });
  }

  hurry(): void {
    if (this.isHurried) return;
    this.isHurried = true;
    for (const tap of this.taps) tap.bytes = 0;
    this.release();
  }

  receive(tap: Tap, chunk: Buffer): void {
    tap.bytes += chunk.length;
    if (this.isHeld) {
      // Node resumes a paused stream when its process exits.
      this.waiting.push({ stream: tap.stream, chunk });
      tap.from.pause();
      return;
    }
    this.deliver(tap.stream, chunk);
    // Somebody else goes on writing, and nothing else would stop him from filling our memory.
    if (this.isHurried && tap.bytes > MAX_WAITING_BYTES) this.cutOff();
  }

  oneIsClosed(): void {
    if (!this.isOver()) return;
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.whenOver();
  }

  private deliver(stream: Stream, chunk: Buffer): void {
    const patience = this.output(stream, chunk);
    if (patience === undefined || this.isHurried) return;
    this.isHeld = true;
    for (const tap of this.taps) tap.from.pause();
    const release = () => this.release();
    patience.then(release, release);
  }

  private release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    const { waiting } = this;
    while (!this.isHeld) {
      const next = waiting.shift();
      if (next === undefined) break;
      this.deliver(next.stream, next.chunk);
    }
    if (this.isHeld) return;
    for (const tap of this.taps) if (!tap.isClosed) tap.from.resume();
    this.oneIsClosed();
  }

  private giveUpAfter(limitMs: number): void {
    this.timer = setTimeout(() => afterReading(() => this.giveUp(limitMs)), limitMs);
  }

  private giveUp(limitMs: number): void {
    if (this.isOver()) return;
    // Whoever takes the output is slow: what was written before the end still waits, and is not lost.
    if (this.isHeld && this.taps.some((tap) => tap.bytes < MAX_WAITING_BYTES)) {
      this.giveUpAfter(limitMs);
      return;
    }
    this.cutOff();
  }

  private cutOff(): void {
    this.wasCutOff = true;
    for (const tap of this.taps) tap.from.destroy();
  }
}

/** One stream of a process. */
class Tap {
  readonly stream: Stream;
  readonly from: OutputSource;
  /** How many bytes came since the count was begun. */
  bytes = 0;
  isClosed = false;
  private readonly capture: StreamCapture;

  constructor(capture: StreamCapture, stream: Stream, from: OutputSource) {
    this.capture = capture;
    this.stream = stream;
    this.from = from;
    // It is a socket: left to itself it would say on its other side, too, that it has ended, which takes longer than all else.
    Object.assign(from, { allowHalfOpen: true });
    from.on('data', (chunk: Buffer) => capture.receive(this, chunk));
    from.on('end', () => {
      setImmediate(() => from.destroy());
      this.close();
    });
    // An error of a stream, such as EIO, closes it without an end.
    from.on('error', ignore);
    from.on('close', () => this.close());
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.capture.oneIsClosed();
  }
}

function ignore(): void {}
