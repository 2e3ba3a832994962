/** The namespaces that are there, and where they are. */
import { lstatSync } from 'node:fs';
import { listNames } from './disk.js';
import { namespacesIn, type Place, placeOf } from './layout.js';
import { refuseFile } from './refusal.js';

/** All of them, or one. */
export function places(root: string, only?: string): { id: string; place: Place }[] {
  const ids = only === undefined ? listNames(namespacesIn(root)).sort() : [only];
  if (ids.length === 0) refuseFile(root);
  return ids.flatMap((id) => {
    const place = placeOf(root, id);
    return place === undefined || !exists(place) ? [] : [{ id, place }];
  });
}

export function exists(place: Place): boolean {
  return lstatSync(place.directory, { throwIfNoEntry: false })?.isDirectory() === true;
}
