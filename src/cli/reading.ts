/** What all commands that ask the bookkeeping have in common. */
import { openStore } from '../app/parts.js';
import { findNamespace, namespaceOfFile } from '../app/read.js';
import { loadSettings, stateDirectory } from '../settings/load.js';
import { findTimetable } from '../settings/timetable.js';
import type { FileStore } from '../store/file/store.js';
import type { Store } from '../store/store.js';
import { pickSettings } from './flags.js';
import { createPrinting, type Printing } from './printing.js';

export type Reading = Printing & {
  readonly store: FileStore;
  /** Asked for by `--ns`, else the one of the timetable here; undefined: all. */
  readonly namespace: string | undefined;
  /** Nobody asked for it: it is that of the timetable here. */
  readonly isHere: boolean;
};

/** Where a run or job is looked for: a run whose id tells it from all others, everywhere unless --ns says where. */
export function scopeOf({ namespace, isHere }: Reading, text: string): string | undefined {
  return isHere && /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text) ? undefined : namespace;
}

export async function openReading(flags: Readonly<Record<string, unknown>>): Promise<Reading> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  return {
    ...createPrinting(settings),
    store,
    namespace: await chooseNamespace(store, settings.ns, settings.hostId, cwd),
    isHere: settings.ns === undefined,
  };
}

async function chooseNamespace(
  store: Store,
  given: string | undefined,
  hostId: string | undefined,
  cwd: string,
): Promise<string | undefined> {
  if (given !== undefined) return (await findNamespace(store, given)).id;
  const file = await findTimetable(cwd);
  return file === undefined ? undefined : namespaceOfFile(store, file, hostId);
}
