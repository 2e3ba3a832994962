/**
 * Runs one command: its own session and process group, nothing on stdin, both streams captured.
 *
 * A run has ended when its first process has exited and its output was read. Who else holds the streams open
 * is not waited for: a daemon would delay the end for its whole life.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Outcome } from '../model/run.js';
import { captureStreams } from './capture.js';
import type { Command } from './command.js';
import { createEnding } from './ending.js';
import type { Execution, ExecutionRequest } from './executor.js';
import { concludeOutcome, type Exit } from './outcome.js';
import { identifyProcess, isGroupPresent } from './process-identity.js';
import type { Pipes } from './process-pipe.js';
import { listRunProcesses, whenTableIsRead } from './process-table.js';
import { explainSpawnFailure } from './spawn-failure.js';
import { afterReading, createTimers } from './timers.js';

export type ProcessOptions = {
  /** How long the output of a process that has exited is read while somebody else holds it open. */
  readonly drainMs: number;
  /** Where the process gets real pipes from; undefined: sockets, which cost less, will do. */
  readonly pipes: Pipes | undefined;
};

/** Start a command at once. Failing to start is an outcome. */
export function runCommand(command: Command, request: ExecutionRequest, options: ProcessOptions): Execution {
  const spawned = spawnProcess(command, options.pipes);
  if (isStarted(spawned)) return watchProcess(spawned, command, request, options);
  return { ...endedExecution(NOT_STARTED), ended: spawned.failed };
}

/** A process that exists. */
export type Started = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

type Unstarted = { readonly failed: Promise<Outcome> };

export function isStarted(spawned: Started | Unstarted): spawned is Started {
  return 'child' in spawned;
}

/** @param more - What the process gets as descriptor 3 and those after it. */
export function spawnProcess(
  command: Command,
  from: Pipes | undefined,
  more: readonly 'pipe'[] = [],
): Started | Unstarted {
  const pipes = from?.take();
  let child: ChildProcess;
  try {
    child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: [
        command.input === undefined ? 'ignore' : 'pipe',
        pipes?.stdout.write ?? 'pipe',
        pipes?.stderr.write ?? 'pipe',
        ...more,
      ],
    });
  } catch (error) {
    // Node throws where it should not, E2BIG for one.
    pipes?.stdout.discard();
    pipes?.stderr.discard();
    return { failed: Promise.resolve(explainSpawnFailure(error, command)) };
  }
  // A process that ends before it has read everything is told by its exit.
  child.stdin?.on('error', () => {}).end(command.input);
  const stdout = child.stdout ?? pipes?.stdout.read;
  const stderr = child.stderr ?? pipes?.stderr.read;
  if (child.pid !== undefined && stdout !== undefined && stderr !== undefined) {
    pipes?.stdout.started();
    pipes?.stderr.started();
    return { child, pid: child.pid, stdout, stderr };
  }
  pipes?.stdout.discard();
  pipes?.stderr.discard();
  const failed = new Promise<Outcome>((settle) => {
    child.once('error', (error) => settle(explainSpawnFailure(error, command)));
  });
  return { failed };
}

const NOT_STARTED: Outcome = { status: 'errored', reason: 'spawn' };

/** An execution that never had a process. */
export function endedExecution(outcome: Outcome): Execution {
  return {
    ended: Promise.resolve(outcome),
    stop() {},
    kill() {},
  };
}

/** See a process that does the work of a request through to its end. It has not ended yet, as far as Node knows. */
export function watchProcess(
  { child, pid, stdout, stderr }: Started,
  command: Command,
  request: ExecutionRequest,
  options: ProcessOptions,
): Execution {
  // The rest of both, the environment above all, need not be kept for as long as the run takes.
  const { runId, stop, timeoutMs, output, started } = request;
  const { remote } = command;
  const timers = timeoutMs === undefined ? undefined : createTimers();
  const { promise: ended, resolve: settle } = promiseOf<Outcome>();
  let exit: Exit | undefined;
  let isSettled = false;
  let isCleaning = false;
  // What was asked for before the process exited decides the outcome; afterwards it is housekeeping.
  let cause: 'timeout' | 'stopped' | undefined;

  const ending = createEnding({ leader: pid, runId, stop, remote }, proceed);
  let isRecognised = false;
  const recognise = (): void => {
    if (isRecognised) return;
    isRecognised = true;
    if (exit === undefined) started?.(identifyProcess(pid));
  };
  // In the next turn, for who has ended by then need not be recognised any more; before anybody sees what it writes.
  setImmediate(recognise);
  const take: ExecutionRequest['output'] = (stream, chunk) => {
    recognise();
    return output(stream, chunk);
  };
  const capture = captureStreams({ stdout, stderr }, take, proceed);

  function proceed(): void {
    if (exit === undefined || isCleaning || isSettled) return;
    // Whoever is being stopped may still have something to say.
    if (ending.isAsked() && !ending.isComplete()) return;
    if (!capture.isOver()) {
      capture.drain(options.drainMs);
      return;
    }
    isSettled = true;
    const seen = exit;
    const isOwnExit = !ending.isHelperAlone();
    const sent = ending.sent();
    countLeftovers(pid, runId, remote, capture.isCutOff(), (leftovers) =>
      settle(concludeOutcome({ exit: seen, isOwnExit, cause, timeoutMs, sent, leftovers, remote })),
    );
  }

  const end = (why: 'timeout' | 'stopped', how: () => void): void => {
    if (isSettled) return;
    if (exit === undefined) cause ??= why;
    how();
  };

  child.on('exit', (code, signal) => {
    timers?.clear();
    exit = { code, signal };
    // A container outlives its client.
    if (remote !== undefined && (signal !== null || ending.isAsked())) {
      isCleaning = true;
      void remote.remove().then(() => {
        isCleaning = false;
        proceed();
      });
    }
    ending.leaderEnded();
    proceed();
  });
  if (timeoutMs !== undefined) {
    const giveUp = (): void => {
      // It may have ended in time while we were kept from looking.
      if (exit === undefined) end('timeout', () => ending.ask(stop.signal));
    };
    timers?.after(timeoutMs, () => afterReading(giveUp));
  }

  return {
    ended,
    stop: (signal = stop.signal, graceMs?: number) => end('stopped', () => ending.ask(signal, graceMs)),
    kill: () => end('stopped', ending.kill),
  };
}

/** Looking costs milliseconds, so it is done only when something shows that there is somebody. */
function countLeftovers(
  leader: number,
  runId: string,
  remote: Command['remote'],
  isHeldOpen: boolean,
  tell: (count: number) => void,
): void {
  if (remote !== undefined || (!isHeldOpen && !isGroupPresent(leader))) {
    tell(0);
    return;
  }
  whenTableIsRead((table) => {
    const { length } = listRunProcesses(table, leader, runId);
    tell(Math.max(length, isHeldOpen ? 1 : 0));
  });
}

function promiseOf<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
