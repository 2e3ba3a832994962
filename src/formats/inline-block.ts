/** Comment blocks in Python files, as PEP 723 defines them: `# /// TYPE`, lines that start with `#`, `# ///`. */
import type { Report } from './source.js';

export type Block = {
  /** Offset of the opening line. */
  readonly at: number;
  /** Without the comment signs; `at` is the offset of the first character that is left. */
  readonly lines: readonly Line[];
};

type Line = { readonly text: string; readonly at: number };

const CLOSING = '# ///';
const CONTENT = /^#(?: .*)?$/;

/**
 * Find the only block of a type.
 *
 * As in the reference, a block ends at the last closing line that comments lead to without a gap. Two blocks, a
 * block that is not closed and a line that nearly opens one are problems: they would be passed over in silence.
 */
export function findBlock(type: 'task' | 'script', report: Report): Block | undefined {
  const lines = linesOf(report.source.text);
  const found: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const opened = /^# \/\/\/ ([a-zA-Z0-9-]+)$/.exec(line.text)?.[1];
    if (opened === undefined) {
      checkNearMiss(line, type, report);
      continue;
    }
    const end = endOf(lines, index + 1);
    if (end === undefined) {
      if (opened === type) {
        report.problem(line.at, `the block "${line.text}" is not closed`, closingHint(lines, index + 1));
      }
      continue;
    }
    const content = lines.slice(index + 1, end);
    checkSwallowed(content, type, report);
    if (opened === type) found.push({ at: line.at, lines: content.map(uncomment) });
    index = end;
  }
  const [block, second] = found;
  if (second !== undefined) {
    const hint = 'A file is one task; join the blocks.';
    report.problem(second.at, `there is a second block "# /// ${type}"`, hint);
  }
  return block;
}

/** The index of the last closing line in a row of comment lines; undefined when there is none. */
function endOf(lines: readonly Line[], from: number): number | undefined {
  let end: number | undefined;
  for (let index = from; index < lines.length; index++) {
    const content = lines[index]?.text ?? '';
    if (!CONTENT.test(content)) break;
    if (content === CLOSING) end = index;
  }
  return end;
}

/** Its end may be there, behind a line that is none of the block's. */
function closingHint(lines: readonly Line[], from: number): string {
  const offset = lines.slice(from).findIndex(({ text }) => !CONTENT.test(text));
  const breaking = lines[from + offset];
  if (offset === -1 || breaking === undefined || !/^\s*#/.test(breaking.text))
    return `Close it with a line "${CLOSING}".`;
  return `Line ${from + offset + 1} ends it, ${JSON.stringify(breaking.text)}: each begins with "# " at its very start.`;
}

function checkNearMiss({ text, at }: Line, type: string, report: Report): void {
  if (!text.includes('///') || !new RegExp(`^\\s*#+\\s*///\\s*${type}\\s*$`, 'i').test(text)) return;
  report.problem(
    at,
    `the line ${JSON.stringify(text)} does not open a block`,
    `Write exactly: # /// ${type}`,
  );
}

/** Without a gap, the next block is text of the one before. */
function checkSwallowed(content: readonly Line[], type: string, report: Report): void {
  const opening = content.find(({ text }) => text === `# /// ${type}`);
  if (opening === undefined) return;
  const hint = 'Put an empty line, or one with ##, between the blocks.';
  report.problem(opening.at, `the block "${opening.text}" is inside another block`, hint);
}

function uncomment({ text, at }: Line): Line {
  const from = text.startsWith('# ') ? 2 : 1;
  return { text: text.slice(from), at: at + from };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    lines.push({ text: line.replace(/\r$/, ''), at });
    at += line.length + 1;
  }
  return lines;
}
