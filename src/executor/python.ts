/** Python snippets, files and entry points. Target → argv, pure. */
import type { Json } from '../model/json.js';
import type { CallArguments } from '../model/target.js';
import type { TaskContext } from './executor.js';
import { PYTHON_BOOTSTRAP } from './python-bootstrap.js';

/** What a snippet may use without importing it. */
const MODULES = ['math', 'time', 'os', 'sys', 'json', 'datetime', 'random', 're', 'pathlib'];

/** Output that Python holds back is lost when it is killed; set where the author has not set it. */
export const PYTHON_ENV = { PYTHONUNBUFFERED: '1' };

export const PYTHON_HINT = 'install Python 3';

/** Arguments for `python3` that run a snippet. */
export function snippetArgs(code: string, words: readonly string[], context: TaskContext): string[] {
  return bootstrapArgs({ kind: 'snippet', code, modules: MODULES, task: taskFacts(context) }, words);
}

/** A Python file as it was found on the disk. */
export type PythonFile = {
  /** Absolute. */
  readonly path: string;
  /** Where it lies, links followed; its neighbours can be imported. */
  readonly directory: string;
  /** Its name without `.py`. */
  readonly stem: string;
  readonly func: string | undefined;
};

/** Arguments for `python3` that call a file's function, or execute it where it defines none. */
export function fileArgs(file: PythonFile, words: readonly string[], call: CallArguments): string[] {
  const { path, directory, stem, func = null } = file;
  return bootstrapArgs({ kind: 'file', path, directory, stem, function: func, ...call }, words);
}

/** `package.module:function`, also `package.module:Class.method`. */
export function splitEntrypoint(entrypoint: string): { module: string; func: string } | undefined {
  const match = /^([\p{L}_][\p{L}\p{N}_.]*):([\p{L}_][\p{L}\p{N}_.]*)$/u.exec(entrypoint.trim());
  return match ? { module: match[1] ?? '', func: match[2] ?? '' } : undefined;
}

/** Arguments for `python3` that import a module, from the working directory first, and call its function. */
export function entrypointArgs(module: string, func: string, call: CallArguments): string[] {
  return bootstrapArgs({ kind: 'entrypoint', module, function: func, ...call }, []);
}

function taskFacts(context: TaskContext): { readonly [key: string]: Json } {
  return {
    namespace: context.namespace,
    job: context.job,
    run_id: context.runId,
    attempt: context.attempt,
    trigger: context.trigger,
    params: context.params ?? {},
    scheduled_at: context.scheduledAt.getTime(),
    started_at: context.startedAt.getTime(),
    scheduler_started_at: context.schedulerStartedAt.getTime(),
  };
}

function bootstrapArgs(job: { readonly [key: string]: Json }, words: readonly string[]): string[] {
  return ['-c', PYTHON_BOOTSTRAP, pythonLiteral(job), ...words];
}

/**
 * JSON in ASCII whose strings Python reads as they are; `true`, `false` and `null` are names to it.
 *
 * Importing `json` would cost a snippet a third of its start, and the locale may not be UTF-8.
 */
function pythonLiteral(value: Json): string {
  return JSON.stringify(value).replace(/[\u0080-\u{10ffff}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    const hex = point.toString(16);
    return point > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}
