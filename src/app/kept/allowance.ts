/** What jobs made through the API may say of variables and directories: who asks need not be who started the scheduler. */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Problem } from '../../errors.js';
import type { Json } from '../../model/json.js';
import { isObject, type TaskForm } from '../../model/kept-job.js';

export type Allowance = {
  /** Names of variables that may be set although they decide what code is run, or be inherited; `*`: any. */
  readonly env: readonly string[];
  /** Directories, absolute, beside the scheduler's own in which tasks may run; `*`: any. */
  readonly cwd: readonly string[];
};

export const NO_ALLOWANCE: Allowance = { env: [], cwd: [] };

/** Both lists as they are written, with commas. @param from - What relative directories count from. */
export function parseAllowance(
  given: { readonly env: string | undefined; readonly cwd: string | undefined },
  from: string,
): Allowance {
  const list = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);
  return {
    env: list(given.env),
    cwd: list(given.cwd).map((path) => (path === '*' ? path : resolve(from, path))),
  };
}

/** Variables by which programs, shells, loaders and interpreters find or load code. */
const DECISIVE =
  /^(?:PATH|IFS|ENV|SHELL|SHELLOPTS|HOME|BASH_.*|LD_.*|DYLD_.*|NODE_.*|PYTHON.*|UV_.*|PIP_.*|PERL5?.*|RUBY.*|GEM_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|GIT_.*|GCONV_PATH|LOCPATH|TMPDIR|PS4|PROMPT_COMMAND|EDITOR|VISUAL|PAGER|DOCKER_.*|CONTAINER_HOST|SUPERTASK_.*)$/i;

/** What minimal inheritance has in any case. */
const HARMLESS = /^(?:HOME|LOGNAME|USER|PATH|SHELL|LANG|LC_.*|TZ)$/;

/** Inside of these, keys are somebody else's. */
const FOREIGN = new Set(['with', 'args', 'kwargs', 'params']);

/**
 * What of a task is not allowed.
 *
 * @param id - Of the job, for the places.
 * @param directory - The scheduler's, absolute; undefined: it is not known, and only it can tell.
 */
export function refusals(
  id: string,
  form: TaskForm,
  directory: string | undefined,
  allowance: Allowance,
): readonly Problem[] {
  const found: Problem[] = [];
  const refuse = (path: string, message: string, hint: string): void => {
    found.push({ code: 'NOT_ALLOWED', message, hint, location: { file: id, path } });
  };
  const visit = (value: Json, path: string): void => {
    if (Array.isArray(value)) value.forEach((item, index) => void visit(item, `${path}[${index}]`));
    if (!isObject(value)) return;
    for (const [key, part] of Object.entries(value)) {
      const here = `${path}.${key}`;
      if (key === 'env') checkEnv(part, here);
      else if (key === 'inherit') checkInherit(part, here);
      else if (key === 'read-env') checkNames(part, here, () => false);
      else if (key === 'cwd') checkDirectory(part, here);
      else if (!FOREIGN.has(key)) visit(part, here);
    }
  };

  const isFree = (name: string): boolean => allowance.env.includes('*') || allowance.env.includes(name);

  const checkEnv = (value: Json, path: string): void => {
    if (!isObject(value)) return;
    for (const name of Object.keys(value)) {
      if (!DECISIVE.test(name) || isFree(name)) continue;
      refuse(`${path}.${name}`, `a job made through the API may not set ${name}`, `${ENV_HINT}${name}.`);
    }
  };

  const checkInherit = (value: Json, path: string): void => {
    if (value === 'all' && !isFree('*'))
      refuse(path, 'a job made through the API may not inherit all variables', `${ENV_HINT}'*'.`);
    else checkNames(value === 'minimal' || value === 'all' ? [] : value, path, (name) => HARMLESS.test(name));
  };

  const checkNames = (value: Json, path: string, isHarmless: (name: string) => boolean): void => {
    for (const name of [value].flat()) {
      if (typeof name !== 'string' || isHarmless(name) || isFree(name)) continue;
      refuse(path, `a job made through the API may not read the variable ${name}`, `${ENV_HINT}${name}.`);
    }
  };

  const checkDirectory = (value: Json, path: string): void => {
    if (typeof value !== 'string' || allowance.cwd.includes('*')) return;
    const roots = [...(directory === undefined ? [] : [directory]), ...allowance.cwd];
    // Without a scheduler nobody knows its directory; it looks when it starts.
    if (directory === undefined && !isAbsolute(value) && !value.includes('..')) return;
    const isInside =
      !value.includes('${{') && roots.some((root) => isWithin(resolve(directory ?? '/', value), root));
    if (!isInside)
      refuse(path, `a job made through the API may not run in ${JSON.stringify(value)}`, CWD_HINT);
  };

  visit(form, 'task');
  return found;
}

const ENV_HINT = 'Start the scheduler with --api-allow-env=';
const CWD_HINT = "Use a directory below the scheduler's own, or start it with --api-allow-cwd=DIR.";

/** Links lead where they lead: what counts is where one ends up. */
function isWithin(path: string, root: string): boolean {
  const way = relative(real(root), real(path));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/** What is not there yet is where its name says. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = resolve(path, '..');
    return above === path ? path : resolve(real(above), relative(above, path));
  }
}
