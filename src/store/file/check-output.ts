/** Captured output: each claim has a record, and nothing lies beside the claims. */
import { lstatSync } from 'node:fs';
import { runIdInstant } from '../../model/run.js';
import { listNames } from './disk.js';
import { type Finding, some } from './finding.js';
import { isRunId, type Place } from './layout.js';

export type OutputCheck = {
  /** What is wrong, given which runs are on record. */
  withRecords(isKnown: (runId: string) => boolean): Finding[];
};

/** A claim is journalled at once; a younger one may be about to be. */
const YOUNG_MS = 5_000;

const NAME = /^(?<id>[0-9a-f-]{36})\.(?<ending>out|err|tl|named)$/;

/** Look at what is there now. */
export function checkOutput(place: Place, now: Date): OutputCheck {
  const claims: { readonly id: string; readonly path: string }[] = [];
  const others: Finding[] = [];
  for (const day of listNames(place.output)) {
    const names = listNames(`${place.output}/${day}`);
    const all = new Set(names);
    for (const name of names) {
      const path = `${place.output}/${day}/${name}`;
      const { id = '', ending } = NAME.exec(name)?.groups ?? {};
      if (!isRunId(id) || !/^\d{8}$/.test(day)) others.push(...some('stranger', path, 1));
      else if (ending === 'out') claims.push({ id, path });
      else if (!all.has(`${id}.out`)) others.push(...some('output-without-claim', path, 1));
    }
  }
  return {
    withRecords: (isKnown) => [
      ...claims
        .filter(({ id, path }) => !isKnown(id) && !isYoung(id, path, now))
        .flatMap(({ path }) => some('claim-without-record', path, 1)),
      ...others,
    ],
  };
}

function isYoung(id: string, path: string, now: Date): boolean {
  const ageMs = now.getTime() - runIdInstant(id).getTime();
  // Pruned in the meantime.
  const isGone = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  return isGone || (ageMs >= 0 && ageMs <= YOUNG_MS);
}
