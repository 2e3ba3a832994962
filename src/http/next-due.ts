/** When a scheduler in another process will run a job next: who schedules has the last word on it. */
import { liveSchedulers } from '../app/control/live.js';
import type { Service } from '../app/service.js';
import type { Job } from '../model/job.js';
import { ask } from './client.js';

/** Undefined: none says so. */
export async function askNextDue(
  store: Service['store'],
  { namespace, id }: Pick<Job, 'namespace' | 'id'>,
  by: string,
): Promise<Date | undefined> {
  const scheduler = (await liveSchedulers(store, namespace)).find(
    ({ jobs, socket }) => socket !== undefined && jobs.includes(id),
  );
  if (scheduler?.socket === undefined) return undefined;
  const path = `/namespaces/${encodeURIComponent(namespace)}/scheduler/jobs`;
  const told = await ask(scheduler.socket, { method: 'GET', path, by }).catch(() => undefined);
  const all = (told ?? []) as readonly { readonly id: string; readonly nextDueAt: string | null }[];
  const next = all.find((each) => each.id === id)?.nextDueAt;
  return typeof next === 'string' ? new Date(next) : undefined;
}
