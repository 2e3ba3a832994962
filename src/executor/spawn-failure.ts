/** Why a process could not be started, in words. Node names the program whatever the cause was. */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { messageOf, systemCode } from '../errors.js';
import type { Outcome } from '../model/run.js';
import { type Command, type Refusal, refuse } from './command.js';

/** What an error of spawn says about a command. */
export function explainSpawnFailure(error: unknown, command: Command): Outcome {
  return reasonOf(error, command).outcome;
}

function reasonOf(error: unknown, command: Command): Refusal {
  const code = systemCode(error) ?? '';
  const name = JSON.stringify(command.program);
  const misplaced = refuseDirectory(command.cwd);
  if (misplaced !== undefined) return misplaced;
  switch (code) {
    case 'ENOENT':
      return notFound(command, name);
    case 'EACCES':
    case 'EPERM':
      return refuse(`${name} cannot be executed: ${whyNotExecutable(command)} (${code})`, 126);
    case 'ENOTDIR':
      return refuse(`${name} was not found: a part of its path is not a directory`, 127);
    case 'ENOEXEC':
      return refuse(`${name} cannot be executed: its format is unknown (ENOEXEC)`, 126);
    case 'E2BIG':
      return refuse(`${name} was not started: its arguments and environment are too large (E2BIG)`, 126);
    case 'EMFILE':
    case 'ENFILE':
      return refuse(`${name} was not started: too many files are open (${code}); raise ulimit -n`);
    case 'EAGAIN':
    case 'ENOMEM':
      return refuse(`${name} was not started: no room for another process (${code}); see ulimit -u`);
    case 'ERR_INVALID_ARG_VALUE':
      return refuse(`${name} was not started: ${placeOfNul(command)} contains a NUL character`);
    default:
      return refuse(`${name} was not started: ${messageOf(error)}`);
  }
}

/** What Node says about it repeats the value, which may be secret, in a way in which it is not found. */
function placeOfNul({ args, env }: Command): string {
  const variable = Object.keys(env).find((name) => `${name}${env[name]}`.includes('\0'));
  if (variable !== undefined) return `the variable ${JSON.stringify(variable)}`;
  return args.some((word) => word.includes('\0')) ? 'an argument' : 'its name';
}

function notFound(command: Command, name: string): Refusal {
  const hint = command.hint === undefined ? '' : `; ${command.hint}`;
  if (!command.program.includes('/')) return refuse(`${name} was not found on PATH${hint}`, 127);
  const path = isAbsolute(command.program) ? command.program : resolve(command.cwd, command.program);
  if (kindOf(path) === 'file') {
    return refuse(`${name} cannot be executed: the interpreter in its first line does not exist`, 126);
  }
  return refuse(`${name} does not exist${hint}`, 127);
}

function whyNotExecutable(command: Command): string {
  const path = isAbsolute(command.program) ? command.program : resolve(command.cwd, command.program);
  if (command.program.includes('/') && kindOf(path) === 'directory') return 'it is a directory';
  return 'permission denied; is it executable (chmod +x)?';
}

/** A refusal when a directory cannot be worked in. */
export function refuseDirectory(path: string): Refusal | undefined {
  const problem = directoryProblem(path);
  return problem === undefined ? undefined : refuse(`the working directory ${path} ${problem}`);
}

function directoryProblem(path: string): string | undefined {
  const kind = kindOf(path);
  if (kind === undefined) return 'does not exist';
  if (kind === 'file') return 'is not a directory';
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'cannot be entered: permission denied';
  }
}

function kindOf(path: string): 'directory' | 'file' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined;
  }
}
