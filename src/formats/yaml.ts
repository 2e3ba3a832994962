/** YAML 1.2 → nodes: bounded, positioned, tags and second documents refused. With `yaml-node`, all that knows `yaml`. */
import { Composer, type Document, Lexer, Parser, type YAMLError } from 'yaml';
import type { Timetable } from '../model/timetable.js';
import type { ParseOptions } from './detect.js';
import { parseDocument } from './document.js';
import { MAX_DEPTH, type Node } from './node.js';
import type { Report } from './source.js';
import { ALIAS_HINT, createBuilder } from './yaml-node.js';

/** Lexical tokens of the longest reasonable file; more is an attack or an accident. */
const MAX_TOKENS = 2_000_000;

/** After these mistakes the rest of the text is read as its author meant it, so that its problems are told too. */
const HARMLESS = new Set(['BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'BAD_ALIAS', 'BLOCK_AS_IMPLICIT_KEY']);

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces; YAML does not allow tabs there.',
  BAD_SCALAR_START: 'Put the value in quotes, as in when: "@daily".',
  BAD_ALIAS: ALIAS_HINT,
  UNEXPECTED_TOKEN: 'Does the value need quotes around it?',
  BAD_INDENT: 'Lines of one map or list start in the same column.',
  BLOCK_AS_IMPLICIT_KEY: 'A value that contains ": " needs quotes around it.',
  MULTILINE_IMPLICIT_KEY: 'Is a ":" missing after the key?',
};

/**
 * Parse a timetable in YAML 1.2.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID`, with every problem of the text in `problems`.
 */
export function parseYaml(text: string, options: ParseOptions): Timetable {
  return parseDocument(text, options, readYaml);
}

/**
 * Read YAML.
 *
 * Duplicate keys, tags, further documents and `%YAML` versions other than 1.2 are problems.
 *
 * @returns `undefined` for a text without a value, or when reading on makes no sense; the report knows why.
 */
export function readYaml(report: Report): Node | undefined {
  const document = composeOne(report);
  if (document === undefined) return undefined;
  const tails = document.errors.filter(isTail);
  const others = document.errors.filter((error) => !isTail(error));
  for (const error of others) tell(error, report);
  if (others.some(({ code }) => !HARMLESS.has(code))) return undefined;
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') {
    report.problem(0, `%YAML ${version} is not supported`, 'Remove the line: timetables are YAML 1.2.');
    return undefined;
  }
  if (document.contents === null) return undefined;
  const node = createBuilder(report)(document.contents);
  for (const error of tails) tell(error, report);
  return node;
}

/**
 * Something after the end of a value. In a cron expression without quotes it is a consequence: the first asterisk
 * makes an alias, whose own problem says more. So these are told last.
 */
function isTail({ code, message }: YAMLError): boolean {
  return code === 'UNEXPECTED_TOKEN' && message.endsWith(' at node end');
}

function tell(error: YAMLError, report: Report): void {
  const at = Math.min(error.pos[0], report.source.text.length);
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  report.unreadable(at, `not valid YAML: ${message}`, HINTS[error.code]);
}

/** Compose the only document of a text, giving up as soon as a limit is passed. */
function composeOne(report: Report): Document.Parsed | undefined {
  const parser = new Parser();
  // Keys are compared when nodes are built: the composer compares each key with all others.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, version: '1.2' });
  const documents: Document.Parsed[] = [];
  let tokens = 0;
  for (const lexeme of new Lexer().lex(report.source.text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // The document itself and the value being read stand on the stack as well.
    if (parser.stack.length > MAX_DEPTH + 2) {
      report.problem(parser.offset, `maps and lists are nested more than ${MAX_DEPTH} deep`, 'Nest less.');
      return undefined;
    }
    if (++tokens > MAX_TOKENS) {
      report.problem(0, 'the file has too many parts', 'Split it into several timetables.');
      return undefined;
    }
    if (documents.length > 1) break;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  const [document, second] = documents;
  if (second !== undefined) {
    const hint = 'Remove the --- line, or put the other documents into files of their own.';
    report.problem(second.range[0], 'there is a second YAML document', hint);
  }
  return document;
}
