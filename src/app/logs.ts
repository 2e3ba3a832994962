/** What a run printed, in the order in which it was read. */
import type { Stream } from '../model/event.js';
import type { Job } from '../model/job.js';
import { isEnded, type Run, type RunStatus } from '../model/run.js';
import type { FileStore, OutputPiece, OutputReader } from '../store/file/store.js';
import type { Store } from '../store/store.js';

export type LogPart = Omit<OutputPiece, 'from'>;

/**
 * The captured output of one run, oldest first.
 *
 * @param streams - Which are wanted; both are interleaved as they were read.
 */
export async function* readLog(
  store: FileStore,
  run: Pick<Run, 'id' | 'namespace'>,
  streams: readonly Stream[],
): AsyncGenerator<LogPart> {
  const reader = await store.openOutput(run, { streams });
  try {
    yield* allOf(reader);
  } finally {
    reader.close();
  }
}

/**
 * The same, going on until the run has ended.
 *
 * @param pause - Waits a moment before the next look.
 * @param look - Given the run as it is before each look.
 */
export async function* followLog(
  store: FileStore,
  run: Pick<Run, 'id' | 'namespace'>,
  streams: readonly Stream[],
  pause: () => Promise<void>,
  look: (now: Run) => void = () => {},
): AsyncGenerator<LogPart> {
  const reader = await store.openOutput(run, { streams });
  try {
    for (;;) {
      const [now] = await store.runs({ namespace: run.namespace, idPrefix: run.id, limit: 1 });
      const hasEnded = now === undefined || isEnded(now.status);
      if (now !== undefined) look(now);
      yield* allOf(reader);
      if (hasEnded) return;
      await pause();
    }
  } finally {
    reader.close();
  }
}

/** What there is by now. */
async function* allOf(reader: OutputReader): AsyncGenerator<LogPart> {
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) yield piece;
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
