/** Namespaces as their descriptions tell of them. */
import type { Adoption, Namespace } from '../../model/namespace.js';
import { readObject } from './disk.js';
import { parseNamespace, writeNamespace } from './format.js';
import type { Place } from './layout.js';

/** A namespace's description; one that cannot be read still names itself. */
export function loadNamespace(place: Place, id: string): Namespace {
  const found = readObject(place.origin);
  const unreadable: Namespace = {
    id,
    host: '?',
    user: '?',
    source: '?',
    kind: 'file',
    generator: '?',
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
  return (typeof found === 'object' && parseNamespace(found, id)) || unreadable;
}

/** Keep in a namespace's description that another one is part of it now. */
export function addAdoption(place: Place, adoption: Adoption): void {
  const found = readObject(place.origin);
  const namespace = typeof found === 'object' ? parseNamespace(found, String(found['id'])) : undefined;
  if (namespace === undefined) return;
  const others = (namespace.adopted ?? []).filter(({ id }) => id !== adoption.id);
  writeNamespace(place, { ...namespace, updatedAt: adoption.adoptedAt, adopted: [...others, adoption] });
}
