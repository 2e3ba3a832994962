/** The output of a run as it comes, up to its end. */
import type { Json } from '../model/json.js';
import { isEnded, type Run } from '../model/run.js';
import { formatPosition, openPieces, type PieceStart, type Wanted } from './output.js';
import { findRun } from './run-page.js';
import type { Service } from './service.js';

export type OutputFollower = {
  /** @param id - Who begins there misses nothing, and gets nothing twice. */
  readonly tell: (piece: Readonly<Record<string, Json>>, id: string) => void;
  /** Settles when the next piece is wanted. */
  readonly ready: () => Promise<void>;
  /** Aborted when no more is wanted. */
  readonly signal: AbortSignal;
};

/** New bytes are looked for so often. */
const LOOK_EVERY_MS = 200;
/** The feed tells when a run ends; should it not, it is found so. */
const ASK_EVERY_MS = 10_000;

/** @returns The run as it ended, and where; undefined when no more was wanted. */
export async function followOutput(
  service: Service,
  run: Run,
  how: { readonly wanted: Wanted; readonly start: PieceStart },
  { tell, ready, signal }: OutputFollower,
): Promise<{ readonly run: Run; readonly id: string; readonly pruned: boolean } | undefined> {
  const watch = await watchRun(service, run, signal);
  const pieces = await openPieces(service.store, run, how);
  try {
    while (!signal.aborted) {
      // What is kept when it has ended is all.
      const now = watch.now();
      const isOver = isEnded(now.status);
      for (;;) {
        let piece = await pieces.next();
        if (piece === undefined && isOver) {
          pieces.finish();
          piece = await pieces.next();
        }
        if (piece === undefined) break;
        tell(piece, formatPosition(pieces.position()));
        await ready();
        if (signal.aborted) return undefined;
      }
      if (isOver) return { run: now, id: formatPosition(pieces.position()), pruned: pieces.isPruned };
      await watch.pause();
    }
    return undefined;
  } finally {
    pieces.close();
    watch.close();
  }
}

type Watch = {
  /** The run as it is known to be. */
  readonly now: () => Run;
  /** A moment, which is shorter when the run ends. */
  readonly pause: () => Promise<void>;
  readonly close: () => void;
};

async function watchRun(service: Service, run: Run, signal: AbortSignal): Promise<Watch> {
  let known = run;
  let wake = (): void => {};
  let leave = (): void => {};
  const ask = async (): Promise<void> => {
    // Where the bookkeeping cannot be read now, it is asked again.
    const found = await findRun(service, run.namespace, run.id).catch(() => known);
    if (!isEnded(known.status)) known = found;
    if (isEnded(known.status)) wake();
  };
  const stop = (): void => {
    leave();
    wake();
    clearInterval(timer);
  };
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  timer.unref();
  signal.addEventListener('abort', stop);
  if (!isEnded(run.status)) {
    const feed = await service.feed();
    const listening = await feed
      .listen({
        since: undefined,
        namespace: run.namespace,
        tell({ events }) {
          if (events.some(({ id, type }) => type === 'reset' || id.includes(run.id))) void ask();
        },
        end: () => {},
      })
      .catch(() => undefined);
    leave = listening?.leave ?? leave;
    if (signal.aborted) leave();
    await ask();
  }
  return {
    now: () => known,
    pause: () =>
      new Promise((resolve) => {
        const pausing = setTimeout(() => wake(), LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(pausing);
          wake = () => {};
          resolve();
        };
        if (signal.aborted) wake();
      }),
    close() {
      signal.removeEventListener('abort', stop);
      stop();
    },
  };
}
