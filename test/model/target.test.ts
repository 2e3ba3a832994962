import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SupertaskError } from '../../src/errors.js';
import { formatTarget, NO_CALL, quoteWord, type Target } from '../../src/model/target.js';
import { parseExec, splitWords } from '../../src/model/target-scheme.js';
import { parseTarget } from '../../src/model/target-text.js';

const file = (kind: 'python-file' | 'node-file', path: string, func?: string) => ({
  kind,
  path,
  func,
  words: [],
  call: NO_CALL,
});

describe('a target', () => {
  it.each<[string, string[], object]>([
    ['cmd:echo "a  b"', [], { kind: 'cmd', line: 'echo "a  b"', words: [] }],
    ['cmd:echo', ['a  b', '$HOME'], { kind: 'cmd', line: 'echo', words: ['a  b', '$HOME'] }],
    ['pg_dump app > app.sql', [], { kind: 'cmd', line: 'pg_dump app > app.sql', words: [] }],
    ['FOO=a:b ./run', [], { kind: 'cmd', line: 'FOO=a:b ./run', words: [] }],
    ['exec:printf "%s\\n"', ['x y'], { kind: 'exec', program: 'printf', words: ['%s\\n', 'x y'] }],
    ['exec:', ['date'], { kind: 'exec', program: 'date', words: [] }],
    ['python:print("a:b")', ['w'], { kind: 'python', code: 'print("a:b")', words: ['w'] }],
    ['python:jobs/notify.py:main', [], file('python-file', 'jobs/notify.py', 'main')],
    ['notify.py', [], file('python-file', 'notify.py')],
    ['./task.ts', [], file('node-file', './task.ts')],
    ['node:task.mjs:go', [], file('node-file', 'task.mjs', 'go')],
    ['node:console.log(1)', [], { kind: 'node', code: 'console.log(1)', words: [] }],
    ['uv:ruff check "my dir"', ['-q'], { kind: 'uv', words: ['ruff', 'check', 'my dir', '-q'] }],
    [
      "docker:alpine:3 sh -c 'echo hi'",
      [],
      { kind: 'docker', image: 'alpine:3', words: ['sh', '-c', 'echo hi'] },
    ],
  ])('%s with %j', (text, words, expected) => {
    expect(parseTarget(text, words)).toEqual(expected);
  });

  it.each([
    ['', 'the target "cmd:" is empty'],
    ['cmd:  ', 'the target "cmd:" is empty'],
    ['exec:', 'the target "exec:" is empty'],
    ['exec:""', 'there is no program to run'],
    ['ftp:file', '"ftp:" is not a known kind of target'],
    ['uv:"open', 'a " is not closed in: "open'],
    ['docker:""', '"" is not the name of an image'],
    ['docker:--privileged alpine', '"--privileged" is not the name of an image'],
    ['cmd:a\0b', 'a target contains a NUL character'],
  ])('%j is refused', (text, message) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({ code: 'TARGET_INVALID', message, hint: expect.stringMatching(/\w/) }),
    );
  });

  it('without a shell needs a program', () => {
    expect(() => parseExec([])).toThrow(SupertaskError);
    expect(() => parseExec(['a', 'b\0'])).toThrow('an argument contains a NUL character');
  });
});

describe('words', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`"a b" 'c d' e\\ f`, ['a b', 'c d', 'e f']],
    [`'' ""`, ['', '']],
    [`a"b"'c'`, ['abc']],
    [`"\\$x \\n \\""`, ['$x \\n "']],
    [`'\\n'`, ['\\n']],
    ['a \\\n b', ['a', 'b']],
    ['a\\', ['a\\']],
    ['', []],
  ])('%j are %j', (text, expected) => {
    expect(splitWords(text)).toEqual(expected);
  });

  it('are read back as they were quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });
});

describe('the text of a target', () => {
  it.each<[Target]>([
    [{ kind: 'cmd', line: 'echo "a b" > c', words: [] }],
    [{ kind: 'exec', program: 'printf', words: ['%s\n', "it's", ''] }],
    [{ kind: 'python', code: 'print(1)', words: [] }],
    [{ kind: 'uv', words: ['ruff', 'my dir'] }],
    [{ kind: 'docker', image: 'alpine:3', words: ['echo', 'a b'] }],
    [{ kind: 'node', code: 'await 1', words: [] }],
    [{ ...file('python-file', 'a.py', 'go'), words: [] } as Target],
    [{ ...file('node-file', 'a.ts'), words: [] } as Target],
  ])('%j names it again', (target) => {
    expect(parseTarget(formatTarget(target))).toEqual(target);
  });

  it('shows words so that a shell reads them as they are', () => {
    expect(formatTarget({ kind: 'cmd', line: 'echo', words: ['a b', '$x'] })).toBe("cmd:echo 'a b' '$x'");
    expect(formatTarget({ kind: 'python-entrypoint', entrypoint: 'a.b:c', call: NO_CALL })).toBe(
      'python:a.b:c',
    );
  });
});
