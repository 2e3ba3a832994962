/**
 * Starts a command ahead of time: a shell in its place waits at a gate, and becomes the command when the gate opens.
 *
 * What opens it is what is known only then. If the gate closes instead, because the run is not to be
 * or because supertask was killed, the shell leaves, and nothing of the command has run.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { Command } from './command.js';
import { type ExecutionRequest, LATE_VARIABLE, type Preparation, type Prepared } from './executor.js';
import { isStarted, type ProcessOptions, type Spawned, spawnProcess, watchProcess } from './process.js';
import { sendSignal } from './process-table.js';
import { findProgram } from './which.js';

type Env = Command['env'];

/** Few bytes go through the gate: the shell reads them one by one. `exec` keeps pid, group and session. */
const GATE = `IFS= read -r ${LATE_VARIABLE} <&3 || exit 125
export ${LATE_VARIABLE}
exec 3<&-
exec "$@"`;

/** Shells drop variables with other names. */
const VARIABLE = /^[A-Za-z_]\w*$/;
/** Far below the system's limit, whose error is the command's to tell and not the shell's. */
const MAX_BYTES = 65_536;

/** @returns Nothing when a shell could not start the command just as we would, or there is no room for it. */
export function prepareCommand(
  command: Command,
  { env }: Preparation,
  options: ProcessOptions,
): Prepared | undefined {
  const { program, args } = command;
  if (!canBeStarted(command)) return undefined;
  const prepared = withoutLate(env);
  const spawned = spawnProcess(
    { ...command, program: '/bin/sh', args: ['-c', GATE, 'sh', program, ...args], env: prepared },
    options.pipes,
    ['pipe'],
  );
  if (!isStarted(spawned)) return undefined;
  const { child } = spawned;
  const [, , , gate] = child.stdio;
  if (!(gate instanceof Socket)) return undefined;
  // Closed from the other side: the shell was killed.
  gate.on('error', () => {});

  const discard = (): void => {
    gate.destroy();
    letGo(spawned);
  };

  return {
    start(request) {
      const isThere = child.exitCode === null && child.signalCode === null && !gate.destroyed;
      const key = isThere && isSame(prepared, request.env) ? keyOf(request) : undefined;
      if (key === undefined) {
        discard();
        return undefined;
      }
      gate.end(key);
      return watchProcess(spawned, command, request, options);
    },
    discard,
  };
}

function letGo({ child, pid, stdout, stderr }: Spawned): void {
  // It would leave by itself; this is sooner.
  if (child.exitCode === null && child.signalCode === null) sendSignal(pid, 'SIGKILL');
  stdout.destroy();
  stderr.destroy();
}

/** What opens the gate; undefined when it does not fit into a line. */
function keyOf({ env }: ExecutionRequest): string | undefined {
  const value = env[LATE_VARIABLE];
  return value === undefined || value.includes('\n') ? undefined : `${value}\n`;
}

function withoutLate({ [LATE_VARIABLE]: _, ...env }: Env): Env {
  return env;
}

function isSame(prepared: Env, wanted: Env): boolean {
  const names = Object.keys(prepared);
  const isWhole = Object.keys(wanted).length === names.length + 1;
  return isWhole && names.every((name) => prepared[name] === wanted[name]);
}

/** Whether the shell will not have to say that the command cannot be started: that is for us to say. */
function canBeStarted({ program, args, env, cwd }: Command): boolean {
  const bytes = args.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0);
  if (bytes > MAX_BYTES || !Object.keys(env).every((name) => VARIABLE.test(name))) return false;
  const name = program.includes('/') ? resolve(cwd, program) : program;
  const path = findProgram(name, env['PATH']);
  return path !== undefined && isAbsolute(path) && hasInterpreter(path);
}

/** Whether the interpreter that the first line of a script names is there. */
function hasInterpreter(path: string): boolean {
  const head = Buffer.alloc(256);
  try {
    const file = openSync(path, 'r');
    try {
      const text = head.toString('latin1', 0, readSync(file, head));
      const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(text)?.[1];
      return interpreter === undefined ? !text.startsWith('#!') : findProgram(interpreter, '') !== undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
