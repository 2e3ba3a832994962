/** Whether a source that starts anew has a past under another host name, as in containers with random names. */
import type { Origin } from '../model/namespace.js';
import type { NamespaceSummary, Store } from '../store/store.js';

/** The newest namespace of the same source and user on another host; undefined when there is none. */
export async function findOlder(
  store: Store,
  namespace: string,
  origin: Origin,
): Promise<NamespaceSummary | undefined> {
  const isSameSource = ({ user, source, kind }: Pick<Origin, 'user' | 'source' | 'kind'>): boolean =>
    user === origin.user && source === origin.source && kind === origin.kind;
  const found = await store.namespaces(
    (other) => other.id !== namespace && other.host !== origin.host && isSameSource(other),
  );
  return [...found].sort((left, right) => right.createdAt.getTime() - left.createdAt.getTime())[0];
}

/** What to do about it. */
export function hintAt(older: NamespaceSummary, { host }: Pick<Origin, 'host'>): string {
  const { id, runs, createdAt } = older;
  const past = `${runs} run${runs === 1 ? '' : 's'} since ${createdAt.toISOString().slice(0, 10)}`;
  return (
    `this source starts anew under the host name ${host}; its past (${past}) is that of host ${older.host}. ` +
    `To take it over: supertask adopt ${id.slice(0, 12)}. ` +
    `To keep one name for good: --host-id=${older.host} or SUPERTASK_HOST=${older.host}`
  );
}
