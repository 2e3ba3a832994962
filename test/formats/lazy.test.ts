import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parseTimetableLazily } from '../../src/formats/lazy.js';

const FORMATS = join(import.meta.dirname, '../../src/formats');

/** All that a file imports when it is loaded, at any remove; types do not count. */
function loads(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const statement = /^(?:import|export)\s(?!type\s)[^;]*?from '([^']+)'/gm;
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(statement)) {
    const path = from.startsWith('.') ? join(dirname(file), from.replace(/\.js$/, '.ts')) : from;
    if (seen.has(path)) continue;
    seen.add(path);
    if (from.startsWith('.')) loads(path, seen);
  }
  return seen;
}

it.each([
  ['yaml.ts', ['yaml'], ['smol-toml']],
  ['json.ts', [], ['yaml', 'smol-toml']],
  ['python.ts', ['smol-toml'], ['yaml']],
  ['lazy.ts', [], ['yaml', 'smol-toml', join(FORMATS, 'document.ts')]],
])('%s loads %j and not %j', (file, needed, others) => {
  const loaded = loads(join(FORMATS, file));
  expect(needed.filter((name) => !loaded.has(name))).toEqual([]);
  expect(others.filter((name) => loaded.has(name))).toEqual([]);
});

it.each([
  ['week.yaml', 'tasks: {a: {run: x}}'],
  ['week.json', '{"tasks": {"a": {"run": "x"}}}'],
  ['a.py', 'print(1)'],
])('reads %s', async (file, text) => {
  expect((await parseTimetableLazily(text, { file })).tasks).toMatchObject([{ id: 'a' }]);
});
