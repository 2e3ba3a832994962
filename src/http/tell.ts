/** Tells schedulers that something was written that concerns them. */
import type { Control } from '../app/control/control.js';
import { liveSchedulers } from '../app/control/live.js';
import { type Reached, reach } from '../app/override-request.js';
import type { Service } from '../app/service.js';
import { ask } from './client.js';

/**
 * Have the schedulers of a namespace look at what was written; those that cannot be reached look by themselves.
 *
 * @param path - Below that of the namespace: what others are asked.
 * @param own - Does it where the scheduler lives in this process.
 */
export async function tellSchedulers(
  { service: { store }, control, by }: Teller,
  namespace: string,
  path: string,
  own: (control: Control) => Promise<unknown>,
): Promise<Reached> {
  const base = `/namespaces/${encodeURIComponent(namespace)}`;
  return reach(await liveSchedulers(store, namespace), async (scheduler) => {
    if (control !== undefined && scheduler.process.pid === process.pid) return own(control);
    if (scheduler.socket === undefined) throw new Error('it has no socket');
    return ask(scheduler.socket, { method: 'POST', path: base + path, by, process: scheduler.process });
  });
}

type Teller = {
  readonly service: Service;
  /** The scheduler of this process. */
  readonly control: Control | undefined;
  readonly by: string;
};
