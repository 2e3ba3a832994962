/** What a run has written, as lines: of both streams in the order in which they began. Pure. */

export type Stream = 'stdout' | 'stderr';

/** A piece of output as it was read. */
export type Piece = {
  readonly stream: Stream;
  readonly text?: string;
  /** In place of `text`, where the bytes are no text. */
  readonly base64?: string;
  /** When it was read. */
  readonly at?: string | null;
  /** Number or name, where the run has several. */
  readonly step?: number | string | null;
};

export type Line = {
  readonly stream: Stream;
  readonly at: string | undefined;
  readonly step: number | string | undefined;
  /** Without control characters, but with escape sequences of colours, also those that were on before it. */
  text: string;
};

export type OutputLines = {
  readonly lines: readonly Line[];
  readonly counts: Readonly<Record<Stream, number>>;
  push(pieces: readonly Piece[]): void;
};

/** A line may be longer; then it goes on as another one, because browsers take long over one of megabytes. */
const LONGEST = 4_000;
/** More colours than this are left on by nobody. */
const MOST_CARRIED = 200;

type Open = { line: Line | undefined; raw: string; colours: string };

export function createOutputLines(): OutputLines {
  const lines: Line[] = [];
  const counts = { stdout: 0, stderr: 0 };
  const open: Record<Stream, Open> = {
    stdout: { line: undefined, raw: '', colours: '' },
    stderr: { line: undefined, raw: '', colours: '' },
  };

  const begin = ({ stream, at, step }: Piece): Line => {
    const line: Line = { stream, at: at ?? undefined, step: step ?? undefined, text: '' };
    lines.push(line);
    counts[stream]++;
    return line;
  };
  const write = (piece: Piece, text: string, isWhole: boolean): void => {
    const state = open[piece.stream];
    state.line ??= begin(piece);
    state.raw += text;
    state.line.text = state.colours + visible(state.raw);
    if (!isWhole) return;
    state.colours = coloursAfter(state.colours, state.raw);
    state.line = undefined;
    state.raw = '';
  };
  const push = (piece: Piece): void => {
    const parts = textOf(piece).split('\n');
    const rest = parts.pop() ?? '';
    for (const part of parts) writeLong(piece, part, true);
    if (rest !== '') writeLong(piece, rest, false);
  };
  const writeLong = (piece: Piece, text: string, isWhole: boolean): void => {
    let from = 0;
    for (;;) {
      const room = LONGEST - open[piece.stream].raw.length;
      if (text.length - from <= room) break;
      write(piece, text.slice(from, from + room), true);
      from += room;
    }
    write(piece, text.slice(from), isWhole);
  };
  return {
    lines,
    counts,
    push(pieces) {
      for (const piece of pieces) push(piece);
    },
  };
}

/** What is no text in UTF-8 is shown as far as it is. */
function textOf({ text, base64 = '' }: Piece): string {
  if (text !== undefined) return text;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

const COLOUR = /\x1b\[[\d;:]*m/g;
/** Titles and links of terminals, cursor movements, and the like: nothing that a page could do. */
const OTHER_SEQUENCE =
  /\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|\[[\d;:?<=>!]*[ -/]*[@-ln-~]|[()*+#%][\x20-~]|[=>78cDEHMNOZ])/g;
const CONTROL = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;

/** What a terminal would show of a line: what was written over by a carriage return is gone. */
function visible(raw: string): string {
  if (!/[\x00-\x08\x0b-\x1f\x7f]/.test(raw)) return raw;
  const line = raw.replace(/\r+$/, '');
  const from = line.lastIndexOf('\r') + 1;
  const before = from === 0 ? '' : (line.slice(0, from).match(COLOUR) ?? []).join('');
  return before + line.slice(from).replace(OTHER_SEQUENCE, '').replace(CONTROL, '');
}

/** The sequences that are still in force after a line. */
function coloursAfter(before: string, raw: string): string {
  const found = raw.match(COLOUR);
  if (found === null) return before;
  const all = before + found.join('');
  const reset = Math.max(all.lastIndexOf('\x1b[0m') + 4, all.lastIndexOf('\x1b[m') + 3);
  const isReset = all.includes('\x1b[0m') || all.includes('\x1b[m');
  const carried = isReset ? all.slice(reset) : all;
  return carried.length > MOST_CARRIED ? '' : carried;
}
