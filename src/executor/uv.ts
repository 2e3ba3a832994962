/** `uv:` targets, and Python files whose dependencies uv brings. Target → argv, pure. */
import type { InlineScript } from './inline-script.js';

export const UV_HINT: string = 'install uv: https://docs.astral.sh/uv/getting-started/installation/';

/** `uv run WORDS`. */
export function uvArgs(words: readonly string[]): string[] {
  return ['run', ...words];
}

/** Execute a file as it is; uv reads its PEP 723 block itself. */
export function uvScriptArgs(path: string, words: readonly string[]): string[] {
  return ['run', '--script', path, ...words];
}

/** `python ARGS` in an environment with a file's dependencies, for what is not the file as a script. */
export function uvPythonArgs(script: InlineScript, args: readonly string[]): string[] {
  const python = script.requiresPython === undefined ? [] : ['--python', script.requiresPython];
  const packages = script.dependencies.flatMap((dependency) => ['--with', dependency]);
  return ['run', '--no-project', ...python, ...packages, '--', 'python', ...args];
}
