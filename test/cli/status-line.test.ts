/** The last line without a terminal: what is written of it, and when. */
import { afterEach, describe, expect, it } from 'vitest';
import { createStatusLine, type StatusLine } from '../../src/cli/status-line.ts';
import { isForegroundStat } from '../../src/cli/terminal-group.ts';
import type { Status } from '../../src/model/status-text.ts';

const STATUS: Status = {
  now: new Date(0),
  next: undefined,
  running: [],
  tally: { succeeded: 2, failed: 0, skipped: 0, missed: 0 },
};
const SHOWN = 'nothing more is due · 2 ok';
const ERASE = '\r\u001b[K';

let line: StatusLine | undefined;
afterEach(() => line?.hide());

function shell(begin: 'foreground' | 'background') {
  const terminal = { place: begin, written: [] as string[] };
  const { written } = terminal;
  line = createStatusLine({
    write: (_, bytes) => void written.push(String(bytes)),
    isBehind: () => false,
    isTerminal: () => true,
    isInForeground: () => terminal.place === 'foreground',
    columns: () => 80,
    color: false,
  });
  return { terminal, written, line };
}

describe('the status line', () => {
  it('makes way for output, and comes back', async () => {
    const { written, line } = shell('foreground');
    line.show(() => STATUS);
    void line.write('stdout', 'output\n');
    await expect.poll(() => written).toEqual([SHOWN, ERASE, 'output\n', SHOWN]);
  });

  it('draws and erases nothing in the background, where output is printed all the same', async () => {
    const { written, line } = shell('background');
    line.show(() => STATUS);
    void line.write('stdout', 'output\n');
    line.hide();
    expect(written).toEqual(['output\n']);
  });

  it('leaves alone what it drew before it was put into the background', () => {
    const { terminal, written, line } = shell('foreground');
    line.show(() => STATUS);
    terminal.place = 'background';
    void line.write('stdout', 'output');
    terminal.place = 'foreground';
    line.hide();
    expect(written).toEqual([SHOWN, 'output']);
  });

  it('is there again in the foreground, whatever had been printed before', async () => {
    const { terminal, written, line } = shell('background');
    line.show(() => STATUS);
    void line.write('stdout', 'no end of line');
    let looks = 0;
    Object.defineProperty(terminal, 'place', { get: () => (++looks > 1 ? 'foreground' : 'background') });
    await expect.poll(() => written, { timeout: 5_000 }).toEqual(['no end of line', SHOWN]);
  });
});

describe('the terminal', () => {
  it.each([
    ['in the foreground', '7 (node) R 6 7 5 34816 7 4194304 1', true],
    ['in the background', '7 (node) R 6 7 5 34816 5 4194304 1', false],
    ['of a name like a line', '7 (a) R 1 1 1 1 1) R 6 7 5 34816 5 0 1', false],
    ['that there is none of', '7 (node) R 6 7 5 0 -1 4194304 1', true],
    ['of a line that cannot be read', '', true],
  ])('is ours: %s', (_, stat, expected) => {
    expect(isForegroundStat(stat)).toBe(expected);
  });
});
