/** Before any test: a build that is as new as what it is made of, so that `npx vitest run` alone is enough. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Compiled code of the command line, kept between test runs and shared by them. */
export const CACHE = join(ROOT, 'node_modules/.cache');

/** Directories count too: their time changes when a file in them goes away. */
const SOURCES = ['src', 'package.json', 'package-lock.json', 'tsdown.config.ts', 'vite.config.ts', 'bin'];
const RESULTS = [
  'dist/cli/start.cjs',
  'dist/cli/main.cjs',
  'dist/uses/main.cjs',
  'dist/lib/index.js',
  'dist/lib/index.d.ts',
  'dist/supertask.1',
  'dist/web/index.html',
];

export function setup(): void {
  mkdirSync(CACHE, { recursive: true });
  const oldest = Math.min(...RESULTS.map((file) => changedAt(file)));
  const newest = Math.max(...SOURCES.flatMap((source) => [source, ...below(source)]).map(changedAt));
  if (newest >= oldest)
    execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

function changedAt(file: string): number {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function below(source: string): string[] {
  if (!statSync(join(ROOT, source)).isDirectory()) return [];
  return readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(source, name),
  );
}
