/** Puts jobs on record that somebody makes with arguments of their own: no schedule says that there are such. */
import { SupertaskError } from '../errors.js';
import type { JobDefinition } from '../model/job.js';
import type { Origin } from '../model/namespace.js';
import type { Task } from '../model/task.js';
import type { Store } from '../store/store.js';

/**
 * What keeps a job beside those that are scheduled, as a run by hand without a scheduler does.
 *
 * Where it cannot be kept, its run is what is known of it.
 */
export function createMemory(
  store: Store,
  namespace: string,
  origin: Origin,
  define: (task: Task) => JobDefinition,
): (task: Task) => Promise<void> {
  const known = new Set<string>();
  return async (task) => {
    if (known.has(task.id)) return;
    known.add(task.id);
    try {
      const writer = await store.open(namespace, origin, { mode: 'once', startedAt: new Date() });
      await writer.setJobs([define(task)]).finally(() => writer.close('finished'));
    } catch (error) {
      if (!(error instanceof SupertaskError)) throw error;
      known.delete(task.id);
    }
  };
}
