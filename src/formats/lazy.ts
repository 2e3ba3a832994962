/** The same as `timetable`, for programs whose start must be quick: only the parser that is needed gets loaded. */
import type { Timetable } from '../model/timetable.js';
import { detectFormat, type ParseOptions } from './detect.js';

/**
 * Read a timetable as `parseTimetable` does; YAML's parser alone takes 25 ms to load.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export async function parseTimetableLazily(text: string, options: ParseOptions): Promise<Timetable> {
  switch (options.format ?? detectFormat(options.file, text)) {
    case 'python':
      return (await import('./python.js')).parsePython(text, options);
    case 'json':
      return (await import('./json.js')).parseJson(text, options);
    case 'yaml':
      return (await import('./yaml.js')).parseYaml(text, options);
  }
}
