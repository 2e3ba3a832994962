/** A terminal taken over for a page, and given back whatever happens. */
import { decodeKeys } from './key.js';
import type { Size } from './screen.js';

export type Terminal = {
  size(): Size;
  /** Show lines from the top left on; nothing that changes flickers. */
  draw(lines: readonly string[]): void;
  /** Give it back for good; may be called again. */
  restore(): void;
};

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** Before a line, not after it: at the right edge it would take the last character. */
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
/** Whoever is stopped is stopped by then, and whoever was not is not going to be. */
const STOPPED_WITHIN_MS = 100;

/**
 * Take the terminal over: the other screen, no cursor, keys as they are pressed.
 *
 * @param listen.resized - Also called when the page comes back after Ctrl-Z.
 */
export function takeTerminal(listen: {
  readonly pressed: (key: string) => void;
  readonly resized: () => void;
  /** There is no terminal any more. */
  readonly closed: () => void;
}): Terminal {
  const { stdin, stdout } = process;
  let isTaken = false;
  let isOver = false;
  let waiting: NodeJS.Timeout | undefined;
  let drawn = '';

  const take = (): void => {
    isTaken = true;
    drawn = '';
    stdin.setRawMode(true);
    stdin.resume();
    stdout.write(ENTER);
  };
  const giveBack = (): void => {
    if (!isTaken) return;
    isTaken = false;
    stdout.write(LEAVE);
    stdin.setRawMode(false);
    stdin.pause();
  };
  const comeBack = (): void => {
    clearTimeout(waiting);
    process.off('SIGCONT', comeBack);
    if (isOver) return;
    take();
    listen.resized();
  };
  const suspend = (): void => {
    giveBack();
    process.on('SIGCONT', comeBack);
    // Where no shell could continue us, as in a window of our own, the system leaves us going.
    waiting = setTimeout(comeBack, STOPPED_WITHIN_MS);
    // The whole job, as the terminal does it: a shell waits for a script or npx that we were started by, too.
    process.kill(0, 'SIGTSTP');
  };
  const restore = (): void => {
    isOver = true;
    giveBack();
  };

  stdin.setEncoding('utf8');
  stdin.on('data', (text: string) => {
    for (const key of decodeKeys(text)) {
      if (key === 'ctrl-z') suspend();
      else listen.pressed(key);
    }
  });
  stdin.on('end', listen.closed);
  stdin.on('error', listen.closed);
  stdout.on('error', listen.closed);
  stdout.on('resize', () => {
    drawn = '';
    listen.resized();
  });
  process.on('exit', restore);
  take();
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    draw(lines) {
      const text = `${HOME}${lines.map((line) => `${ERASE_LINE}${line}`).join('\r\n')}${ERASE_BELOW}`;
      if (!isTaken || text === drawn) return;
      drawn = text;
      stdout.write(text);
    },
    restore,
  };
}
