import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** Who may import what; `type:` entries may be imported as types only. CONTRIBUTING.md tells it in words. */
const ALLOWED: Record<string, readonly string[]> = {
  index: ['app', 'model', 'errors', 'formats', 'engine'],
  errors: [],
  model: ['errors', 'model'],
  formats: ['model', 'errors', 'formats'],
  engine: ['model', 'errors', 'engine', 'type:executor', 'type:store', 'type:reporter'],
  executor: ['model', 'errors', 'executor'],
  store: ['model', 'errors', 'store'],
  reporter: ['model', 'errors', 'reporter'],
  uses: ['model', 'errors', 'uses'],
  settings: ['errors', 'settings'],
  app: ['model', 'errors', 'formats', 'engine', 'executor', 'store', 'reporter', 'settings', 'app'],
  http: ['app', 'model', 'errors', 'http'],
  // A program of its own, in a browser.
  web: ['web'],
  cli: ['app', 'settings', 'model', 'errors', 'http', 'cli', 'type:reporter', 'type:store'],
};

/** Each outside package has one home. */
const HOMES: Record<string, readonly string[]> = {
  'node:child_process': ['executor/process', 'executor/tool'],
  execa: ['executor/tool'],
  croner: ['model/cron'],
  commander: ['cli/'],
  cosmiconfig: ['settings/'],
  'env-paths': ['settings/'],
  yaml: ['formats/'],
  // A third of the size of the other, for browsers.
  'js-yaml': ['web/page/edit/text'],
  'smol-toml': ['formats/'],
  'proper-lockfile': ['store/file/'],
  hono: ['http/'],
  chokidar: ['app/watch'],
  'cli-table3': ['cli/', 'reporter/'],
  kleur: ['cli/', 'reporter/'],
  nodemailer: ['uses/mail'],
  picomatch: ['uses/cleanup'],
  preact: ['web/'],
  '@preact/signals': ['web/'],
  '@tanstack/virtual-core': ['web/view/virtual'],
  anser: ['web/view/ansi'],
};

type Import = { readonly file: string; readonly from: string; readonly typeOnly: boolean };

/** Places that break the rule, as sentences. */
function violations(imports: readonly Import[]): string[] {
  return imports.flatMap((entry) => {
    const area = areaOf(entry.file);
    if (!entry.from.startsWith('.')) {
      const [scope = '', part = ''] = entry.from.split('/');
      const name = scope.startsWith('@') ? `${scope}/${part}` : scope;
      const homes = HOMES[name];
      if (homes === undefined || entry.typeOnly || homes.some((home) => entry.file.startsWith(home)))
        return [];
      return [`${entry.file} imports ${entry.from}, whose home is ${homes.join(' or ')}`];
    }
    const target = areaOf(join(dirname(entry.file), entry.from));
    const allowed = ALLOWED[area] ?? [];
    if (allowed.includes(target) || (entry.typeOnly && allowed.includes(`type:${target}`))) return [];
    return [`${entry.file} (${area}) imports ${entry.from} (${target})`];
  });
}

function areaOf(file: string): string {
  const [first = ''] = file.split('/');
  return first.replace(/\.[jt]s$/, '');
}

function importsOf(file: string, text: string): Import[] {
  const statement =
    /^(?:import|export)\s+(type\s)?(?:[\s\S]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...text.matchAll(statement)].map((match) => ({
    file,
    from: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

function allImports(): Import[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => importsOf(file, readFileSync(join(SRC, file), 'utf8')));
}

/** The first import cycle below a file, as a path of files; types do not count. */
function cycle(imports: readonly Import[]): string[] | undefined {
  const files = new Set(imports.map(({ file }) => file));
  const edges = new Map<string, string[]>();
  for (const entry of imports) {
    if (entry.typeOnly || !entry.from.startsWith('.')) continue;
    const named = relative('.', join(dirname(entry.file), entry.from)).replace(/\.js$/, '.ts');
    const target = files.has(named) ? named : `${named}x`;
    edges.set(entry.file, [...(edges.get(entry.file) ?? []), target]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of edges.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

describe('the import rule', () => {
  it('holds for every file', () => {
    expect(violations(allImports())).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(cycle(allImports())).toBeUndefined();
  });

  it.each([
    ['model/x.ts', "import { a } from '../engine/engine.js';"],
    ['engine/x.ts', "import { a } from '../store/store.js';"],
    ['executor/x.ts', "import type { Store } from '../store/store.js';"],
    ['http/x.ts', "import { a } from '../engine/engine.js';"],
    ['app/x.ts', "import { a } from '../http/api.js';"],
    ['app/x.ts', "import { Hono } from 'hono';"],
    ['cli/x.ts', "import { a } from '../store/file/journal.js';"],
    ['app.ts', "import { spawn } from 'node:child_process';"],
    ['model/x.ts', "import { parse } from 'yaml';"],
    ['web/x.tsx', "import { jobRecord } from '../model/record.js';"],
    ['cli/x.ts', "import { render } from 'preact';"],
    ['model/x.ts', "const later = await import('../app.js');"],
  ])('finds a planted violation in %s: %s', (file, text) => {
    expect(violations(importsOf(file, text))).toHaveLength(1);
  });

  it('finds a planted cycle', () => {
    const planted = [
      { file: 'model/a.ts', from: './b.js', typeOnly: false },
      { file: 'model/b.ts', from: './a.js', typeOnly: false },
    ];
    expect(cycle(planted)).toEqual(['model/a.ts', 'model/b.ts', 'model/a.ts']);
  });
});
