/** File text → timetable, whatever its notation. */
import { dirname, isAbsolute } from 'node:path';
import type { Timetable } from '../model/timetable.js';
import { detectFormat, type Format } from './detect.js';
import { readTimetable } from './document.js';
import { readJson } from './json.js';
import { isReadable } from './node.js';
import { parsePython } from './python.js';
import { createReport, createSource } from './source.js';
import { readYaml } from './yaml.js';

export type ParseOptions = {
  /** As shown in messages: a path, a URL, or `-` for standard input. Its extension tells the notation. */
  readonly file: string;
  readonly format?: Format | undefined;
  /** Absolute; what a relative `cwd` in the file counts from. Default: the directory of an absolute `file`. */
  readonly directory?: string | undefined;
};

/**
 * Read a timetable: YAML 1.2, JSON, or a Python file with an inline block.
 *
 * Depends on nothing but its arguments; no file is opened and no code is run.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export function parseTimetable(text: string, options: ParseOptions): Timetable {
  const { file, format = detectFormat(file, text) } = options;
  if (format === 'python') return parsePython(text, options);
  const report = createReport(createSource(file, text.replace(/^\uFEFF/, '')));
  if (!isReadable(report)) report.check();
  const root = format === 'json' ? readJson(report) : readYaml(report);
  const directory = options.directory ?? (isAbsolute(file) ? dirname(file) : undefined);
  return readTimetable(root, directory, report);
}
