/** JavaScript snippets and modules under this very Node. Target → argv, pure. */
import type { CallArguments } from '../model/target.js';
import type { TaskContext } from './executor.js';

/** Arguments for `node` that run a snippet: an ES module with `task`, `require` and top-level await. */
export function snippetArgs(code: string, words: readonly string[], context: TaskContext): string[] {
  return ['--import', dataUrl(snippetPrelude(context)), '--input-type=module', '-e', code, '--', ...words];
}

/**
 * Whether a module's text offers a function for us to call: a default export or `run`.
 *
 * A script that guards its main part is meant to be executed, unless it exports one of the two by name.
 */
export function offersFunction(text: string): boolean {
  if (/\bexport\s+default\b|\bexport\s+(?:async\s+)?function\s*\*?\s*run\b/.test(text)) return true;
  if (/\bexport\s+(?:const|let|var)\s+run\b|\bexport\s*\{[^}]*\b(?:run|default)\b/.test(text)) return true;
  if (/\bexports\.run\s*=/.test(text)) return true;
  const isGuarded = /\brequire\.main\s*===?\s*module\b|\bmodule\s*===?\s*require\.main\b/.test(text);
  return !isGuarded && /\bmodule\.exports\s*=|\bexports\.default\s*=/.test(text);
}

/** Arguments for `node` that execute a file as the main module. */
export function scriptArgs(path: string, words: readonly string[], options: readonly string[]): string[] {
  return [...options, path, ...words];
}

export type ModuleCall = {
  /** Absolute. */
  readonly path: string;
  readonly func: string | undefined;
  readonly call: CallArguments;
};

/** Arguments for `node` that import a file and call its function. */
export function moduleArgs(
  { path, func, call }: ModuleCall,
  words: readonly string[],
  options: readonly string[],
): string[] {
  const job = JSON.stringify({ func: func ?? null, ...call });
  return [...options, '--input-type=module', '-e', MODULE_BOOTSTRAP, '--', job, path, ...words];
}

/** A module as a URL, for `--import`. */
export function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function snippetPrelude(context: TaskContext): string {
  const { namespace, job, runId, attempt, trigger, params = {} } = context;
  const facts = JSON.stringify({ namespace, job, runId, attempt, trigger, params });
  return `
import { createRequire } from 'node:module';
const startedMs = ${context.schedulerStartedAt.getTime()};
globalThis.task = Object.freeze({
  ...${facts},
  scheduledAt: new Date(${context.scheduledAt.getTime()}),
  startedAt: new Date(${context.startedAt.getTime()}),
  get elapsed() { return Date.now() - startedMs; },
});
globalThis.require = createRequire(process.cwd() + '/');
${FORGET_OPTIONS}
process.argv.splice(1, 0, '[eval]');
`;
}

/** A process that the snippet forks is not a snippet. */
const FORGET_OPTIONS = 'process.execArgv = [];';

const MODULE_BOOTSTRAP = `
import { pathToFileURL } from 'node:url';
const [text, path] = process.argv.splice(1, 1).concat(process.argv[1]);
const { func, args, kwargs } = JSON.parse(text);
${FORGET_OPTIONS}
const module = await import(pathToFileURL(path));
const named = (name) => module[name] ?? module.default?.[name];
const call = func !== null ? named(func) : typeof module.default === 'function' ? module.default : named('run');
const options = Object.keys(kwargs).length > 0 ? [kwargs] : [];
if (typeof call === 'function') await call(...args, ...options);
else if (func !== null || args.length + options.length > 0) {
  console.error('supertask: %s exports no function %s', path, func ?? 'as default, or named run');
  process.exitCode = 1;
}
`;
