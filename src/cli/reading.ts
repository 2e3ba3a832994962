/** What all commands that ask the bookkeeping have in common. */
import { openStore } from '../app/parts.js';
import { findNamespace } from '../app/read.js';
import { loadSettings, stateDirectory } from '../settings/load.js';
import type { Settings } from '../settings/table.js';
import type { FileStore } from '../store/file/store.js';
import { pickSettings } from './flags.js';
import { findHere, type Here } from './here.js';
import { createPrinting, type Printing } from './printing.js';
import { placed } from './setting-place.js';

export type Reading = Printing & {
  readonly store: FileStore;
  /** Asked for by `--ns`, else the one of the timetable here; undefined: all. */
  readonly namespace: string | undefined;
  /** The timetable here or above, where nobody named a namespace. */
  readonly here: Here | undefined;
};

/** Where a run or job is looked for: a run whose id tells it from all others, everywhere unless --ns says where. */
export function scopeOf({ namespace, here }: Reading, text: string): string | undefined {
  return here !== undefined && /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text) ? undefined : namespace;
}

export async function openReading(flags: Readonly<Record<string, unknown>>): Promise<Reading> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const given = await givenNamespace(store, settings);
  const here = given === undefined ? await findHere(store, cwd, settings.hostId) : undefined;
  return { ...createPrinting(settings), store, namespace: given ?? here?.namespace, here };
}

/** The namespace that the settings name. @throws {SupertaskError} `ID_UNKNOWN`, `ID_AMBIGUOUS`, with the place. */
export async function givenNamespace(store: FileStore, settings: Settings): Promise<string | undefined> {
  if (settings.ns === undefined) return undefined;
  try {
    return (await findNamespace(store, settings.ns)).id;
  } catch (error) {
    throw placed(error, settings, 'ns');
  }
}
