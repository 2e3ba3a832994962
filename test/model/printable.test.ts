import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrintableStream, printable, printableOutput } from '../../src/model/printable.ts';

const ESC = '\u001b';
const BEL = '\u0007';

/** What a program, a name or a path may hold to harm whoever looks at it. */
const CORPUS: readonly (readonly [string, string])[] = [
  ['a title', `${ESC}]0;pwned${BEL}x`],
  ['a title that ends by ST', `${ESC}]2;pwned${ESC}\\x`],
  ['a title in C1', '\u009d0;pwned\u009cx'],
  ['a title without an end', `${ESC}]0;x\nnext line`],
  ['a link, OSC 8', `${ESC}]8;;https://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`],
  ['the clipboard, OSC 52', `${ESC}]52;c;cm0gLXJmIC8=${BEL}`],
  ['a question whose answer is typed, DCS', `${ESC}P$q"p${ESC}\\`],
  ['sixels', `${ESC}Pq#0;2;0;0;0\n~-\n${ESC}\\`],
  ['an APC, a PM and an SOS', `${ESC}_x${ESC}\\${ESC}^x${ESC}\\${ESC}Xx${ESC}\\`],
  ['the cursor', `safe${ESC}[1A${ESC}[2K${ESC}[1;1Hfake`],
  ['a cleared screen', `${ESC}[2J${ESC}[3J${ESC}c`],
  ['the other screen', `${ESC}[?1049h${ESC}[?25l`],
  ['what the terminal types itself', `${ESC}[6n${ESC}[c${ESC}[>c${ESC}Z`],
  ['a sequence in C1', '\u009b2J'],
  ['other letters', `${ESC}(0lqqk${ESC}(B\u000e\u000f`],
  ['half a sequence', `x${ESC}`],
  ['half a CSI', `x${ESC}[12;`],
  ['a sequence in a sequence', `${ESC}[${ESC}[2J`],
  ['an overwritten line', 'rm -rf /\rls       '],
  ['letters taken back', `rm${'\b'.repeat(2)}ls`],
  ['a bell and a NUL', `${BEL}\0`],
  ['text that runs backwards', 'evil\u202egpj.exe\u202c'],
  ['an isolate', '\u2066x\u2069\u2067x\u2069'],
  ['lines that are none', 'a\u0085b\u000bc\u000cd'],
  ['delete', 'x\u007f'],
];

// Everything but tabs, line breaks and colours.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function shown(bytes: readonly Uint8Array[]): string {
  const stream = createPrintableStream();
  return bytes.map((each) => stream.push(each)).join('') + stream.end();
}

function harmless(text: string): boolean {
  return !HARMFUL.test(text.replace(/\u001b\[[0-9;:]*m/g, ''));
}

describe('on a terminal', () => {
  it.each(CORPUS)('%s does no harm in a name', (_, text) => {
    expect(printable(text)).not.toMatch(
      /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
    );
  });

  it.each(CORPUS)('%s does no harm in output', (_, text) => {
    expect(harmless(printableOutput(text))).toBe(true);
  });

  it.each(CORPUS)('%s does no harm in output that is cut anywhere', (_, text) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at++) {
      const cut = shown([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(harmless(cut)).toBe(true);
      expect(cut).toBe(printableOutput(text));
    }
  });

  it('nothing does, whatever it is made of', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ESC,
        BEL,
        '\r',
        '\n',
        '[',
        ']',
        'P',
        '\\',
        ';',
        '0',
        'm',
        'H',
        '\u009b',
        '\u009c',
        '\u202e',
        'ü',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(harmless(shown(pieces.map((each) => Buffer.from(each))))).toBe(true);
        expect(harmless(shown([Buffer.from(pieces.join(''), 'latin1')]))).toBe(true);
      }),
    );
  });
});

describe('output on a terminal keeps', () => {
  it.each([
    ['colours', `${ESC}[1;31mred${ESC}[0m ${ESC}[38:2::1:2:3mexact${ESC}[m`],
    ['tabs and lines', 'a\tb\nc\n'],
    ['letters of every script', 'für naïve 日本語 עברית 👩‍👩‍👧'],
  ])('%s', (_, text) => expect(printableOutput(text)).toBe(text));

  it('the end of lines as Windows writes them, cut or not', () => {
    expect(shown([Buffer.from('a\r'), Buffer.from('\nb\r\n')])).toBe('a\nb\n');
  });

  it('letters that are cut', () => {
    const bytes = Buffer.from('für 日本語 👩\n');
    expect(shown([...bytes].map((byte) => Uint8Array.of(byte)))).toBe(bytes.toString());
  });

  it('what follows a sequence that has no end', () => {
    expect(printableOutput(`${ESC}]0;oops\nthe rest\n`)).toBe('0;oops\nthe rest\n');
  });

  it('a place for bytes that are no letters', () => {
    expect(shown([Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82])])).toBe('a\ufffd\ufffd(\ufffd');
  });
});

it.each([
  ['a\nb\tc', 'a\\nb\\tc'],
  [`${ESC}[31m`, '\\x1b[31m'],
  ['a\u202eb\u2028c', 'a\\u202eb\\u2028c'],
])('%j is shown as %s in a table', (text, expected) => expect(printable(text)).toBe(expected));
