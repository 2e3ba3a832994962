import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendWords, shellArgv } from '../../src/executor/shell.js';

/** What the shell itself makes of a line and its words: both streams, and whether it was content. */
function outputOf(line: string, words: readonly string[]): string {
  const { program, args } = shellArgv(line, words);
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  return stdout + stderr + (status === 0 ? '' : `exit ${status}`);
}

describe('words after a shell line', () => {
  it.each([
    ['echo', ['a  b'], 'a  b\n'],
    ['echo fixed', ['$HOME', '`id`', ';ls'], 'fixed $HOME `id` ;ls\n'],
    ['echo "it\'s"', ["a'b"], "it's a'b\n"],
    ['printf "%s|" # each', ['a', 'b'], 'a|b|'],
    ['echo "#no comment"', ['x'], '#no comment x\n'],
    ['echo a#b', ['x'], 'a#b x\n'],
    ['echo one\n', ['two'], 'one two\n'],
    ['echo one\necho two', ['three'], 'one\ntwo three\n'],
    ['echo one;', ['two'], 'one two\n'],
    ['echo one & wait; echo two', ['three'], 'one\ntwo three\n'],
    ['echo one \\', ['two'], 'one two\n'],
    ['echo one \\\n', ['two'], 'one two\n'],
    ['echo \\\\', ['two'], '\\ two\n'],
    ['printf "%s." <<END # text\n$x\nEND\n', ['a', 'b'], 'a.b.'],
    ['echo $((1 << 2))', ['x'], '4 x\n'],
    ['printf "%s."; printf "%s," "$@"', ['a', 'b'], '.a,b,'],
    ['echo "<$2>"', ['a', 'b'], '<b>\n'],
    ["echo '$1'", ['a'], '$1 a\n'],
    ['echo "\\$1"', ['a'], '$1 a\n'],
    ['echo $#', ['a', 'b'], '2\n'],
    ['x=abc; echo $' + '{#x}', ['a'], '3 a\n'],
  ])('%j with %j', (line, words, expected) => {
    expect(outputOf(line, words)).toBe(expected);
  });

  it('stand ahead of a closing &', () => {
    expect(appendWords('serve --port 80 & # for ever')).toBe('serve --port 80  "$@" & # for ever');
    expect(appendWords('make &&')).toBe('make && "$@"');
  });

  it('arrive exactly as given', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && isEncodable(text));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('-n', '--', '"$@"', '*', '~', '')), { minLength: 1 }),
        (words) => {
          const { program, args } = shellArgv("printf '%s\\0'", words);
          const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
          expect(stdout.split('\0').slice(0, -1)).toEqual(words);
        },
      ),
    );
  });
});

/** A lone surrogate has no bytes. */
function isEncodable(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

it('takes a line that starts with a dash for a line', () => {
  expect(outputOf('-e', [])).toContain('not found');
});
