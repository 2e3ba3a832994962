/** File text → timetable, whatever its notation. */
import type { Timetable } from '../model/timetable.js';
import { detectFormat, type Format, type ParseOptions } from './detect.js';
import { parseJson } from './json.js';
import { parsePython } from './python.js';
import { parseYaml } from './yaml.js';

type Parse = (text: string, options: ParseOptions) => Timetable;

const PARSERS: Readonly<Record<Format, Parse>> = { yaml: parseYaml, json: parseJson, python: parsePython };

/**
 * Read a timetable: YAML 1.2, JSON, or a Python file with an inline block.
 *
 * Depends on nothing but its arguments; no file is opened and no code is run.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export function parseTimetable(text: string, options: ParseOptions): Timetable {
  return PARSERS[options.format ?? detectFormat(options.file, text)](text, options);
}
