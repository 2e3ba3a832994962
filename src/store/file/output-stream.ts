/** One stream of a run's captured output, whatever its order with the other was. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Stream } from '../../model/event.js';
import { openOrAbsent } from './disk.js';

export const SUFFIX: Readonly<Record<Stream, string>> = { stdout: '.out', stderr: '.err' };

/** The bytes of one stream from an offset, which counts from the end when negative. */
export async function* readOutput(base: string, stream: Stream, from: number): AsyncGenerator<Buffer, void> {
  const fd = openOrAbsent(base + SUFFIX[stream]);
  if (fd === undefined) return;
  try {
    let position = from < 0 ? Math.max(0, fstatSync(fd).size + from) : from;
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(fd, chunk, 0, chunk.length, position);
      if (length === 0) return;
      position += length;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}
