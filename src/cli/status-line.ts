/** The last line on a terminal while a schedule runs: what is due next, what is running, how it went. */
import type { Stream } from '../model/event.js';
import { type Status, statusLine } from '../model/status-text.js';

type Write = (stream: Stream, bytes: Uint8Array | string) => Promise<void> | undefined;

export type StatusLine = {
  /** In place of the plain writing: the line makes way for what is written to the terminal, and comes back. */
  readonly write: Write;
  /** Begin to show it. */
  show(look: () => Status): void;
  /** Take it away for good. */
  hide(): void;
};

/** Escape sequences of every terminal since the VT100: to the first column, and erase from there. */
const ERASE = '\r\u001b[K';
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';
const EVERY_MS = 1_000;
/** After output the line comes back once it pauses for so long. */
const PAUSE_MS = 50;
const NEWLINE = 0x0a;
const SIDES: readonly Stream[] = ['stdout', 'stderr'];

export function createStatusLine(options: {
  readonly write: Write;
  /** Whether the terminal has not taken yet what was written. */
  readonly isBehind: (stream: Stream) => boolean;
  readonly isTerminal: (stream: Stream) => boolean;
  /** Whether the terminal is ours: while it is not, nothing is drawn, and nothing erased. */
  readonly isInForeground: () => boolean;
  readonly columns: () => number;
  readonly color: boolean;
}): StatusLine {
  const { color, columns, isBehind, isInForeground, isTerminal, write } = options;
  let look: (() => Status) | undefined;
  let shown = '';
  /** A line of output that has not ended yet must not be written over. */
  let isAtLineStart = true;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    if (look === undefined) return;
    if (isOurs() && isAtLineStart && !SIDES.some((stream) => isTerminal(stream) && isBehind(stream))) {
      erase();
      shown = statusLine(look(), columns() - 1);
      void write('stderr', color ? `${DIM}${shown}${PLAIN}` : shown);
    }
    later(EVERY_MS);
  };
  /** What was shown before a shell took over is part of what it shows; it begins a line when it gives the terminal back. */
  const isOurs = (): boolean => {
    if (isInForeground()) return true;
    shown = '';
    isAtLineStart = true;
    return false;
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(draw, ms);
    timer.unref();
  };
  const erase = (): void => {
    if (shown === '' || !isOurs()) return;
    // A terminal that has become narrower has broken the line into several.
    const rows = Math.ceil(shown.length / columns());
    void write('stderr', rows > 1 ? `\r\u001b[${rows - 1}A\u001b[J` : ERASE);
    shown = '';
  };

  return {
    write(stream, bytes) {
      if (look === undefined || !isTerminal(stream) || bytes.length === 0) return write(stream, bytes);
      erase();
      isAtLineStart = typeof bytes === 'string' ? bytes.endsWith('\n') : bytes.at(-1) === NEWLINE;
      later(PAUSE_MS);
      return write(stream, bytes);
    },
    show(given) {
      look = given;
      draw();
    },
    hide() {
      clearTimeout(timer);
      erase();
      look = undefined;
    },
  };
}
