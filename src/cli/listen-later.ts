/** The control socket of a schedule, in the background: nothing of it is loaded before the first runs are under way. */
import type { StartedRun } from '../app/run.js';
import type { Reporter } from '../reporter/reporter.js';
import type { FileStore } from '../store/file/store.js';

/** @returns What closes it, also when it has not been opened yet. */
export function listenLater(started: StartedRun, store: FileStore, reporter: Reporter): () => void {
  if (!started.isSchedule) return () => {};
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  const listening = started.engine.ready
    .then(() => import('./listen.js'))
    .then(({ listenForControl }) => listenForControl(started, store, warn));
  return () => void listening.then((close) => close());
}
