/** The preloaded library that makes file operations go wrong, built from `shim.c` when it is first asked for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Fault = {
  readonly mode: 'kill' | 'torn' | 'short' | 'eio' | 'enospc' | 'nfs' | 'none';
  /** The number of the operation, from 1. */
  readonly at?: number;
  /** A file; without it nothing goes wrong. */
  readonly while?: string;
  /** Gets a line for each operation. */
  readonly log?: string;
};

export const canPreload =
  process.platform === 'linux' && spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0;

export type Shim = {
  /** Variables that make it happen in a program whose state is below `directory`. */
  env(directory: string, fault: Fault): Record<string, string>;
  dispose(): void;
};

export function buildShim(): Shim {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-shim-'));
  const library = join(directory, 'shim.so');
  const source = join(import.meta.dirname, 'shim.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl']);
  return {
    env: (below, { mode, at, while: gate, log }) => ({
      LD_PRELOAD: library,
      SHIM_DIR: below,
      SHIM_MODE: mode,
      ...(at === undefined ? {} : { SHIM_AT: String(at) }),
      ...(gate === undefined ? {} : { SHIM_WHILE: gate }),
      ...(log === undefined ? {} : { SHIM_LOG: log }),
    }),
    dispose: () => rmSync(directory, { recursive: true }),
  };
}

/** What was logged: one entry for each operation, in order, such as `create /format.json`. */
export function operationsIn(log: string): string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\d+ /, ''));
}
