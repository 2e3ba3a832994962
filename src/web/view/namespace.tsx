/** Namespaces by what people know them by: the name of their file, since most of their ids are made by machine. */
import type { NamespaceRecord, Page } from '../api/record.js';
import { type Resource, useResource } from '../api/resource.js';
import { nameNamespaces } from './namespace-name.js';

export function useNamespaces(): Resource<Page<NamespaceRecord>> {
  return useResource<Page<NamespaceRecord>>('/namespaces', {
    touchedBy: ({ type }) => type === 'scheduler' || type === 'jobs',
  });
}

/** By id; an id that is not known is called by itself. */
export function useNamespaceNames(): (id: string) => string {
  const names = nameNamespaces(useNamespaces().data.value?.items ?? []);
  return (id) => names.get(id) ?? id;
}

/** In a sentence, where it has to stand. */
export function NamespaceName({ id }: { readonly id: string }) {
  return <>{useNamespaceNames()(id)}</>;
}

/** Nothing where there is one only, which all is of. */
export function Namespace({ id }: { readonly id: string }) {
  const known = useNamespaces().data.value?.items;
  if (known?.length === 1) return null;
  const source = known?.find((each) => each.id === id)?.source;
  return (
    <span class="namespace muted" title={source === undefined ? id : `${source}\n${id}`}>
      {nameNamespaces(known ?? []).get(id) ?? id}
    </span>
  );
}
