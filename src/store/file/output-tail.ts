/** The last bytes of both streams of a run that writes more than is kept, in order, in a ring. */
import type { Stream } from '../../model/event.js';

export type OutputTail = {
  push(at: number, origin: Origin, chunk: Uint8Array): void;
  take(): Piece[];
};

export type Piece = Origin & { readonly at: number; readonly bytes: Buffer };

/** Which stream, and of which step where there are several. */
export type Origin = { readonly stream: Stream; readonly step: number | undefined };

export function createOutputTail(size: number): OutputTail {
  let ring: Buffer | undefined;
  let start = 0;
  let used = 0;
  const parts: (Origin & { at: number; length: number })[] = [];
  const drop = (bytes: number) => {
    start = (start + bytes) % size;
    used -= bytes;
    for (let left = bytes; left > 0; ) {
      const [first] = parts;
      if (first === undefined) return;
      const taken = Math.min(left, first.length);
      first.length -= taken;
      left -= taken;
      if (first.length === 0) parts.shift();
    }
  };
  return {
    push(at, { stream, step }, chunk) {
      ring ??= Buffer.allocUnsafe(size);
      const bytes = chunk.subarray(Math.max(0, chunk.length - size));
      drop(Math.max(0, used + bytes.length - size));
      const end = (start + used) % size;
      const first = bytes.subarray(0, size - end);
      ring.set(first, end);
      ring.set(bytes.subarray(first.length), 0);
      used += bytes.length;
      const last = parts.at(-1);
      if (last?.stream === stream && last.at === at && last.step === step) last.length += bytes.length;
      else parts.push({ at, stream, step, length: bytes.length });
    },
    take() {
      if (ring === undefined) return [];
      const straight = Buffer.concat([
        ring.subarray(start, start + used),
        ring.subarray(0, Math.max(0, start + used - size)),
      ]);
      let from = 0;
      return parts.map(({ length, ...part }) => {
        from += length;
        return { ...part, bytes: straight.subarray(from - length, from) };
      });
    },
  };
}
