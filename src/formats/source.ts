/** A text with a name: where its offsets are in lines and columns, and what was found wrong in it. */
import { type ErrorCode, type Location, type Problem, SupertaskError } from '../errors.js';

/** After so many problems reading ends; nobody mends more in one go. */
const MAX_PROBLEMS = 1000;
/** A file may be this long, in UTF-16 units. */
const MAX_LENGTH = 5 * 1024 * 1024;

/** What a report is on. */
export type Source = {
  /** As shown in messages: a path, a URL, or `-` for standard input. */
  readonly file: string;
  readonly text: string;
  /** Line and column of an offset, both from 1; columns count UTF-16 units. */
  locate(offset: number): Location;
};

/** Collects problems, so that one pass over a file tells all of them. */
export type Report = {
  readonly source: Source;
  /**
   * Say that something at an offset is wrong, and how to mend it.
   *
   * @throws {SupertaskError} `TIMETABLE_INVALID` when too many problems have been found to go on.
   */
  problem(at: number, message: string, hint?: string, code?: ErrorCode): void;
  /** Say that a line is not in the file's notation. Once said, nothing else is told about the line. */
  unreadable(at: number, message: string, hint?: string): void;
  /** Say that something can be read, and better were written otherwise. */
  warn(at: number, message: string, hint: string): void;
  /** Lines for people, each with its place. */
  warnings(): readonly string[];
  /** Whether nothing was found wrong so far. */
  isClean(): boolean;
  /** What was found wrong so far, in the order of the text. */
  problems(): readonly Problem[];
  /**
   * Throw when anything was wrong.
   *
   * @throws {SupertaskError} `TIMETABLE_INVALID` with all problems, in the order of the text.
   */
  check(): void;
};

/**
 * Open the report on a text. A byte order mark is no part of it.
 *
 * @throws {SupertaskError} `TIMETABLE_INVALID` when the text is too long to be read at all.
 */
export function createReport(file: string, written: string): Report {
  const report = reportOn(new Text(file, written.replace(/^\uFEFF/, '')));
  checkLength(report);
  return report;
}

/** The same for something that has places in it. */
export function reportOn(source: Source): Report {
  const { file } = source;
  const found: Found[] = [];
  const seen = new Set<string>();
  const told = new Set<number | undefined>();
  const unreadable = new Set<number | undefined>();
  const warnings = new Set<string>();
  const report: Report = {
    source,
    problem(at, message, hint, code = 'TIMETABLE_INVALID') {
      const location = source.locate(at);
      // A mistake behind an anchor that is used a thousand times is told once.
      const key = `${at} ${message}`;
      if (unreadable.has(location.line) || seen.has(key)) return;
      if (found.length === MAX_PROBLEMS) throw invalid(file, found);
      seen.add(key);
      found.push({ at, code, message, hint, location });
      told.add(location.line);
    },
    unreadable(at, message, hint) {
      const { line } = source.locate(at);
      if (told.has(line)) return;
      report.problem(at, message, hint);
      unreadable.add(line);
    },
    warn(at, message, hint) {
      const { file: name, line, column, path } = source.locate(at);
      const place = [name, path ?? `${line}:${column}`].join(':');
      if (warnings.size < MAX_PROBLEMS) warnings.add(`${place}: ${message}. ${hint}`);
    },
    warnings: () => [...warnings],
    isClean: () => found.length === 0,
    problems: () => inOrder(found),
    check() {
      if (found.length > 0) throw invalid(file, found);
    },
  };
  return report;
}

type Found = Problem & { readonly at: number };

/** A class: the code that V8 makes of whoever calls a closure would hold on to the text. */
class Text implements Source {
  readonly file: string;
  readonly text: string;
  private starts: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  locate(offset: number): Location {
    this.starts ??= lineStarts(this.text);
    const line = lineOf(this.starts, offset);
    return { file: this.file, line: line + 1, column: offset - (this.starts[line] ?? 0) + 1 };
  }
}

function checkLength(report: Report): void {
  const { length } = report.source.text;
  if (length <= MAX_LENGTH) return;
  const megabytes = (length / 1024 / 1024).toFixed(1);
  report.problem(0, `the file is too large: ${megabytes} MiB`, 'A timetable has at most 5 MiB; split it.');
  report.check();
}

function invalid(file: string, found: readonly Found[]): SupertaskError {
  const problems = inOrder(found);
  const [first] = problems;
  if (first === undefined || problems.length > 1) {
    const count = problems.length < MAX_PROBLEMS ? problems.length : `at least ${problems.length}`;
    const message = `${file} has ${count} problems`;
    return new SupertaskError('TIMETABLE_INVALID', message, { location: { file }, problems });
  }
  const { message, hint, location } = first;
  return new SupertaskError('TIMETABLE_INVALID', message, { hint, location, problems });
}

function inOrder(found: readonly Found[]): readonly Problem[] {
  return [...found].sort((a, b) => a.at - b.at).map(({ at: _, ...problem }) => problem);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before an offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
