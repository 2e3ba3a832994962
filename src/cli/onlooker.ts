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

export function createOnlooker(write: Streams['write'], stallMs = STALL_MS): Onlooker {
  const tell = (stream: Stream, bytes: number): void => void write('stderr', skipped(stream, bytes));
  const sides: Readonly<Record<Stream, Side>> = {
    stdout: new Side('stdout', write, tell, stallMs),
    stderr: new Side('stderr', write, tell, stallMs),
  };
  return {
    write: (stream, bytes) => sides[stream].write(bytes),
    isBehind: (stream) => sides[stream].isBehind(),
  };
}

class Side {
  private readonly stream: Stream;
  private readonly out: Streams['write'];
  private readonly tell: (stream: Stream, bytes: number) => void;
  private readonly stallMs: number;
  /** Settles when all is taken, or the reader has stalled; undefined while nothing waits. */
  private patience: Promise<void> | undefined;
  private isStalled = false;
  private heldBytes = 0;
  private skippedBytes = 0;

  constructor(
    stream: Stream,
    out: Streams['write'],
    tell: (stream: Stream, bytes: number) => void,
    stallMs: number,
  ) {
    this.stream = stream;
    this.out = out;
    this.tell = tell;
    this.stallMs = stallMs;
  }

  isBehind(): boolean {
    return this.patience !== undefined;
  }

  write(bytes: Uint8Array | string): Promise<void> | undefined {
    const { length } = bytes;
    if (this.isStalled && this.heldBytes + length > MAX_HELD_BYTES) {
      this.skippedBytes += length;
      return undefined;
    }
    const taken = this.out(this.stream, bytes);
    if (taken === undefined) return undefined;
    this.heldBytes += length;
    this.patience ??= this.wait(taken);
    return this.isStalled ? undefined : this.patience;
  }

  private wait(taken: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.isStalled = true;
        resolve();
      }, this.stallMs);
      timer.unref();
      void taken.then(() => {
        clearTimeout(timer);
        this.catchUp();
        resolve();
      });
    });
  }

  private catchUp(): void {
    const { skippedBytes } = this;
    this.patience = undefined;
    this.isStalled = false;
    this.heldBytes = 0;
    this.skippedBytes = 0;
    if (skippedBytes > 0) this.tell(this.stream, skippedBytes);
  }
}

function skipped(stream: Stream, bytes: number): string {
  return `supertask: warning: ${bytes} bytes were not written to ${stream}, which nobody read; supertask logs has what runs wrote\n`;
}
