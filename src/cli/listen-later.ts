/** The control socket of a schedule, in the background: nothing of it is loaded before the first runs are under way. */
import type { StartedRun } from '../app/run.js';
import { messageOf } from '../errors.js';
import type { Reporter } from '../reporter/reporter.js';
import type { FileStore } from '../store/file/store.js';

type Listening = {
  /** Settles when it is open, or cannot be. */
  readonly open: Promise<unknown>;
  /** Also when it has not been opened yet. */
  close(): void;
};

export function listenLater(started: StartedRun, store: FileStore, reporter: Reporter): Listening {
  if (!started.isSchedule) return { open: Promise.resolve(), close() {} };
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  const listening = started.engine.ready
    .then(() => import('./listen.js'))
    .then(({ listenForControl }) => listenForControl(started, store, warn))
    // It goes on without: its runs may have all the descriptors there are.
    .catch((error: unknown) => {
      warn(`other terminals cannot steer this scheduler: ${messageOf(error)}`);
      return () => {};
    });
  return { open: listening, close: () => void listening.then((close) => close()) };
}
