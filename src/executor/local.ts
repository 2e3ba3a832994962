/** The executor of this machine: one operating-system process tree per run. */
import { messageOf } from '../errors.js';
import type { Outcome } from '../model/run.js';
import type { Target } from '../model/target.js';
import { type Command, isRefusal, type Refusal } from './command.js';
import type { Execution, ExecutionRequest, Executor, Preparation } from './executor.js';
import { endForeign } from './foreign.js';
import { prepareCommand } from './gate.js';
import type { Findings } from './plan.js';
import { endedExecution, type ProcessOptions, runCommand } from './process.js';
import { createPipes, type Pipes } from './process-pipe.js';
import { shellArgv } from './shell.js';
import { namesStreams } from './stream-name.js';

export type ExecutorOptions = {
  /** How long output is read after the exit while a background process holds it open. Default 2000. */
  readonly drainMs?: number;
  /**
   * Which runs get real pipes, so that they can open `/dev/stderr` by name: those whose text does so (the default,
   * for one run in a hurry), or all (for a schedule, where scripts do it out of sight). The first costs 3 ms.
   */
  readonly pipes?: 'named' | 'always';
  /** So many runs go at once at most: there are pipes for no more. Default: no limit. */
  readonly maxRunning?: number;
};

const DRAIN_MS = 2_000;

/**
 * An executor that starts processes on this machine, each in a session and process group of its own.
 *
 * Shell lines and programs are spawned before `start` returns; the other kinds look around first. What is found
 * out for one run, such as the container engine, is kept for the next.
 */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  const { drainMs = DRAIN_MS, pipes: which = 'named', maxRunning } = options;
  let made: Pipes | undefined;
  const optionsOf = (command: Command): ProcessOptions => {
    const needsPipes = which === 'always' || command.args.some(namesStreams);
    if (needsPipes) made ??= createPipes(maxRunning);
    return { drainMs, pipes: needsPipes ? made : undefined };
  };
  const launch = (command: Command, request: ExecutionRequest) =>
    runCommand(command, request, optionsOf(command));
  let findings: Findings | undefined;

  const plan = async (target: Looked, request: ExecutionRequest): Promise<Command | Refusal> => {
    // What shell lines do not need is not loaded for them.
    const { createFindings, planTarget } = await import('./plan.js');
    findings ??= createFindings();
    return planTarget(target, request, findings);
  };

  return {
    start(request) {
      const command = plainCommand(request);
      if (isCommand(command)) return launch(command, request);
      return startLater(plan(command, request), (found) => launch(found, request));
    },
    prepare(preparation) {
      const command = plainCommand(preparation);
      return isCommand(command) ? prepareCommand(command, preparation, optionsOf(command)) : undefined;
    },
    // Asked for late: its module is not loaded for a run that goes well.
    endOther: (run, stop) => endForeign(run, stop),
  };
}

type Looked = Exclude<Target, { kind: 'cmd' | 'exec' }>;

/** The command of a target that needs no look around; of the others the target. */
function plainCommand({ target, env, cwd }: Preparation): Command | Looked {
  switch (target.kind) {
    case 'cmd':
      return { ...shellArgv(target.line, target.words), env, cwd };
    case 'exec':
      return { program: target.program, args: target.words, env, cwd };
    default:
      return target;
  }
}

function isCommand(found: Command | Looked): found is Command {
  return !('kind' in found);
}

const STOPPED_BEFORE: Outcome = {
  status: 'failed',
  reason: 'stopped',
  message: 'it was stopped before it was started',
};

/** An execution whose command is not known yet; stopping it meanwhile means that it never starts. */
function startLater(plan: Promise<Command | Refusal>, launch: (command: Command) => Execution): Execution {
  let isCalledOff = false;
  let running: Execution | undefined;
  const begun = plan.then(
    (found) => {
      if (isCalledOff) return endedExecution(STOPPED_BEFORE);
      running = isRefusal(found) ? endedExecution(found.outcome) : launch(found);
      return running;
    },
    (error: unknown) => {
      const message = messageOf(error);
      return endedExecution({ status: 'errored', reason: 'spawn', message });
    },
  );
  return {
    ended: begun.then((execution) => execution.ended),
    stop(signal, graceMs) {
      isCalledOff = true;
      running?.stop(signal, graceMs);
    },
    kill() {
      isCalledOff = true;
      running?.kill();
    },
  };
}
