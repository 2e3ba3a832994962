/** One command in the place of supertask itself: on its terminal, in its process group, with its three streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import type { Outcome } from '../model/run.js';
import type { Command } from './command.js';
import { explainSpawnFailure } from './spawn-failure.js';

/** How it ended; an outcome where it was never started. */
export type ForegroundEnd =
  | { readonly code: number }
  | { readonly signal: NodeJS.Signals }
  | { readonly failed: Outcome };

const PASSED_ON = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal sends these to the command as well. */
const OF_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/** Run a command to its end. Never rejects. */
export async function runForeground(command: Command): Promise<ForegroundEnd> {
  const hasTerminal = isatty(0);
  let child: ChildProcess | undefined;
  const pass = (signal: NodeJS.Signals): void => {
    if (!hasTerminal || !OF_TERMINAL.includes(signal)) child?.kill(signal);
  };
  // First: the command may be signalled as soon as it is there, and would outlive us.
  for (const signal of PASSED_ON) process.on(signal, pass);
  try {
    const { program, args, env, cwd } = command;
    child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    return await endOf(child);
  } catch (error) {
    return { failed: explainSpawnFailure(error, command) };
  } finally {
    for (const signal of PASSED_ON) process.off(signal, pass);
  }
}

function endOf(child: ChildProcess): Promise<ForegroundEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? { code: code ?? 0 } : { signal }));
  });
}
