/** Where servers keep what lets others in: below the state directory, for the user alone. */
import { join } from 'node:path';
import { SupertaskError } from '../../errors.js';
import { ensureDirectory } from '../../store/file/disk.js';
import { ensureRoot } from '../../store/file/format.js';
import { httpIn, placeOf } from '../../store/file/layout.js';

export type AccessPlace = {
  readonly directory: string;
  readonly tokens: string;
  readonly servers: string;
  readonly codes: string;
};

/** @param namespace - Of a server that speaks for this one only; undefined: for all. */
export function accessPlace(root: string, namespace: string | undefined): AccessPlace {
  if (namespace !== undefined && placeOf(root, namespace) === undefined)
    throw new SupertaskError('ID_INVALID', `${JSON.stringify(namespace)} is not a namespace id`);
  const directory = namespace === undefined ? join(httpIn(root), 'all') : join(httpIn(root), 'of', namespace);
  return {
    directory,
    tokens: join(directory, 'tokens.json'),
    servers: join(directory, 'servers'),
    codes: join(directory, 'codes'),
  };
}

/** Make its directories. @throws {SupertaskError} `STATE_UNAVAILABLE` */
export function ensureAccess(root: string, place: AccessPlace): void {
  ensureRoot(root, () => {});
  for (const path of [httpIn(root), place.directory, place.servers, place.codes]) ensureDirectory(path);
}
