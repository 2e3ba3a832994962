/** Changes of a schedule's timetable, in the background: nothing of it is loaded before the first runs are under way. */
import type { StartedRun } from '../app/run.js';
import type { Reporter } from '../reporter/reporter.js';
import type { Answers } from './signals.js';
import type { WatchOptions } from './watch.js';

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
  const watching = engine.ready
    .then(() => import('./watch.js'))
    .then(({ attend }) => attend({ ...options, engine, reloader, reporter }));
  return {
    answers: { SIGHUP: () => void watching.then(({ hangup }) => hangup()) },
    close: async () => (await watching).close(),
  };
}
