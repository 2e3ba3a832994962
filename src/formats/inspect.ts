/** A timetable with all that is wrong with it, for those who look rather than run. */
import { type Problem, SupertaskError } from '../errors.js';
import type { Timetable } from '../model/timetable.js';
import { detectFormat, type ParseOptions } from './detect.js';
import type { Node } from './node.js';
import { createBlockPlaces, createPlaces, type Places } from './place.js';
import { createReport, type Report } from './source.js';

export type Inspection = {
  /** As far as it can be read. Beside problems, parts of it are missing. */
  readonly timetable: Timetable;
  /** What `parseTimetable` would throw, in the order of the text. */
  readonly problems: readonly Problem[];
  readonly places: Places;
};

const EMPTY: Timetable = { namespace: undefined, author: undefined, tasks: [], warnings: [] };

/** Read what can be read. Throws nothing for what is wrong with the text. */
export async function inspectTimetable(text: string, options: ParseOptions): Promise<Inspection> {
  let report: Report | undefined;
  try {
    report = createReport(options.file, text);
    const { timetable, places } = await read(report, options);
    return { timetable, problems: report.problems(), places };
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    const place = { file: options.file };
    const nowhere: Places = { task: () => place, slots: () => [place] };
    return { timetable: EMPTY, problems: error.problems, places: nowhere };
  }
}

async function read(
  report: Report,
  options: ParseOptions,
): Promise<Pick<Inspection, 'timetable' | 'places'>> {
  const format = options.format ?? detectFormat(options.file, report.source.text);
  if (format === 'python') {
    const { readPython } = await import('./python.js');
    const { root, timetable } = readPython(report, options);
    return { timetable, places: createBlockPlaces(root, root?.at ?? 0, report) };
  }
  const readRoot: (report: Report) => Node | undefined =
    format === 'json' ? (await import('./json.js')).readJson : (await import('./yaml.js')).readYaml;
  const { readDocument } = await import('./document.js');
  const { root, timetable } = readDocument(report, options, readRoot);
  return { timetable, places: createPlaces(root, report) };
}
