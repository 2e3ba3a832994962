import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createChunkLoader } from '../../src/cli/chunk.ts';
import type { CodeCache } from '../../src/cli/code-cache.ts';
import { place } from '../support/cli.ts';

const MAIN = `
const { basename } = require('node:path');
exports.names = [basename(__filename), basename(__dirname)];
exports.later = () => Promise.resolve().then(() => require('./cold.cjs'));
exports.module = (name) => nodeImport(name);
`;

/** What `MAIN` exports. */
type Main = {
  readonly names: readonly string[];
  later(): Promise<{ readonly answer: number; readonly main: Main }>;
  module(name: string): Promise<{ readonly mine: string }>;
};

/** Two chunks on disk, and a cache in memory which tells what was kept in it. */
function rig() {
  const directory = place().work;
  const write = (name: string, code: string): void => {
    const parameters = 'exports, require, module, __filename, __dirname, nodeImport';
    writeFileSync(join(directory, name), `(function (${parameters}) {${code}})`);
  };
  write('main.cjs', MAIN);
  write('cold.cjs', 'exports.answer = 42; exports.main = require("./main.cjs");');
  const kept = new Map<string, Buffer>();
  const written: string[] = [];
  const cache: CodeCache = {
    read: (name) => kept.get(name),
    write: (name, code) => {
      written.push(name);
      kept.set(name, code);
    },
  };
  const start = () => {
    const nodeImport = (specifier: string) => import(specifier);
    const loader = createChunkLoader(directory, createRequire(import.meta.url), nodeImport, cache);
    return { main: loader.load('main.cjs') as Main, keep: loader.keep };
  };
  return { directory, kept, written, start };
}

it('runs a chunk as a CommonJS module', () => {
  const { start } = rig();
  expect(start().main.names).toEqual(['main.cjs', 'work']);
});

it('loads a cold chunk when it is asked for, and each chunk once', async () => {
  const { start } = rig();
  const { main } = start();
  const cold = await main.later();
  expect([cold.answer, cold.main === main, (await main.later()) === cold]).toEqual([42, true, true]);
});

it('keeps the code of chunks that ran, and needs it only once', async () => {
  const { start, written } = rig();
  const first = start();
  first.keep();
  expect(written).toEqual(['main.cjs']);
  const second = start();
  await second.main.later();
  second.keep();
  expect(written).toEqual(['main.cjs', 'cold.cjs']);
});

it('imports modules, with fresh code and with kept code', async () => {
  const { directory, start } = rig();
  writeFileSync(join(directory, 'user.mjs'), 'export const mine = import.meta.url;');
  for (const { main, keep } of [start(), start()]) {
    expect((await main.module(join(directory, 'user.mjs'))).mine).toContain('user.mjs');
    keep();
  }
});

it.each([
  ['noise', Buffer.from('this is not what V8 compiled')],
  ['nothing', Buffer.alloc(0)],
])('survives %s in the cache, and mends it', (_, noise) => {
  const { start, kept, written } = rig();
  kept.set('main.cjs', noise);
  const { main, keep } = start();
  keep();
  expect([main.names[0], written, kept.get('main.cjs')?.equals(noise)]).toEqual([
    'main.cjs',
    ['main.cjs'],
    false,
  ]);
});

it('survives half a file in the cache', () => {
  const { start, kept } = rig();
  start().keep();
  kept.set('main.cjs', kept.get('main.cjs')?.subarray(0, 200) ?? Buffer.alloc(0));
  expect(start().main.names).toEqual(['main.cjs', 'work']);
});

it('names file, line and column as they are in the chunk', () => {
  const { directory, start } = rig();
  writeFileSync(join(directory, 'main.cjs'), 'throw new Error("planted")');
  expect(start).toThrow(expect.objectContaining({ stack: expect.stringContaining('main.cjs:1:7') }));
});
