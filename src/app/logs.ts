/** What a run printed, in the order in which it was read. */
import type { Stream } from '../model/event.js';
import type { Job } from '../model/job.js';
import { isEnded, type Run, type RunStatus } from '../model/run.js';
import type { Store } from '../store/store.js';

export type LogPart = {
  /** When it was read; where the order was lost with a killed supertask, when the last of it was. */
  readonly at: Date;
  readonly stream: Stream;
  readonly bytes: Buffer;
  /** From 1; undefined where the run has no several steps. */
  readonly step?: number | undefined;
};

/** How many bytes of each stream are known already. */
export type LogPosition = Readonly<Record<Stream, number>>;

const BEGINNING: LogPosition = { stdout: 0, stderr: 0 };

/**
 * The captured output of one run, oldest first.
 *
 * @param wanted - Which streams; both are interleaved as they were read.
 * @param from - Where to begin in each stream.
 */
export async function* readLog(
  store: Store,
  run: Pick<Run, 'id' | 'namespace'>,
  wanted: readonly Stream[],
  from: LogPosition = BEGINNING,
): AsyncGenerator<LogPart> {
  const readers = {
    stdout: createReader(store.output(run, 'stdout', { from: from.stdout })),
    stderr: createReader(store.output(run, 'stderr', { from: from.stderr })),
  };
  const known = { ...from };
  for (const entry of (await store.timeline(run)).filter(({ stream }) => wanted.includes(stream))) {
    const skipped = Math.min(known[entry.stream], entry.bytes);
    known[entry.stream] -= skipped;
    const bytes = await readers[entry.stream].read(entry.bytes - skipped);
    if (bytes.length > 0) yield { at: entry.at, stream: entry.stream, bytes, step: entry.step };
  }
}

/**
 * The same, going on until the run has ended.
 *
 * @param pause - Waits a moment before the next look.
 * @param look - Given the run as it is before each look.
 */
export async function* followLog(
  store: Store,
  run: Run,
  wanted: readonly Stream[],
  pause: () => Promise<void>,
  look: (now: Run) => void = () => {},
): AsyncGenerator<LogPart> {
  const seen: Record<Stream, number> = { ...BEGINNING };
  for (;;) {
    const [now] = await store.runs({ namespace: run.namespace, idPrefix: run.id, limit: 1 });
    const hasEnded = now === undefined || isEnded(now.status);
    if (now !== undefined) look(now);
    for await (const part of readLog(store, run, wanted, { ...seen })) {
      seen[part.stream] += part.bytes.length;
      yield part;
    }
    if (hasEnded) return;
    await pause();
  }
}

/**
 * Runs of a job one after the other, as they begin; a run that is given is to be read to its end before the next.
 *
 * @param first - Those to begin with, oldest first.
 * @param isOver - Whether no further one is to come.
 */
export async function* followRuns(
  store: Store,
  job: Pick<Job, 'id' | 'namespace'>,
  first: readonly Run[],
  { pause, isOver }: { readonly pause: () => Promise<void>; readonly isOver: () => Promise<boolean> },
): AsyncGenerator<Run> {
  const look = (): Promise<readonly Run[]> => listRan(store, job, { limit: MANY });
  const seen = new Set([...(await look()), ...first].map(({ id }) => id));
  yield* first;
  for (;;) {
    // Asked before looking: what began in between is seen.
    const isLast = await isOver();
    const fresh = (await look()).filter(({ id }) => !seen.has(id));
    for (const run of fresh) {
      seen.add(run.id);
      yield run;
    }
    if (fresh.length === 0 && isLast) return;
    if (fresh.length === 0) await pause();
  }
}

/** More begin at once of no job. */
const MANY = 500;

/** Runs of a job that began, oldest first. */
export async function listRan(
  store: Store,
  { id, namespace }: Pick<Job, 'id' | 'namespace'>,
  query: { readonly since?: Date | undefined; readonly limit: number },
): Promise<readonly Run[]> {
  return [...(await store.runs({ namespace, job: id, status: RAN, ...query }))].reverse();
}

const RAN: readonly RunStatus[] = ['starting', 'running', 'stopping', 'succeeded', 'failed', 'errored'];

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
