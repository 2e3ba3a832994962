/** What a job calls → target: a Python function by its dotted name, or a script by its path. */
import { SupertaskError } from '../../errors.js';
import type { CallArguments, Target } from '../../model/target.js';
import { parseExec } from '../../model/target-scheme.js';

const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*';
const DOTTED = new RegExp(`^(${NAME}(?:\\.${NAME})*)$`, 'u');
const SCRIPT = /\.(?:py|sh|js|mjs|cjs|ts|mts|cts)$/;
const HINT =
  'Write package.module:function, package.module.function, or the path of a script such as ./report.py.';

/**
 * Read `package.module:function`, `package.module.function`, `script.py[:function]` or the path of any program.
 *
 * @param words - The arguments as they are written, for a program.
 * @throws {SupertaskError} `TARGET_INVALID`
 */
export function funcTarget(text: string, words: readonly string[], call: CallArguments): Target {
  const func = text.trim();
  if (func.includes('\0')) throw invalid('a func contains a NUL character', 'Remove it.');
  const [, path = func, inner] = /^(.+\.\w+):([A-Za-z_$][\w$.]*)$/s.exec(func) ?? [];
  if (isPath(path)) return scriptTarget(path, inner, words, call);
  const [module = '', name, ...more] = func.split(':');
  if (more.length > 0 || !DOTTED.test(module) || (name !== undefined && !DOTTED.test(name))) {
    throw invalid(`${JSON.stringify(func)} names no function and no script`, HINT);
  }
  if (name !== undefined) return { kind: 'python-entrypoint', entrypoint: func, call };
  const dot = func.lastIndexOf('.');
  if (dot < 0) throw invalid(`${JSON.stringify(func)} does not say which module it is in`, HINT);
  return { kind: 'python-entrypoint', entrypoint: `${func.slice(0, dot)}:${func.slice(dot + 1)}`, call };
}

function isPath(text: string): boolean {
  return text.includes('/') || SCRIPT.test(text);
}

function scriptTarget(
  path: string,
  func: string | undefined,
  words: readonly string[],
  call: CallArguments,
): Target {
  if (path.endsWith('.py')) return { kind: 'python-file', path, func, words: [], call };
  if (/\.[cm]?[jt]s$/.test(path)) return { kind: 'node-file', path, func, words: [], call };
  if (func !== undefined) throw invalid(`${JSON.stringify(path)} is no file that has functions`, HINT);
  if (Object.keys(call.kwargs).length > 0) {
    throw invalid('a program takes no kwargs', 'Write args, or a Python function.');
  }
  return parseExec([path.includes('/') ? path : `./${path}`, ...words]);
}

function invalid(message: string, hint: string): SupertaskError {
  return new SupertaskError('TARGET_INVALID', message, { hint });
}
