/** What is done to the state directory beside the recording of runs: it is steered, limited, looked over and mended. */
import { SupertaskError } from '../../errors.js';
import { loadNamespace } from './described.js';
import { listNames } from './disk.js';
import { ensureNamespace, ensureRoot, makeDirectories } from './format.js';
import { type Place, placeAt, placeOf } from './layout.js';
import { exists, places } from './places.js';
import type { FileStore } from './store.js';

export type Upkeep = Pick<
  FileStore,
  | 'changeOverrides'
  | 'changeKeptJobs'
  | 'placeControl'
  | 'prune'
  | 'check'
  | 'adopt'
  | 'halfAdopted'
  | 'repair'
>;

/** @param version - Of supertask; kept with what is created. */
export function createUpkeep(root: string, version: string, now: () => Date): Upkeep {
  return {
    async changeOverrides(namespace, change) {
      const place = placeToChange(root, namespace);
      const { changeOverrides } = await import('./overrides.js');
      return changeOverrides(place, now, change);
    },
    async changeKeptJobs(namespace, change) {
      const place = placeToChange(root, namespace);
      const { changeKeptJobs } = await import('./kept-jobs.js');
      return changeKeptJobs(place, now, change);
    },
    async placeControl(namespace, runtime) {
      const place = placeOf(root, namespace);
      if (place === undefined)
        throw new SupertaskError('ID_INVALID', `${JSON.stringify(namespace)} is not a namespace id`);
      const { prepareControl } = await import('./control.js');
      return prepareControl(root, place, runtime);
    },
    async prune(how) {
      const { pruneNamespace } = await import('./prune.js');
      const total = { runs: 0, files: 0, bytes: 0, complete: true };
      for (const { place } of places(root, how.namespace)) {
        const report = await pruneNamespace(place, how);
        total.runs += report.runs;
        total.files += report.files;
        total.bytes += report.bytes;
        total.complete &&= report.complete;
      }
      return total;
    },
    async check(namespace) {
      const { checkNamespace, checkRoot } = await import('./check.js');
      const inside = places(root, namespace).flatMap(({ id, place }) => checkNamespace(place, id, now()));
      return [...checkRoot(root), ...inside];
    },
    async adopt(from, { id, origin }) {
      const { adoptNamespace } = await import('./adopt.js');
      const [old, place] = [placeOf(root, from), placeOf(root, id)];
      if (old === undefined || place === undefined || from === id)
        throw new SupertaskError(
          'ID_INVALID',
          `${JSON.stringify(from)} cannot be made part of ${JSON.stringify(id)}`,
        );
      ensureRoot(root, () => undefined);
      ensureNamespace(place, { id, origin, at: now(), version }, () => undefined);
      return adoptNamespace({ place: old, id: from }, { place, id, now: now() });
    },
    async halfAdopted(prefix) {
      return places(root).flatMap(({ place, id: into }) =>
        listNames(place.adopting)
          .filter((id) => id.startsWith(prefix))
          .map((id) => ({ into, namespace: loadNamespace(placeAt(`${place.adopting}/${id}`), id) })),
      );
    },
    async repair(namespace) {
      const { repairNamespace, repairRoot } = await import('./repair.js');
      const done = repairRoot(root);
      for (const { id, place } of places(root, namespace)) {
        const restore = () => makeDirectories(place);
        const warn = () => undefined;
        const options = {
          mode: 'once',
          startedAt: now(),
          namespace: id,
          version,
          now,
          restore,
          warn,
        } as const;
        done.push(...(await repairNamespace(place, options)));
      }
      return done;
    },
  };
}

function placeToChange(root: string, namespace: string): Place {
  const place = placeOf(root, namespace);
  if (place === undefined || !exists(place))
    throw new SupertaskError('ID_UNKNOWN', `there is no namespace ${JSON.stringify(namespace)}`);
  ensureRoot(root, () => undefined);
  return place;
}
