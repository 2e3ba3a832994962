/** Tells schedulers in other processes that something was written that concerns them. */
import { liveSchedulers } from '../app/control/live.js';
import type { Service } from '../app/service.js';
import { ask } from './client.js';

/**
 * Have the schedulers of a namespace look at what was written; those that cannot be reached look by themselves.
 *
 * @param path - Below that of the namespace.
 * @returns How many live, this process left out.
 */
export async function tellOthers(
  { store }: Service,
  namespace: string,
  path: string,
  by: string,
): Promise<number> {
  const others = (await liveSchedulers(store, namespace)).filter(
    (scheduler) => scheduler.process.pid !== process.pid,
  );
  const base = `/namespaces/${encodeURIComponent(namespace)}`;
  await Promise.all(
    others.map(({ socket }) =>
      socket === undefined
        ? undefined
        : ask(socket, { method: 'POST', path: base + path, by }).catch(() => {}),
    ),
  );
  return others.length;
}
