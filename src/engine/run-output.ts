/** The way of a run's bytes: kept first, told second, and secrets hidden before either. */
import type { Stream } from '../model/event.js';
import type { Mask, MaskStream } from '../model/mask.js';
import type { OutputSink } from '../store/store.js';

export type OutputMask = {
  readonly mask: Mask;
  /** `all`: hidden in what is kept and told; `shown`: what is kept stays byte for byte what the run wrote. */
  readonly extent: 'all' | 'shown';
};

export type Take = (stream: Stream, chunk: Buffer) => Promise<void> | undefined;

export type RunOutput = {
  /** A promise asks for patience. */
  take(...given: Parameters<Take>): ReturnType<Take>;
  /** Let go of what was held back: no more comes. */
  end(): void;
};

/** Without a mask every chunk goes through as it is. */
export function createRunOutput(
  sink: Pick<OutputSink, 'write'>,
  tell: Take,
  hiding: OutputMask | undefined,
): RunOutput {
  const plain = new PlainOutput(sink, tell);
  if (hiding === undefined) return plain;
  // One for the whole run: a secret may be cut between two of its steps.
  const masked: Record<Stream, MaskStream> = { stdout: hiding.mask.stream(), stderr: hiding.mask.stream() };
  const give: Take = hiding.extent === 'all' ? (stream, chunk) => plain.take(stream, chunk) : tell;
  return {
    take(stream, chunk) {
      if (hiding.extent === 'shown') sink.write(stream, chunk);
      const clean = masked[stream].push(chunk);
      return clean.length === 0 ? undefined : give(stream, clean);
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = masked[stream].end();
        if (rest.length > 0) void give(stream, rest);
      }
    },
  };
}

class PlainOutput implements RunOutput {
  private readonly sink: Pick<OutputSink, 'write'>;
  private readonly tell: Take;

  constructor(sink: Pick<OutputSink, 'write'>, tell: Take) {
    this.sink = sink;
    this.tell = tell;
  }

  take(stream: Stream, chunk: Buffer): Promise<void> | undefined {
    this.sink.write(stream, chunk);
    return this.tell(stream, chunk);
  }

  end(): void {}
}
