/** What checks ask the machine: each question once, however many tasks raise it. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode } from '../../errors.js';
import { createEngines, hasImage } from '../../executor/engine.js';
import { type LookUp, lookUpProgram } from '../../executor/which.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Why something cannot be used, in words that follow its name: `does not exist`. */
export type Trouble = { readonly isMissing: boolean; readonly words: string };

export type Machine = {
  /** A program as execvp(3) would find it. */
  readonly program: (name: string, env: Env, cwd: string) => LookUp;
  /** Undefined: it can be worked in. */
  readonly directory: (path: string) => Trouble | undefined;
  /** The text of a file, or why it cannot be read. */
  readonly text: (path: string) => string | Trouble;
  /** Whether an engine has an image; a text says why there is no engine, undefined that it does not answer. */
  readonly image: (image: string, env: Env) => Promise<boolean | undefined | string>;
};

export function createMachine(): Machine {
  const engines = createEngines();
  const directory = once((path: string) => directoryTrouble(path));
  const text = once((path: string) => readText(path));
  const images = new Map<string, Promise<boolean | undefined | string>>();
  let isSilent = false;
  const askForImage = async (name: string, env: Env): Promise<boolean | undefined | string> => {
    const engine = await engines.find(env);
    if (typeof engine === 'string') return engine;
    // One that does not answer would be waited for again and again.
    const has = isSilent ? undefined : await hasImage(engine, name, env);
    isSilent ||= has === undefined;
    return has;
  };
  const program = once((key: string) => {
    const [name, path]: [string, string?] = JSON.parse(key);
    return lookUpProgram(name, path);
  });
  return {
    program: (name, env, cwd) =>
      program(
        JSON.stringify(name.includes('/') ? [resolve(cwd, name)] : [name, absolutePath(env['PATH'], cwd)]),
      ),
    directory,
    text,
    image(name, env) {
      const { PATH, SUPERTASK_DOCKER, DOCKER_HOST, DOCKER_CONTEXT } = env;
      const key = JSON.stringify([name, PATH, SUPERTASK_DOCKER, DOCKER_HOST, DOCKER_CONTEXT]);
      const asked = images.get(key) ?? askForImage(name, env);
      images.set(key, asked);
      return asked;
    },
  };
}

/** A program is looked for after the change of directory. */
function absolutePath(path: string | undefined, cwd: string): string | undefined {
  return path
    ?.split(':')
    .map((directory) => resolve(cwd, directory))
    .join(':');
}

function once<Answer>(ask: (question: string) => Answer): (question: string) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (question) => {
    const found = known.get(question) ?? { answer: ask(question) };
    known.set(question, found);
    return found.answer;
  };
}

function directoryTrouble(path: string): Trouble | undefined {
  try {
    if (!statSync(path).isDirectory()) return { isMissing: false, words: 'is not a directory' };
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return troubleOf(error, 'cannot be entered');
  }
}

function readText(path: string): string | Trouble {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { isMissing: false, words: 'is a directory' };
    if (!stat.isFile()) return { isMissing: false, words: 'is not a regular file' };
    return readFileSync(path, 'utf8');
  } catch (error) {
    return troubleOf(error, 'cannot be read');
  }
}

function troubleOf(error: unknown, otherwise: string): Trouble {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { isMissing: true, words: 'does not exist' };
  const why = code === 'EACCES' ? 'permission denied' : (code ?? String(error));
  return { isMissing: false, words: `${otherwise}: ${why}` };
}
