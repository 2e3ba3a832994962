/** Which servers run, so that a command in another terminal can say where they are. */
import { join } from 'node:path';
import { isScope, type Scope } from '../../model/scope.js';
import { guarded, listNames, readObject, removeFile, replaceFile } from '../../store/file/disk.js';
import { type Identity, isAlive, ownIdentity } from '../../store/file/identity.js';
import { httpIn } from '../../store/file/layout.js';
import { accessPlace, ensureAccess } from './place.js';

export type Presence = {
  /** As a browser opens it, with the path below which it is, without a slash at its end. */
  readonly url: string;
  /** Those it has tokens for. */
  readonly scopes: readonly Scope[];
};

/**
 * Let others know of a server of this process.
 *
 * @returns What ends that.
 * @throws {SupertaskError} `STATE_UNAVAILABLE`
 */
export function announce(root: string, namespace: string | undefined, presence: Presence): () => void {
  const place = accessPlace(root, namespace);
  ensureAccess(root, place);
  present(root, namespace);
  const process = ownIdentity();
  const path = join(place.servers, `${process.pid}.json`);
  guarded('write', path, () => replaceFile(path, `${JSON.stringify({ ...presence, process })}\n`));
  return () => void removeFile(path);
}

/** Servers that live. What the dead have left is removed. */
export function present(root: string, namespace: string | undefined): readonly Presence[] {
  const { servers } = accessPlace(root, namespace);
  return listNames(servers)
    .sort()
    .flatMap((name) => {
      const path = join(servers, name);
      const found = readObject(path);
      if (found === undefined || found === 'corrupt') return [];
      const { url, scopes, process } = found;
      const alive = isAlive({ ...(process as Identity) });
      if (alive === false) removeFile(path);
      if (alive !== true || typeof url !== 'string' || !Array.isArray(scopes)) return [];
      return [{ url, scopes: scopes.filter(isScope) }];
    });
}

/** Namespaces that have servers of their own. */
export function namespacesPresent(root: string): readonly string[] {
  return listNames(join(httpIn(root), 'of')).filter((namespace) => present(root, namespace).length > 0);
}
