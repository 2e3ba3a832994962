import { describe, expect, it } from 'vitest';
import { createOutputLines, type Piece } from '../../../../src/web/page/run/output-lines.js';

function linesOf(...pieces: readonly Piece[]): string[] {
  const output = createOutputLines();
  output.push(pieces);
  return output.lines.map(({ stream, text }) => `${stream}: ${text}`);
}

const out = (text: string): Piece => ({ stream: 'stdout', text });
const err = (text: string): Piece => ({ stream: 'stderr', text });

describe('the lines of an output', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\n\nb', ['a', '', 'b']],
    ['10 %\r20 %\r30 %\n', ['30 %']],
    ['windows\r\n', ['windows']],
    ['\x1b]0;title\x07named\n', ['named']],
    ['up\x1b[2Aand away\x1b[K\n', ['upand away']],
    ['bell\x07\x00 nul\n', ['bell nul']],
    ['tab\there\n', ['tab\there']],
    ['\x1b[31mred\nstill\x1b[0m not\nplain\n', ['\x1b[31mred', '\x1b[31mstill\x1b[0m not', 'plain']],
    ['\x1b[1m\x1b[32mok\x1b[m\nplain\n', ['\x1b[1m\x1b[32mok\x1b[m', 'plain']],
  ])('of %j are as a terminal would show them', (text, expected) => {
    expect(linesOf(out(text))).toEqual(expected.map((line) => `stdout: ${line}`));
  });

  it('come together from pieces, each stream with its own open line', () => {
    expect(linesOf(out('one '), err('warning: '), out('line\n'), err('late\n'))).toEqual([
      'stdout: one line',
      'stderr: warning: late',
    ]);
  });

  it('keep the colours of one stream from the other', () => {
    expect(linesOf(err('\x1b[31mbad\n'), out('good\n'), err('worse\n'))).toEqual([
      'stderr: \x1b[31mbad',
      'stdout: good',
      'stderr: \x1b[31mworse',
    ]);
  });

  it('are the same however they were cut', () => {
    const text = '\x1b[31mred\nstill\r\nover\rwritten\x1b[0m\n\nend';
    const whole = linesOf(out(text));
    for (let at = 1; at < text.length; at++)
      expect(linesOf(out(text.slice(0, at)), out(text.slice(at)))).toEqual(whole);
  });

  it('go on as another line when they are very long', () => {
    const output = createOutputLines();
    output.push([out(`${'x'.repeat(9_000)}\nend\n`)]);
    expect(output.lines.map(({ text }) => text.length)).toEqual([4_000, 4_000, 1_000, 3]);
    expect(output.counts).toEqual({ stdout: 4, stderr: 0 });
  });
});
