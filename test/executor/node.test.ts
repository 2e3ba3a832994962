import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import type { Json } from '../../src/model/json.js';
import type { Target } from '../../src/model/target.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe } from '../support/execution.js';

const executor = createExecutor();
const place = mkdtempSync(join(tmpdir(), 'supertask-node-'));

afterEach(expectNoSurvivors);
afterAll(() => rmSync(place, { recursive: true }));

async function run(target: Target, changes: Parameters<typeof observe>[2] = {}) {
  const { outcome, stdout, stderr } = await observe(executor, target, { cwd: place, ...changes }).result();
  return { outcome, stdout: String(stdout), stderr: String(stderr) };
}

function file(name: string, text: string, kwargs: Record<string, Json> = {}, args: Json[] = []): Target {
  mkdirSync(dirname(join(place, name)), { recursive: true });
  writeFileSync(join(place, name), text);
  return { kind: 'node-file', path: name, func: undefined, words: ['w'], call: { args, kwargs } };
}

describe('a Node snippet', () => {
  it.each([
    ['console.log(await Promise.resolve(1), typeof require("fs").statSync)', '1 function\n'],
    ['import { sep } from "node:path"; console.log(sep, process.argv.slice(2))', "/ [ 'a b', '-c' ]\n"],
    ['console.log(task.job, task.namespace, task.attempt, task.trigger)', 'job tests 1 once\n'],
    ['console.log(task.scheduledAt.toISOString(), task.elapsed >= 0)', '2026-01-02T03:04:05.678Z true\n'],
    ['const task = 1; console.log(task, "ü😀", `\n`.length)', '1 ü😀 1\n'],
  ])('%s', async (code, expected) => {
    const result = await run(parseTarget(`node:${code}`, ['a b', '-c']));
    expect(result).toEqual({ outcome: { status: 'succeeded', exitCode: 0 }, stdout: expected, stderr: '' });
  });

  it('leaves the processes it forks alone', async () => {
    writeFileSync(join(place, 'child.cjs'), 'console.log("child", process.execArgv.length)');
    const code = 'import { fork } from "node:child_process"; fork("./child.cjs")';
    expect((await run(parseTarget(`node:${code}`))).stdout).toBe('child 0\n');
  });

  it('fails when it throws, at the line of the author', async () => {
    const { outcome, stderr } = await run(parseTarget('node:\nthrow new Error("no")'));
    expect(outcome).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 1 });
    expect(stderr).toMatch(/\[eval1\]:2\b/);
  });
});

describe('a module', () => {
  const call = '(...all) { console.log(JSON.stringify(all), process.argv.slice(2)); }';

  it.each([
    ['default.mjs', `export default async function ${call}`],
    ['named.mjs', `export function run${call}`],
    ['listed.mjs', `function run${call}\nexport { run };`],
    ['exports.cjs', `module.exports = function ${call}`],
    ['run.cjs', `exports.run = function ${call}`],
    ['types.ts', `export default function (...all: Json[]): void ${call.slice(8)}\ntype Json = unknown;`],
    ['types.mts', `export const run = (...all: unknown[]): void => ${call.slice(8)}`],
    ['types.cts', `module.exports = (...all: unknown[]): void => ${call.slice(8)}`],
  ])('%s is called with its arguments', async (name, text) => {
    const { outcome, stdout, stderr } = await run(file(name, text, { a: 1 }, ['x', null]));
    expect({ stdout, stderr }).toEqual({ stdout: `["x",null,{"a":1}] [ 'w' ]\n`, stderr: '' });
    expect(outcome).toEqual({ status: 'succeeded', exitCode: 0 });
  });

  it.each([
    ['script.mjs', 'console.log(process.argv.slice(2))'],
    ['guarded.cjs', 'module.exports = {}; if (require.main === module) console.log(process.argv.slice(2))'],
    ['script.ts', 'const words: string[] = process.argv.slice(2); console.log(words)'],
    ['esm/script.ts', 'import { argv } from "node:process"; console.log(argv.slice(2) satisfies string[])'],
  ])('%s offers no function and is executed', async (name, text) => {
    expect(await run(file(name, text))).toMatchObject({ stdout: "[ 'w' ]\n", stderr: '' });
  });

  it('may import other TypeScript files', async () => {
    file('other.ts', 'export const name: string = "other";');
    const text = 'import { name } from "./other.ts";\nexport default (): void => console.log(name);';
    expect((await run(file('importer.ts', text))).stdout).toBe('other\n');
  });

  it.each([
    ['enum.ts', '\nenum A {X}\n', 2, 'TypeScript enum is not supported', 'enum A {X}\n^'],
    [
      'equals.cts',
      'import fs = require("fs");',
      1,
      'TypeScript import equals',
      'import fs = require("fs");\n^',
    ],
    ['called.ts', 'export default () => 1;\nenum A {X}', 2, 'TypeScript enum is not', 'enum A {X}\n^'],
    ['wrong.ts', 'const a: = 3;', 1, 'Unexpected token', 'const a: = 3;\n         ^'],
  ])(
    '%s is refused with its place, and not with what found it',
    async (name, text, line, message, excerpt) => {
      const { outcome, stderr } = await run(file(name, text));
      expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 });
      // A Node that leaves types out by itself says it in a way of its own.
      expect(stderr).toContain(`${place}/${name}:${line}`);
      expect(stderr).toContain(message);
      expect(stderr).toContain(excerpt);
      expect(stderr).not.toContain('data:');
      expect(stderr.length).toBeLessThan(2_000);
    },
  );

  it('says that it has no such function', async () => {
    const target = { ...file('one.mjs', 'export const run = 1;'), func: 'other' } as Target;
    const { outcome, stderr } = await run(target);
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 });
    expect(stderr).toBe(`supertask: ${place}/one.mjs exports no function other\n`);
  });

  it('refuses options that nothing takes', async () => {
    const { outcome } = await run(file('plain.mjs', 'console.log(1)', { a: 1 }));
    expect(outcome).toMatchObject({ status: 'errored', reason: 'spawn' });
  });
});
