/** Waits for facts in the bookkeeping: nobody has to tell, and nobody has to live for it. */
import { isEnded, type Run } from '../../model/run.js';
import type { Store } from '../../store/store.js';

export type Patience = {
  /** Waits a moment before the next look. */
  readonly pause: () => Promise<void>;
  /** Whether enough time has passed. */
  readonly isOver?: () => boolean;
};

/** The run as it is now; undefined when it is gone. */
export async function lookAgain(store: Store, run: Pick<Run, 'id' | 'namespace'>): Promise<Run | undefined> {
  const [now] = await store.runs({ namespace: run.namespace, idPrefix: run.id, limit: 1 });
  return now;
}

/** Wait until a run has ended. @returns Undefined when it was not waited for long enough, or the run is gone. */
export async function awaitEnd(
  store: Store,
  run: Pick<Run, 'id' | 'namespace'>,
  { pause, isOver = () => false }: Patience,
): Promise<Run | undefined> {
  for (;;) {
    const now = await lookAgain(store, run);
    if (now === undefined || isEnded(now.status)) return now;
    if (isOver()) return undefined;
    await pause();
  }
}
