/**
 * Which Python runs `python:` targets.
 *
 * `python3` on PATH may be a shim (pyenv, asdf, mise) that takes eight times as long to start as the interpreter
 * behind it. A shim is asked once what it stands for, and not for the first run: a one-shot never pays for that.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { askTool } from './tool.js';
import { findProgram } from './which.js';

type Env = Readonly<Record<string, string | undefined>>;

export type Interpreters = {
  /** The program to run in a place: a name or a path. Never waits. */
  pick(env: Env, cwd: string): string;
  /** Settles when nothing is being asked any more. */
  idle(): Promise<void>;
};

const ASK_TIMEOUT_MS = 10_000;

export function createInterpreters(): Interpreters {
  /** How often a place was asked for, and what was found there. */
  const places = new Map<string, { picks: number; found: string }>();
  const asking = new Set<Promise<void>>();

  const resolve = async (place: { found: string }, env: Env, cwd: string): Promise<void> => {
    const shim = findProgram('python3', env['PATH']);
    if (shim === undefined || !isScript(shim)) return;
    const code = 'import sys; print(sys.executable)';
    const answer = await askTool(shim, ['-c', code], { env, cwd, timeoutMs: ASK_TIMEOUT_MS });
    const path = answer.stdout.trim();
    if (answer.exitCode === 0 && findProgram(path, undefined) === path) place.found = path;
  };

  return {
    pick(env, cwd) {
      // What the shims go by: their version files lie in the working directory or above it.
      const key = JSON.stringify([env['PATH'], env['PYENV_VERSION'], env['VIRTUAL_ENV'], cwd]);
      const place = places.get(key) ?? { picks: 0, found: 'python3' };
      places.set(key, place);
      place.picks += 1;
      if (place.picks === 2) {
        const asked = resolve(place, env, cwd).finally(() => asking.delete(asked));
        asking.add(asked);
      }
      // An interpreter may be uninstalled while the schedule goes on.
      if (place.found !== 'python3' && findProgram(place.found, undefined) === undefined) {
        place.found = 'python3';
      }
      return place.found;
    },
    idle: async () => {
      await Promise.all(asking);
    },
  };
}

/** Whether a program is a script, as shims are; the interpreter itself is a binary. */
function isScript(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(2);
      readSync(file, start, 0, 2, 0);
      return start.toString('latin1') === '#!';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
