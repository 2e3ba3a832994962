/** Journals line by line: what in them is no record, and which of them nobody has handed on. */
import { closeSync } from 'node:fs';
import { listNames, openOrAbsent } from './disk.js';
import { type Finding, some } from './finding.js';
import { ENDING } from './journal-name.js';
import type { Journals } from './journals.js';
import type { Place } from './layout.js';
import { eachLine } from './lines.js';
import { deadJournals } from './maintenance.js';
import { MAX_LINE_BYTES } from './record.js';
import { parseRecord } from './record-reader.js';

/** Bytes of a file that are no record. */
export type Damage = { readonly at: number; readonly bytes: number };

export function checkJournals(place: Place, journals: Journals, now: Date): Finding[] {
  const dead = deadJournals(place, journals, now);
  const used = new Set(journals.jobSets.map(({ set }) => set));
  const kept = new Set(listNames(place.definitions));
  const missing = [...used].filter((set) => !kept.has(`${set}.jsonl`));
  return [
    ...[...journals.files].flatMap((name) => {
      const damages = damagesOf(`${place.journals}/${name}`);
      return some('bad-lines', `${place.journals}/${name}`, damages.length, damages[0]?.at);
    }),
    ...dead.flatMap(({ name }) => some('open-journal', `${place.journals}/${name}`, 1)),
    ...missing.flatMap((set) => some('missing', `${place.definitions}/${set}.jsonl`, 1)),
    ...listNames(place.journals)
      .filter((name) => !name.endsWith(ENDING) && !name.endsWith('.tmp'))
      .flatMap((name) => some('stranger', `${place.journals}/${name}`, 1)),
  ];
}

/** Places in a journal that hold no record; none when it has gone in the meantime. */
export function damagesOf(path: string): Damage[] {
  const fd = openOrAbsent(path);
  if (fd === undefined) return [];
  const damages: Damage[] = [];
  try {
    eachLine(
      fd,
      MAX_LINE_BYTES,
      (line, at) => {
        // After a power cut a file may end in zeros: these hide nothing.
        const isBlank = line[0] === 0 && line.every((byte) => byte === 0);
        if (!isBlank && parseRecord(line) === undefined) damages.push({ at, bytes: line.length });
      },
      (at, bytes) => damages.push({ at, bytes }),
    );
  } finally {
    closeSync(fd);
  }
  return damages;
}
