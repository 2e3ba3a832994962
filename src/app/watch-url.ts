/** Asks now and then whether a timetable on the web has changed, and has it taken over. */
import { createSystemClock } from '../engine/system-clock.js';
import { SupertaskError } from '../errors.js';
import { fetchText } from './remote.js';
import { MAX_FILE_BYTES } from './text-file.js';
import type { Watching, WatchParts } from './watch.js';

/**
 * @param url - With the login, where it has one.
 * @param everyMs - How long from one answer to the next question.
 */
export function watchUrl(
  url: string,
  everyMs: number,
  { clock = createSystemClock(), reloader, warn }: WatchParts,
): Watching {
  let known = reloader.source.remote;
  let isFailing = false;
  let isClosed = false;
  let cancel = (): void => {};

  const ask = async (): Promise<void> => {
    const remote = await fetchText(url, MAX_FILE_BYTES, known);
    isFailing = false;
    if (remote === undefined || isClosed) return;
    const isOther = remote.text !== known?.text;
    known = remote;
    if (isOther) await reloader.reloadNow('url', remote);
  };

  const tell = (error: unknown): void => {
    if (!(error instanceof SupertaskError)) throw error;
    if (!isFailing && !isClosed) warn(`${error.message}; the last good timetable goes on`);
    isFailing = true;
  };

  const later = (): void => {
    if (isClosed) return;
    cancel = clock.after(everyMs, () => void ask().catch(tell).finally(later));
  };

  later();
  return {
    async close() {
      isClosed = true;
      cancel();
    },
  };
}
