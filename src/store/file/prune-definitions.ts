/**
 * Sets of definitions that no journal names any more: what was folded has its definitions beside its sums.
 *
 * A writer that finds its set there sets its time where that is old, and names it afterwards. So an old one is moved
 * aside, where nobody finds it, before its time is believed: whoever comes later writes it anew, and whoever came before
 * has set the time.
 */
import { existsSync, lstatSync } from 'node:fs';
import { randomHex } from '../../model/random.js';
import { KEEP_MS } from './definition-file.js';
import { listNames, moveFile, removeFile } from './disk.js';
import { readJournals } from './journals.js';
import { pause } from './maintenance.js';
import type { Work } from './prune.js';

const SET = /^[0-9a-f]{32}\.jsonl$/;
const ASIDE = /^(?<name>[0-9a-f]{32}\.jsonl)\.[0-9a-f]+\.tmp$/;

/** @returns Whether it was done to the end. */
export async function pruneDefinitions({ place, nowMs, isDryRun, isOver }: Work): Promise<boolean> {
  if (isDryRun) return true;
  const isOld = (path: string): boolean => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats !== undefined && nowMs - stats.mtimeMs > KEEP_MS;
  };
  putBack(place.definitions);
  const old = listNames(place.definitions).filter(
    (name) => SET.test(name) && isOld(`${place.definitions}/${name}`),
  );
  if (old.length === 0) return true;
  const named = new Set(readJournals(place.journals).jobSets.map(({ set }) => `${set}.jsonl`));
  await pause();
  for (const name of old) {
    if (isOver()) return false;
    if (named.has(name)) continue;
    const path = `${place.definitions}/${name}`;
    const aside = `${path}.${randomHex(12)}.tmp`;
    if (!moveFile(path, aside)) continue;
    if (isOld(aside)) removeFile(aside);
    else moveFile(aside, path);
  }
  return true;
}

/** Whoever had moved them aside was killed. */
function putBack(directory: string): void {
  for (const aside of listNames(directory)) {
    const name = ASIDE.exec(aside)?.groups?.['name'];
    if (name === undefined) continue;
    if (existsSync(`${directory}/${name}`)) removeFile(`${directory}/${aside}`);
    else moveFile(`${directory}/${aside}`, `${directory}/${name}`);
  }
}
