/** Notices that jobs made through the API have changed where nobody could tell. */
import type { Clock } from '../../engine/clock.js';
import type { Reloader } from '../reload.js';
import type { KeptReader } from './reader.js';

/** So long nobody may have told: who changes them tells every scheduler that can be reached. */
const LOOK_EVERY_MS = 30_000;

/** @returns What ends it. */
export function watchKept(
  kept: KeptReader,
  reloader: Pick<Reloader, 'reloadNow'>,
  clock: Pick<Clock, 'after'>,
): () => void {
  let cancel = (): void => {};
  let isClosed = false;
  let isOpen = false;
  const look = async (): Promise<void> => {
    if ((await kept.look()) || isOpen) isOpen = (await reloader.reloadNow('api')).status === 'rejected';
    if (!isClosed) cancel = clock.after(LOOK_EVERY_MS, () => void look().catch(() => {}));
  };
  // They may have changed since they were read.
  void look().catch(() => {});
  return () => {
    isClosed = true;
    cancel();
  };
}
