/** What a run printed, in the order in which it was read. */
import type { Stream } from '../model/event.js';
import { isEnded, type Run } from '../model/run.js';
import type { Store, TimelineEntry } from '../store/store.js';

export type LogPart = {
  /** When it was read; undefined where the order was lost with a killed supertask. */
  readonly at: Date | undefined;
  readonly stream: Stream;
  readonly bytes: Buffer;
};

/**
 * The captured output of one run, oldest first.
 *
 * @param wanted - Which streams; both are interleaved as they were read.
 */
export async function* readLog(
  store: Store,
  run: Pick<Run, 'id' | 'namespace'>,
  wanted: readonly Stream[],
): AsyncGenerator<LogPart> {
  const readers = {
    stdout: createReader(store.output(run, 'stdout')),
    stderr: createReader(store.output(run, 'stderr')),
  };
  const timeline =
    wanted.length > 1 ? await store.timeline(run) : await store.timeline(run).then(only(wanted));
  for (const entry of timeline) {
    const bytes = await readers[entry.stream].read(entry.bytes);
    if (bytes.length > 0) yield { at: entry.at, stream: entry.stream, bytes };
  }
  for (const stream of wanted) {
    for (;;) {
      const bytes = await readers[stream].read(64 * 1024);
      if (bytes.length === 0) break;
      yield { at: undefined, stream, bytes };
    }
  }
}

/**
 * The same, going on until the run has ended.
 *
 * @param pause - Waits a moment before the next look.
 */
export async function* followLog(
  store: Store,
  run: Run,
  wanted: readonly Stream[],
  pause: () => Promise<void>,
): AsyncGenerator<LogPart> {
  const seen: Record<Stream, number> = { stdout: 0, stderr: 0 };
  for (;;) {
    const [now] = await store.runs({ namespace: run.namespace, idPrefix: run.id, limit: 1 });
    const hasEnded = now === undefined || isEnded(now.status);
    const skip = { ...seen };
    for await (const part of readLog(store, run, wanted)) {
      const known = Math.min(skip[part.stream], part.bytes.length);
      skip[part.stream] -= known;
      const fresh = part.bytes.subarray(known);
      seen[part.stream] += fresh.length;
      if (fresh.length > 0) yield { ...part, bytes: fresh };
    }
    if (hasEnded) return;
    await pause();
  }
}

function only(wanted: readonly Stream[]): (timeline: readonly TimelineEntry[]) => readonly TimelineEntry[] {
  return (timeline) => timeline.filter(({ stream }) => wanted.includes(stream));
}

function createReader(chunks: AsyncIterable<Buffer>): { read(bytes: number): Promise<Buffer> } {
  const source = chunks[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  return {
    async read(bytes) {
      const parts: Buffer[] = [rest];
      let size = rest.length;
      while (size < bytes) {
        const next = await source.next();
        if (next.done) break;
        parts.push(next.value);
        size += next.value.length;
      }
      const all = parts.length === 1 ? rest : Buffer.concat(parts);
      rest = Buffer.from(all.subarray(bytes));
      return all.subarray(0, bytes);
    },
  };
}
