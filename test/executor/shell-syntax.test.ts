import { expect, it } from 'vitest';
import { shellArgv } from '../../src/executor/shell.js';
import { findSyntaxErrors } from '../../src/executor/shell-syntax.js';
import { askTool } from '../../src/executor/tool.js';

const GOOD = [
  'echo hello',
  '# nothing but a comment',
  'cat <<EOF\nx "\nEOF',
  'echo \'a "b\' "c \'d"',
  'echo a \\',
  'if true; then echo; fi',
  'case x in x) echo;; esac',
  'exit 3',
  '- x',
];
const BAD = [
  'echo "a',
  "echo 'a",
  'echo $(',
  'if true; then',
  'if true; fi',
  'fi',
  '}',
  '{ echo',
  '( echo',
  'echo )',
  'a | | b',
  'echo "b',
  'for x in; do',
  ';;',
];

it('finds the lines that the shell itself cannot read, also beside others that are left open', async () => {
  const lines = [...GOOD, ...BAD, ...GOOD, ...BAD].map((line) => ({ line, words: [] }));
  const found = await findSyntaxErrors(lines);
  expect([...found.keys()].map((index) => lines[index]?.line)).toEqual([...BAD, ...BAD]);
  expect(found.get(GOOD.length)).toMatch(/quot|EOF/i);
});

it.each([...GOOD, ...BAD])('agrees with sh about %j alone', async (line) => {
  const { args } = shellArgv(line, []);
  const { exitCode } = await askTool('/bin/sh', ['-n', ...args], { env: process.env, timeoutMs: 10_000 });
  const found = await findSyntaxErrors([{ line, words: [] }]);
  expect(found.size === 0).toBe(exitCode === 0);
});

it('reads many lines, and knows them by their place', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => ({
    line: index === 777 ? 'echo (' : `echo ${index}`,
    words: ['x'],
  }));
  expect([...(await findSyntaxErrors(lines)).keys()]).toEqual([777]);
});

it('runs nothing', async () => {
  const marker = `/tmp/supertask-was-run-${process.pid}`;
  await findSyntaxErrors([
    { line: `touch ${marker}`, words: [] },
    { line: `touch ${marker}; (`, words: [] },
  ]);
  const { exitCode } = await askTool('test', ['-e', marker], { env: process.env, timeoutMs: 10_000 });
  expect(exitCode).toBe(1);
});
