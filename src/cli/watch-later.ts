/** Changes of a schedule's timetable, in the background: nothing of it is loaded before the first runs are under way. */
import type { StartedRun } from '../app/run.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Answers } from './signals.js';
import type { Attending, WatchOptions } from './watch.js';

export type WatchingLater = {
  readonly answers: Answers;
  /** Also when it has not begun yet. */
  close(): Promise<void>;
};

export function watchLater(
  { engine, isSchedule, reloader }: StartedRun,
  reporter: Reporter,
  options: Pick<WatchOptions, 'file' | 'watch' | 'pollMs'>,
): WatchingLater {
  if (!isSchedule || reloader === undefined) return { answers: {}, close: async () => {} };
  let watching: Promise<Attending> | undefined;
  const begin = (): Promise<Attending> => {
    watching ??= import('./watch.js').then(({ attend }) =>
      attend({ ...options, engine, reloader, reporter }),
    );
    return watching;
  };
  // Its runs may have all the descriptors there are: the schedule goes on, and is asked again by a signal.
  const warn = (error: unknown): void => {
    watching = undefined;
    const message = `changes of the timetable are not noticed: ${error instanceof Error ? error.message : error}`;
    reporter.report({ type: 'warning', at: new Date(), message });
  };
  engine.ready.then(begin).catch(warn);
  return {
    answers: {
      SIGHUP: () =>
        void begin()
          .then(({ hangup }) => hangup())
          .catch(warn),
    },
    async close() {
      await (await watching?.catch(() => undefined))?.close();
    },
  };
}
