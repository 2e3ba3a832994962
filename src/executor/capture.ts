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
  streams: Readonly<Record<Stream, Readable>>,
  output: ExecutionRequest['output'],
  whenOver: () => void,
): Capture {
  return new StreamCapture(streams, output, whenOver);
}

/** A class, as the others of this folder that every run has: closures take three times the room. */
class StreamCapture implements Capture {
  readonly output: ExecutionRequest['output'];
  private readonly whenOver: () => void;
  private readonly taps: readonly Tap[];
  private timer: NodeJS.Timeout | undefined;
  private wasCutOff = false;
  private isDraining = false;

  constructor(
    streams: Readonly<Record<Stream, Readable>>,
    output: ExecutionRequest['output'],
    whenOver: () => void,
  ) {
    this.output = output;
    this.whenOver = whenOver;
    this.taps = [new Tap(this, 'stdout', streams.stdout), new Tap(this, 'stderr', streams.stderr)];
  }

  isOver(): boolean {
    return this.taps.every((tap) => !tap.isOpen());
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
    for (const tap of this.taps) tap.hurry();
  }

  oneIsOver(): void {
    if (!this.isOver()) return;
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.whenOver();
  }

  private giveUpAfter(limitMs: number): void {
    this.timer = setTimeout(() => afterReading(() => this.giveUp(limitMs)), limitMs);
  }

  private giveUp(limitMs: number): void {
    if (this.isOver()) return;
    // Whoever takes the output is slow: what was written before the end still waits, and is not lost.
    if (this.taps.some((tap) => tap.isOpen() && tap.isHeld() && tap.bytes < MAX_WAITING_BYTES)) {
      this.giveUpAfter(limitMs);
      return;
    }
    this.cutOff();
  }

  cutOff(): void {
    this.wasCutOff = true;
    for (const tap of this.taps) tap.from.destroy();
  }
}

/** One stream of a process, on its way to the one who takes its bytes. */
class Tap {
  readonly from: Readable;
  /** How many bytes came since the count was begun. */
  bytes = 0;
  private readonly capture: StreamCapture;
  private readonly stream: Stream;
  private readonly waiting: Buffer[] = [];
  private held = false;
  private isHurried = false;
  private isClosed = false;

  constructor(capture: StreamCapture, stream: Stream, from: Readable) {
    this.capture = capture;
    this.stream = stream;
    this.from = from;
    // It is a socket: left to itself it would say on its other side, too, that it has ended, which takes longer than all else.
    Object.assign(from, { allowHalfOpen: true });
    from.on('data', (chunk: Buffer) => this.receive(chunk));
    from.on('end', () => {
      setImmediate(() => from.destroy());
      this.close();
    });
    // An error of a stream, such as EIO, closes it without an end.
    from.on('error', ignore);
    from.on('close', () => this.close());
  }

  /** Whether bytes may still come, or are being taken. */
  isOpen(): boolean {
    return !this.isClosed || this.held || this.waiting.length > 0;
  }

  /** Whether the taker has asked for patience. */
  isHeld(): boolean {
    return this.held;
  }

  hurry(): void {
    if (this.isHurried) return;
    this.isHurried = true;
    this.bytes = 0;
    if (this.held) this.release();
  }

  private receive(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (!this.held) {
      this.deliver(chunk);
      // Somebody else goes on writing, and nothing else would stop him from filling our memory.
      if (this.isHurried && this.bytes > MAX_WAITING_BYTES) this.capture.cutOff();
      return;
    }
    // Node resumes a paused stream when its process exits.
    this.waiting.push(chunk);
    this.from.pause();
  }

  private deliver(chunk: Buffer): void {
    const patience = this.capture.output(this.stream, chunk);
    if (patience === undefined || this.isHurried) return;
    this.held = true;
    this.from.pause();
    const release = () => this.held && this.release();
    patience.then(release, release);
  }

  private release(): void {
    this.held = false;
    const { waiting } = this;
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = this.held ? undefined : waiting.shift()) {
      this.deliver(chunk);
    }
    if (this.held) return;
    if (this.isClosed) this.capture.oneIsOver();
    else this.from.resume();
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (!this.isOpen()) this.capture.oneIsOver();
  }
}

function ignore(): void {}
