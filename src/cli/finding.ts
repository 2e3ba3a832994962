/** Findings as people get them. Pure. */
import kleur from 'kleur';
import type { ShownFinding } from '../app/check/check.js';
import { displayPath } from '../app/check/record.js';
import { printable } from '../model/printable.js';

export type FindingForm = {
  readonly cwd: string;
  readonly color: boolean;
  /** Columns of the terminal; undefined: no terminal. */
  readonly width: number | undefined;
};

/** Longer lines are shown around the part that is meant. */
const DEFAULT_WIDTH = 120;
const LEAST_WIDTH = 40;
/** Letters that take two columns of a terminal: East Asian scripts and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

const COLORS = { error: kleur.red, warning: kleur.yellow, note: kleur.cyan } as const;

/**
 * `error: week.yaml:7:5: "timout" is not a key of a task [TIMETABLE_INVALID]`, the line with a caret below, and a hint.
 */
export function formatFinding(found: ShownFinding, { cwd, color, width }: FindingForm): string {
  // By itself it asks whether stdout is a terminal, whatever the user says.
  kleur.enabled = color;
  const paint = (text: string, style: (text: string) => string): string => (color ? style(text) : text);
  const { severity, message, code, hint, line, column } = found;
  const place = [printable(displayPath(found.file, cwd)), line, column].filter((part) => part !== undefined);
  const head = `${paint(`${severity}:`, (text) => COLORS[severity]().bold(text))} ${place.join(':')}: ${printable(message)} [${code}]`;
  const excerpt = excerptLines(found, width ?? DEFAULT_WIDTH);
  const [source, caret] = excerpt;
  return [
    head,
    ...(source === undefined ? [] : [source]),
    ...(caret === undefined
      ? []
      : [caret.replace(/\^+$/, (carets) => paint(carets, (text) => COLORS[severity](text)))]),
    ...(hint === undefined ? [] : [`${paint('hint:', kleur.bold)} ${printable(hint)}`]),
  ].join('\n');
}

function excerptLines({ line, excerpt }: ShownFinding, width: number): readonly string[] {
  if (excerpt === undefined || line === undefined || excerpt.text.trim() === '') return [];
  const number = String(line).padStart(4);
  const room = Math.max(LEAST_WIDTH, width - number.length - 4);
  const { at = 0, length = 0 } = excerpt.mark ?? {};
  // The part that is meant is shown with a little of what stands before it.
  const from = at + Math.min(length, 20) <= room - 1 ? 0 : at - Math.floor(room / 3);
  const before = (from > 0 ? '…' : '') + visible(excerpt.text.slice(from, at));
  const after = visible(excerpt.text.slice(at, from + room * 2));
  const shown = cut(before + after, room);
  const source = `${number} | ${shown}`;
  if (excerpt.mark === undefined) return [source];
  const indent = ' '.repeat(columns(before));
  const marked = columns(visible(excerpt.text.slice(at, at + length)));
  const carets = '^'.repeat(Math.max(1, Math.min(marked, room - columns(before))));
  return [source, `${' '.repeat(number.length)} | ${indent}${carets}`];
}

/** One line; a tab takes as much room as four blanks, whatever the terminal makes of tabs. */
function visible(text: string): string {
  return printable(text.replaceAll('\t', '    '));
}

function cut(text: string, room: number): string {
  const fits = text.length <= room && columns(text) <= room;
  if (fits) return text;
  let shown = '';
  let used = 0;
  for (const letter of text) {
    used += columns(letter);
    if (used > room - 1) break;
    shown += letter;
  }
  return `${shown}…`;
}

function columns(text: string): number {
  return [...text].length + (text.match(WIDE)?.length ?? 0);
}
