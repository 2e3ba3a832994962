/**
 * Runs one command: its own session and process group, nothing on stdin, both streams captured.
 *
 * A run has ended when its first process has exited and its output was read. Who else holds the streams open
 * is not waited for: a daemon would delay the end for its whole life.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { StopPolicy } from '../model/policy.js';
import type { Outcome } from '../model/run.js';
import { type Capture, captureStreams } from './capture.js';
import type { Command } from './command.js';
import { createEnding, type Ending } from './ending.js';
import type { Execution, ExecutionRequest } from './executor.js';
import { concludeOutcome, type Exit } from './outcome.js';
import { startByHandle } from './process-handle.js';
import { identifyProcess, isGroupPresent } from './process-identity.js';
import type { Pipes } from './process-pipe.js';
import { listRunProcesses, whenTableIsRead } from './process-table.js';
import { explainSpawnFailure } from './spawn-failure.js';
import type { Started } from './started.js';
import { afterReading, createTimers, type Timers } from './timers.js';

export type ProcessOptions = {
  /** How long the output of a process that has exited is read while somebody else holds it open. */
  readonly drainMs: number;
  /** Where the process gets real pipes from; undefined: sockets, which cost less, will do. */
  readonly pipes: Pipes | undefined;
};

/** Start a command at once. Failing to start is an outcome. */
export function runCommand(command: Command, request: ExecutionRequest, options: ProcessOptions): Execution {
  const spawned = startLean(command, options) ?? spawnProcess(command, options.pipes);
  if (isStarted(spawned)) return watchProcess(spawned, command, request, options);
  return { ...endedExecution(NOT_STARTED), ended: spawned.failed };
}

/** One that Node's own module has started. */
export type Spawned = Started & { readonly child: ChildProcess };

type Unstarted = { readonly failed: Promise<Outcome> };

export function isStarted<Process extends Started>(spawned: Process | Unstarted): spawned is Process {
  return 'pid' in spawned;
}

function startLean(command: Command, { pipes }: ProcessOptions): Started | undefined {
  return pipes === undefined && command.input === undefined ? startByHandle(command) : undefined;
}

/** @param more - What the process gets as descriptor 3 and those after it. */
export function spawnProcess(
  command: Command,
  from: Pipes | undefined,
  more: readonly 'pipe'[] = [],
): Spawned | Unstarted {
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
    const onExit: Started['onExit'] = (tell) => child.on('exit', (code, signal) => tell({ code, signal }));
    return { child, pid: child.pid, stdout, stderr, onExit };
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
  started: Started,
  command: Command,
  request: ExecutionRequest,
  options: ProcessOptions,
): Execution {
  return new ProcessWatch(started, command, request, options);
}

class ProcessWatch implements Execution {
  readonly ended: Promise<Outcome>;
  private settle: (outcome: Outcome) => void = () => {};
  private readonly pid: number;
  // Of the request, which need not be kept for as long as the run takes, its environment above all.
  private readonly runId: string;
  private readonly policy: StopPolicy;
  private readonly timeoutMs: number | undefined;
  private readonly tellStarted: ExecutionRequest['started'];
  private readonly remote: Command['remote'];
  private readonly drainMs: number;
  private readonly timers: Timers | undefined;
  private readonly ending: Ending;
  private readonly capture: Capture;
  private exit: Exit | undefined;
  /** What was asked for before the process exited decides the outcome; afterwards it is housekeeping. */
  private cause: 'timeout' | 'stopped' | undefined;
  private isRecognised = false;
  private isSettled = false;
  private isCleaning = false;

  constructor(
    { pid, stdout, stderr, onExit }: Started,
    { remote }: Command,
    { runId, stop, timeoutMs, output, started }: ExecutionRequest,
    { drainMs }: ProcessOptions,
  ) {
    this.ended = new Promise((settle) => {
      this.settle = settle;
    });
    this.pid = pid;
    this.runId = runId;
    this.policy = stop;
    this.timeoutMs = timeoutMs;
    this.tellStarted = started;
    this.remote = remote;
    this.drainMs = drainMs;
    this.timers = timeoutMs === undefined ? undefined : createTimers();
    const proceed = () => this.proceed();
    const take: ExecutionRequest['output'] = (stream, chunk) => {
      this.recognise();
      return output(stream, chunk);
    };
    this.ending = createEnding({ leader: pid, runId, stop, remote }, proceed);
    this.capture = captureStreams({ stdout, stderr }, take, proceed);
    onExit((exit) => this.leaderEnded(exit));
    // Not before the system has told who has ended, for they need not be recognised any more, and that is asked
    // between two turns; but before anybody sees what it writes.
    setImmediate(setImmediate, () => this.recognise());
    if (timeoutMs !== undefined) this.timers?.after(timeoutMs, () => afterReading(() => this.giveUp()));
  }

  stop(signal: NodeJS.Signals = this.policy.signal, graceMs?: number): void {
    this.endFor('stopped')?.ask(signal, graceMs);
  }

  kill(): void {
    this.endFor('stopped')?.kill();
  }

  private giveUp(): void {
    // It may have ended in time while we were kept from looking.
    if (this.exit === undefined) this.endFor('timeout')?.ask(this.policy.signal);
  }

  /** Undefined where nothing is left to end. */
  private endFor(why: 'timeout' | 'stopped'): Ending | undefined {
    if (this.isSettled) return undefined;
    if (this.exit === undefined) this.cause ??= why;
    return this.ending;
  }

  private recognise(): void {
    if (this.isRecognised) return;
    this.isRecognised = true;
    if (this.exit === undefined) this.tellStarted?.(identifyProcess(this.pid));
  }

  private leaderEnded(exit: Exit): void {
    this.timers?.clear();
    this.exit = exit;
    // A container outlives its client.
    if (this.remote !== undefined && (exit.signal !== null || this.ending.isAsked())) {
      this.isCleaning = true;
      void this.remote.remove().then(() => {
        this.isCleaning = false;
        this.proceed();
      });
    }
    this.ending.leaderEnded();
    this.proceed();
  }

  private proceed(): void {
    const { capture, cause, ending, exit, remote, timeoutMs } = this;
    if (exit === undefined || this.isCleaning || this.isSettled) return;
    // Whoever is being stopped may still have something to say.
    if (ending.isAsked() && !ending.isComplete()) return;
    if (ending.isAsked()) capture.hurry();
    // It may have been all that was missing.
    if (this.isSettled) return;
    if (!capture.isOver()) {
      capture.drain(this.drainMs);
      return;
    }
    this.isSettled = true;
    const isOwnExit = !ending.isHelperAlone();
    const sent = ending.sent();
    countLeftovers(this.pid, this.runId, remote, capture.isCutOff(), (leftovers) =>
      this.settle(concludeOutcome({ exit, isOwnExit, cause, timeoutMs, sent, leftovers, remote })),
    );
  }
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
