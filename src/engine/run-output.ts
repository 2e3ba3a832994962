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
  readonly take: Take;
  /** Let go of what was held back: no more comes. */
  readonly end: () => void;
};

/** Without a mask every chunk goes through as it is. */
export function createRunOutput(
  sink: Pick<OutputSink, 'write'>,
  tell: Take,
  hiding: OutputMask | undefined,
): RunOutput {
  const pass: Take = (stream, chunk) => {
    sink.write(stream, chunk);
    return tell(stream, chunk);
  };
  if (hiding === undefined) return { take: pass, end() {} };
  // One for the whole run: a secret may be cut between two of its steps.
  const masked: Record<Stream, MaskStream> = { stdout: hiding.mask.stream(), stderr: hiding.mask.stream() };
  const give = hiding.extent === 'all' ? pass : tell;
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
