/** How much room a namespace takes. */
import { lstatSync, readdirSync } from 'node:fs';
import { loadNamespace } from './described.js';
import { listSegments } from './history.js';
import { readJournals } from './journals.js';
import type { Place } from './layout.js';

/** `bytes` as they were written; `onDisk` in the blocks of the file system, which a small file does not fill. */
export type Room = { readonly files: number; readonly bytes: number; readonly onDisk: number };

export type Usage = {
  readonly namespace: string;
  readonly source: string;
  readonly runs: number;
  readonly journals: Room;
  readonly history: Room;
  readonly output: Room;
  /** Definitions, slots, ballast, what was put aside, and the namespace's description. */
  readonly others: Room;
  readonly total: Room;
};

const NONE: Room = { files: 0, bytes: 0, onDisk: 0 };
const BLOCK = 512;

export function usageOf(place: Place, id: string): Usage {
  const parts = { journals: NONE, history: NONE, output: NONE, others: NONE };
  for (const name of readdirSync(place.directory, { recursive: true, encoding: 'utf8' })) {
    const stats = lstatSync(`${place.directory}/${name}`, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory()) continue;
    const part = partOf(name);
    parts[part] = sum(parts[part], { files: 1, bytes: stats.size, onDisk: stats.blocks * BLOCK });
  }
  const inHistory = listSegments(place.history).reduce((runs, segment) => runs + segment.runs, 0);
  return {
    namespace: id,
    source: loadNamespace(place, id).source,
    runs: inHistory + readJournals(place.journals).runs.size,
    ...parts,
    total: Object.values(parts).reduce(sum),
  };
}

function partOf(name: string): 'journals' | 'history' | 'output' | 'others' {
  const [directory] = name.split('/');
  if (directory === 'journal') return 'journals';
  return directory === 'history' || directory === 'output' ? directory : 'others';
}

function sum(left: Room, right: Room): Room {
  return {
    files: left.files + right.files,
    bytes: left.bytes + right.bytes,
    onDisk: left.onDisk + right.onDisk,
  };
}
