/** A text with a name: where its offsets are in lines and columns, and what was found wrong in it. */
import { type ErrorCode, type Location, type Problem, SupertaskError } from '../errors.js';

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
  /** Say that something at an offset is wrong, and how to mend it. */
  problem(at: number, message: string, hint?: string, code?: ErrorCode): void;
  /** Say that a line is not in the file's notation. Once said, nothing else is told about the line. */
  unreadable(at: number, message: string, hint?: string): void;
  /** Say that something at an offset is surprising though allowed. */
  warning(at: number, message: string): void;
  readonly warnings: readonly string[];
  /**
   * Throw when anything was wrong.
   *
   * @throws {SupertaskError} `TIMETABLE_INVALID` with all problems, in the order of the text.
   */
  check(): void;
};

export function createSource(file: string, text: string): Source {
  let starts: number[] | undefined;
  return {
    file,
    text,
    locate(offset) {
      starts ??= lineStarts(text);
      const line = lineOf(starts, offset);
      return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
  };
}

export function createReport(source: Source): Report {
  const found: (Problem & { readonly at: number })[] = [];
  const warnings: string[] = [];
  const told = new Set<number | undefined>();
  const unreadable = new Set<number | undefined>();
  return {
    source,
    warnings,
    problem(at, message, hint, code = 'TIMETABLE_INVALID') {
      const location = source.locate(at);
      if (unreadable.has(location.line)) return;
      found.push({ at, code, message, hint, location });
      told.add(location.line);
    },
    unreadable(at, message, hint) {
      const location = source.locate(at);
      if (told.has(location.line)) return;
      found.push({ at, code: 'TIMETABLE_INVALID', message, hint, location });
      told.add(location.line);
      unreadable.add(location.line);
    },
    warning(at, message) {
      const { line, column } = source.locate(at);
      warnings.push(`${source.file}:${line}:${column}: ${message}`);
    },
    check() {
      if (found.length > 0) throw invalid(source.file, found);
    },
  };
}

function invalid(file: string, found: readonly (Problem & { readonly at: number })[]): SupertaskError {
  const problems = distinct(found)
    .sort((a, b) => a.at - b.at)
    .map(({ at: _, ...problem }) => problem);
  const [first] = problems;
  if (first === undefined || problems.length > 1) {
    return new SupertaskError('TIMETABLE_INVALID', `${file} has ${problems.length} problems`, {
      hint: 'Nothing was run. Mend them, or ask for all of them again with the same command.',
      location: { file },
      problems,
    });
  }
  const { message, hint, location } = first;
  return new SupertaskError('TIMETABLE_INVALID', message, { hint, location, problems });
}

/** An anchor that is used a thousand times has its problem once. */
function distinct<P extends Problem & { readonly at: number }>(found: readonly P[]): P[] {
  return [...new Map(found.map((problem) => [`${problem.at} ${problem.message}`, problem])).values()];
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
