/** Namespaces, with the schedulers that live in them. */
import { SupertaskError } from '../errors.js';
import type { NamespaceSummary } from '../store/store.js';
import { type LiveScheduler, liveSchedulers } from './control/live.js';
import type { Service } from './service.js';

export type ListedNamespace = {
  readonly namespace: NamespaceSummary;
  readonly schedulers: readonly LiveScheduler[];
};

/** @param id - Only this one. */
export async function listSeenNamespaces(service: Service, id?: string): Promise<readonly ListedNamespace[]> {
  const { store } = service;
  const seen = await store.namespaces(
    (each) => service.sees(each.id) && (id === undefined || each.id === id),
  );
  return Promise.all(
    seen.map(async (namespace) => ({ namespace, schedulers: await liveSchedulers(store, namespace.id) })),
  );
}

/** @throws {SupertaskError} `ID_UNKNOWN` */
export async function showNamespace(service: Service, id: string): Promise<ListedNamespace> {
  const [found] = await listSeenNamespaces(service, id);
  if (found !== undefined) return found;
  throw new SupertaskError('ID_UNKNOWN', `there is no namespace ${JSON.stringify(id)}`);
}
