/** Changes of a schedule's timetable, in the background: nothing of it is loaded before the first runs are under way. */
import type { StartedRun } from '../app/run.js';
import { messageOf } from '../errors.js';
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
  /** Its runs may have all the descriptors there are: the schedule goes on without, and a signal makes it try again. */
  const begin = async (): Promise<Attending | undefined> => {
    try {
      const { attend } = await import('./watch.js');
      return attend({ ...options, reloader, reporter });
    } catch (error) {
      reporter.report({
        type: 'warning',
        at: new Date(),
        message: `changes of the timetable are not noticed: ${messageOf(error)}`,
      });
      return undefined;
    }
  };
  let watching = engine.ready.then(begin);
  return {
    answers: {
      SIGHUP() {
        watching = watching.then((attending) => attending ?? begin());
        void watching.then((attending) => attending?.reload());
      },
    },
    close: async () => (await watching)?.close(),
  };
}
