/**
 * Who looks on while a schedule runs, and may stop reading: a terminal held with Ctrl-S, a connection that hangs.
 *
 * The runs wait for whoever reads, however slowly. Where nothing has been taken for a while they go on without: a little
 * is held back, and of the rest it is told how much it was. All of it is kept.
 */
import type { Stream } from '../model/event.js';
import type { Streams } from './streams.js';

export type Onlooker = {
  readonly write: Streams['write'];
  /** Whether something that was written has not been taken yet. */
  isBehind(stream: Stream): boolean;
};

const STALL_MS = 10_000;
const MAX_HELD_BYTES = 1_048_576;

/** @param missed - Told how much was left out, once the reader has caught up. */
export function createOnlooker(
  streams: Pick<Streams, 'write' | 'backlog'>,
  missed: (stream: Stream, bytes: number) => void,
  stallMs = STALL_MS,
): Onlooker {
  const sides: Readonly<Record<Stream, Side>> = {
    stdout: new Side('stdout', streams, missed, stallMs),
    stderr: new Side('stderr', streams, missed, stallMs),
  };
  return {
    write: (stream, bytes) => sides[stream].write(bytes),
    isBehind: (stream) => sides[stream].isBehind(),
  };
}

class Side {
  private readonly stream: Stream;
  private readonly streams: Pick<Streams, 'write' | 'backlog'>;
  private readonly missed: (stream: Stream, bytes: number) => void;
  private readonly stallMs: number;
  /** Settles when all is taken; undefined while nothing waits. */
  private drained: Promise<void> | undefined;
  /** Settles then, too, and when the reader has stalled. */
  private patience: Promise<void> | undefined;
  private resume: () => void = () => {};
  private timer: NodeJS.Timeout | undefined;
  private isStalled = false;
  private taken = 0;
  private missedBytes = 0;

  constructor(
    stream: Stream,
    streams: Pick<Streams, 'write' | 'backlog'>,
    missed: (stream: Stream, bytes: number) => void,
    stallMs: number,
  ) {
    this.stream = stream;
    this.streams = streams;
    this.missed = missed;
    this.stallMs = stallMs;
  }

  isBehind(): boolean {
    return this.drained !== undefined;
  }

  write(bytes: Uint8Array | string): Promise<void> | undefined {
    if (this.isStalled && this.hasTaken()) this.isStalled = false;
    if (this.isStalled && this.streams.backlog(this.stream).bytes + bytes.length > MAX_HELD_BYTES) {
      this.missedBytes += bytes.length;
      return undefined;
    }
    const drained = this.streams.write(this.stream, bytes);
    if (drained === undefined) return undefined;
    this.drained ??= drained.then(() => this.catchUp());
    if (this.isStalled) return undefined;
    this.patience ??= this.wait();
    return this.patience;
  }

  private wait(): Promise<void> {
    this.hasTaken();
    return new Promise((resolve) => {
      this.resume = resolve;
      this.watch();
    });
  }

  private watch(): void {
    this.timer = setTimeout(() => {
      if (this.hasTaken()) {
        this.watch();
        return;
      }
      this.isStalled = true;
      this.patience = undefined;
      this.resume();
    }, this.stallMs);
    this.timer.unref();
  }

  /** Whether anything was taken since this was asked. */
  private hasTaken(): boolean {
    const { taken } = this.streams.backlog(this.stream);
    const hasGrown = taken !== this.taken;
    this.taken = taken;
    return hasGrown;
  }

  private catchUp(): void {
    clearTimeout(this.timer);
    const { missedBytes } = this;
    this.drained = undefined;
    this.patience = undefined;
    this.isStalled = false;
    this.missedBytes = 0;
    this.resume();
    if (missedBytes > 0) this.missed(this.stream, missedBytes);
  }
}
