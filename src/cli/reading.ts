/** What all commands that ask the bookkeeping have in common. */
import { openStore } from '../app/parts.js';
import { findNamespace, namespaceOfFile } from '../app/read.js';
import { findTimetable, loadSettings, stateDirectory } from '../settings/load.js';
import type { Store } from '../store/store.js';
import { useColor } from './color.js';
import { pickSettings } from './flags.js';
import { createStreams, type Streams } from './streams.js';
import { formatTable } from './table.js';

export type Reading = {
  readonly store: Store;
  /** Asked for by `--ns`, else the one of the timetable here; undefined: all. */
  readonly namespace: string | undefined;
  readonly json: boolean;
  readonly streams: Streams;
  readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => Promise<void>;
  /** Lists as one JSON array. */
  readonly printJson: (value: unknown) => Promise<void>;
};

export async function openReading(flags: Readonly<Record<string, unknown>>): Promise<Reading> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const streams = createStreams();
  const print = async (text: string): Promise<void> => {
    await streams.write('stdout', text);
    await streams.flush();
  };
  return {
    store,
    namespace: await chooseNamespace(store, settings.ns, settings.hostId, cwd),
    json: settings.json ?? false,
    streams,
    table: (head, rows) =>
      print(
        formatTable(head, rows, {
          color: useColor(settings.color, process.env, 1),
          width: process.stdout.isTTY ? process.stdout.columns : undefined,
        }),
      ),
    printJson: (value) => print(`${JSON.stringify(value, null, 2)}\n`),
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
