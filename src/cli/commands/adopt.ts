/** `adopt`: make the past of one namespace part of another. */
import { adopt } from '../../app/adopt.js';
import { openStore } from '../../app/parts.js';
import { listNamespaces } from '../../app/read.js';
import { loadSettings, stateDirectory } from '../../settings/load.js';
import { findTimetable } from '../../settings/timetable.js';
import { shortId } from '../cells.js';
import { pickSettings } from '../flags.js';
import { createPrinting } from '../printing.js';

export async function adoptCommand(old: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const store = openStore(stateDirectory(settings.stateDir, process.env, cwd));
  const known = settings.ns === undefined ? [] : await listNamespaces(store);
  // A prefix of one that is there means that one; else it is the name of one to be made.
  const named = known.filter(({ id }) => settings.ns !== undefined && id.startsWith(settings.ns));
  const into = named.length === 1 ? named[0]?.id : settings.ns;
  const adopted = await adopt(store, old, { into, file: await findTimetable(cwd), hostId: settings.hostId });
  const printing = createPrinting(settings);
  if (printing.json) return printing.printJson(adopted);
  const { runs, jobs, outputs } = adopted;
  const what = `${runs} run${runs === 1 ? '' : 's'} of ${jobs} job${jobs === 1 ? '' : 's'}, with ${outputs} files of output`;
  const text =
    runs + jobs + outputs === 0
      ? `namespace ${shortId(adopted.from)} is part of ${shortId(adopted.into)} already`
      : `namespace ${shortId(adopted.from)} is part of ${shortId(adopted.into)} now: ${what}`;
  await printing.streams.write('stdout', `${text}\n`);
  await printing.streams.flush();
}
