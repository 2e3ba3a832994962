/** The executor of this machine: one operating-system process tree per run. */
import type { Target } from '../model/target.js';
import { type Command, refuse } from './command.js';
import type { Execution, ExecutionRequest, Executor } from './executor.js';
import { endedExecution, runCommand } from './process.js';
import { shellArgv } from './shell.js';

export type ExecutorOptions = {
  /** How long output is read after the exit while a background process holds it open. Default 2000. */
  readonly drainMs?: number;
};

const DRAIN_MS = 2_000;

/** An executor that starts processes on this machine, each in its own process group. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  const { drainMs = DRAIN_MS } = options;
  return {
    start: (request) => startTarget(request.target, request, drainMs),
  };
}

function startTarget(target: Target, request: ExecutionRequest, drainMs: number): Execution {
  const place = { env: request.env, cwd: request.cwd };
  switch (target.kind) {
    case 'cmd': {
      const command: Command = { ...shellArgv(target.line, target.words), ...place };
      return runCommand(command, request, { drainMs });
    }
    case 'exec': {
      const command: Command = { program: target.program, args: target.words, ...place };
      return runCommand(command, request, { drainMs });
    }
    default:
      return endedExecution(refuse(`${target.kind} targets cannot be run yet`).outcome);
  }
}
