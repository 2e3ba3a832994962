/** `supertask graph`: who comes after whom in a timetable. */

import { loadSource } from '../../app/file-source.js';
import { findHiding, hideInSource } from '../../app/secret.js';
import { SupertaskError } from '../../errors.js';
import { graphMermaid, graphOf, graphText } from '../../model/graph.js';
import { printable } from '../../model/printable.js';
import { loadSettings } from '../../settings/load.js';
import { findTimetable } from '../../settings/timetable.js';
import { pickSettings } from '../flags.js';
import { createPrinting } from '../printing.js';
import { readAll } from './next.js';

export async function graphCommand(
  given: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const cwd = process.cwd();
  const settings = await loadSettings(pickSettings(flags), process.env, cwd);
  const printing = createPrinting(settings);
  const format = flags['format'] ?? (printing.json ? 'json' : 'text');
  const file = given ?? (await findTimetable(cwd));
  if (file === undefined) {
    throw new SupertaskError('USAGE', `there is no supertask.yaml in ${cwd} or above`, {
      hint: 'Give a file: supertask graph timetable.yaml',
    });
  }
  const loaded = await loadSource(file, cwd, readAll);
  const hiding = await findHiding(loaded.timetable.tasks, process.env);
  const graph = graphOf(hideInSource(loaded, hiding.text).timetable.tasks, hiding.text);
  if (format === 'json') return printing.printJson(graph);
  const lines = format === 'mermaid' ? graphMermaid(graph) : graphText(graph).map(printable);
  await printing.streams.write('stdout', `${lines.join('\n')}\n`);
  await printing.streams.flush();
}
