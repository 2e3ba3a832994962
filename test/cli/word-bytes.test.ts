/** Words, variables and directories that are not UTF-8: they are refused, since Node would hand on others. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkWordBytes } from '../../src/cli/word-bytes.ts';
import { BIN, place, type Result, runCli, startCommand } from '../support/cli.ts';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** What is said of words that the system gives as these bytes. */
function saidOf(...words: readonly Buffer[]): unknown {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-words-'));
  directories.push(directory);
  const file = join(directory, 'cmdline');
  const all = [Buffer.from('node'), Buffer.from('supertask.cjs'), ...words];
  writeFileSync(file, Buffer.concat(all.flatMap((word) => [word, Buffer.of(0)])));
  try {
    return checkWordBytes(words.map(String), file);
  } catch (error) {
    return error;
  }
}

const text = (word: string): Buffer => Buffer.from(word);
const latin = (word: string): Buffer => Buffer.from(word, 'latin1');

describe('a word that is not UTF-8', () => {
  it.each([
    [
      'with its number',
      [text('logs'), latin('caf\xe9')],
      'word 2 after supertask is',
      'byte 4 of it is 0xe9',
    ],
    ['with its flag', [text('run'), latin('--cwd=caf\xe9')], 'word 2 after supertask (--cwd) is', 'byte 10'],
    [
      'after its flag',
      [text('run'), text('-e'), latin('A=\xff')],
      'word 3 after supertask (after -e) is',
      'byte 3',
    ],
    [
      'behind the flags',
      [text('run'), text('--'), text('-x'), latin('\xfc')],
      'word 4 after supertask is',
      '0xfc',
    ],
    ['behind empty ones', [text(''), text(''), latin('\xfc')], 'word 3 after', 'byte 1 of it is 0xfc'],
    [
      'behind letters of several bytes',
      [text('\ufffdü'), Buffer.concat([text('\ufffdü'), latin('\xfc')])],
      'word 2',
      'byte 6',
    ],
    ['cut within a letter', [text('😀').subarray(0, 3)], 'word 1', 'byte 1 of it is 0xf0'],
  ])('is named %s', (_, words, place, byte) => {
    expect(saidOf(...words)).toMatchObject({ code: 'USAGE', message: expect.stringContaining(place) });
    expect(saidOf(...words)).toMatchObject({ message: expect.stringContaining(byte) });
  });

  it('is not repeated: it may be a secret', () => {
    const { message, hint } = saidOf(text('run'), text('-e'), latin('TOKEN=hunter2-\xfc')) as Record<
      string,
      string
    >;
    expect(`${message} ${hint}`).not.toContain('hunter2');
  });

  it.each([
    ['somebody wrote U+FFFD', saidOf(text('\ufffd'), text('a'))],
    ['nothing can be told', checkWordBytes(['\ufffd'], '/gone/cmdline')],
  ])('is none where %s', (_, said) => {
    expect(said).toBeUndefined();
  });
});

/** Run with what `printf` makes of the last word behind the others. */
function runBytes(...args: string[]): Promise<Result> {
  const line = 'last=$(printf -- "$1"); shift; exec "$@" "$last"';
  return startCommand(['sh', '-c', line, 'sh', args.pop() ?? '', process.execPath, BIN, ...args]).exit;
}

describe('the program', () => {
  it.each([
    [['run', '--', 'cmd:echo caf\\351'], 'word 3 after supertask is not UTF-8'],
    [['run', '--cwd', 'caf\\351'], 'word 3 after supertask (after --cwd) is'],
    [['run', '--env=A=caf\\351'], 'word 2 after supertask (--env) is'],
    [['logs', 'caf\\351'], 'word 2 after supertask is'],
  ])('refuses %j', async (args, message) => {
    const { stdout, stderr, exitCode } = await runBytes(...args);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^error: .* \[USAGE\]\nhint: Write it in UTF-8\. .*\n$/);
    expect(stderr).toContain(message);
  });

  it('takes U+FFFD for what it is', async () => {
    expect(await runCli(['run', '--', 'cmd:printf', '%s', '\ufffd'])).toMatchObject({
      stdout: '\ufffd',
      exitCode: 0,
    });
  });

  it('runs nothing in a directory whose name is not UTF-8, and says where', async () => {
    mkdirSync(Buffer.concat([text(`${place().work}/`), latin('caf\xe9')]));
    const line = 'cd caf* && exec "$@"';
    const { stderr, exitCode } = await startCommand([
      'sh',
      '-c',
      line,
      'sh',
      process.execPath,
      BIN,
      'run',
      '--',
      'cmd:true',
    ]).exit;
    expect(stderr).toMatch(/the working directory .*caf\ufffd does not exist/);
    expect(exitCode).toBe(125);
  });
});
