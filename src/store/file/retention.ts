/** Keeps a namespace within its limits while a scheduler runs: a bounded part of the work at a time. */
import type { Place } from './layout.js';

export type Retainer = {
  /** Do a part of what is to be done, in the background; nothing while the last part is going or all was done. */
  beat(now: Date): void;
  /** Settles when nothing of it goes on. */
  stop(): Promise<void>;
};

/** When all was done, look again after this time. */
const REST_MS = 3_600_000;
/** Files removed at each beat, in slices between which due runs start. */
const FILES_AT_A_BEAT = 2_000;

export function createRetainer(place: Place, warn: (message: string) => void): Retainer {
  // With its first sign of life a scheduler has better things to do.
  let beats = 0;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let going: Promise<void> | undefined;

  const prune = async (now: Date): Promise<void> => {
    const { pruneNamespace } = await import('./prune.js');
    const options = { now, maxFiles: FILES_AT_A_BEAT, isStopped: () => isStopped };
    const { complete } = await pruneNamespace(place, options);
    if (complete) restsUntilMs = performance.now() + REST_MS;
  };

  return {
    beat(now) {
      beats += 1;
      if (beats === 1 || going !== undefined || isStopped || performance.now() < restsUntilMs) return;
      going = prune(now)
        .catch((error: unknown) => warn(`old records of ${place.directory} stay: ${String(error)}`))
        .finally(() => {
          going = undefined;
        });
    },
    async stop() {
      isStopped = true;
      await going;
    },
  };
}
