/** What all commands that ask the bookkeeping have in common. */
import { openStore } from '../app/parts.js';
import { findNamespace, namespaceOfFile } from '../app/read.js';
import { findTimetable, loadSettings, stateDirectory } from '../settings/load.js';
import type { FileStore } from '../store/file/store.js';
import type { Store } from '../store/store.js';
import { pickSettings } from './flags.js';
import { createPrinting, type Printing } from './printing.js';

export type Reading = Printing & {
  readonly store: FileStore;
  /** Asked for by `--ns`, else the one of the timetable here; undefined: all. */
  readonly namespace: string | undefined;
};

export async function openReading(flags: Readonly<Record<string, unknown>>): Promise<Reading> {
  const cwd = process.cwd();
  // Of what is asked, `--status` is that of runs.
  const { status: _, ...given } = pickSettings(flags);
  const settings = await loadSettings(given, process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  return {
    ...createPrinting(settings),
    store,
    namespace: await chooseNamespace(store, settings.ns, settings.hostId, cwd),
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
