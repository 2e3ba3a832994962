/** Runs targets for tests and looks, independently of the code under test, for what they leave behind. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import type { ExecutionRequest, Executor } from '../../src/executor/executor.js';
import type { Stream } from '../../src/model/event.js';
import type { Outcome, ProcessId } from '../../src/model/run.js';
import type { Target } from '../../src/model/target.js';

export type Observed = {
  readonly runId: string;
  readonly execution: ReturnType<Executor['start']>;
  /** Settles when it is told that the process is there; undefined: it has ended without that. */
  readonly started: Promise<ProcessId | undefined>;
  /** Settles when the stream's bytes contain the text; rejects when the run ends without it. */
  seen(text: string, stream?: Stream): Promise<void>;
  /** The outcome and all bytes. */
  result(): Promise<{ outcome: Outcome; stdout: Buffer; stderr: Buffer }>;
};

const started: string[] = [];

/** Start a target with a fresh run id; `env` is added to the test's own environment. */
export function observe(
  executor: Executor,
  target: Target,
  changes: Partial<ExecutionRequest> = {},
): Observed {
  const runId = changes.runId ?? randomUUID();
  started.push(runId);
  const chunks: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  const listeners = new Set<() => void>();
  const text = (stream: Stream) => Buffer.concat(chunks[stream]);
  let tellStarted: (process: ProcessId | undefined) => void = () => {};
  const isThere = new Promise<ProcessId | undefined>((resolve) => {
    tellStarted = resolve;
  });
  const execution = executor.start({
    target,
    cwd: tmpdir(),
    timeoutMs: undefined,
    stop: { signal: 'SIGTERM', graceMs: 5_000 },
    context: {
      namespace: 'tests',
      job: 'job',
      runId,
      attempt: 1,
      trigger: 'once',
      scheduledAt: new Date('2026-01-02T03:04:05.678Z'),
      startedAt: new Date('2026-01-02T03:04:06.000Z'),
      schedulerStartedAt: new Date(),
    },
    started: (process) => tellStarted(process),
    output: (stream, chunk) => {
      chunks[stream].push(chunk);
      for (const listener of [...listeners]) listener();
      return undefined;
    },
    ...changes,
    runId,
    env: { ...process.env, SUPERTASK_RUN_ID: runId, ...changes.env },
  });
  void execution.ended.then(() => tellStarted(undefined));
  return {
    runId,
    execution,
    started: isThere,
    seen: (wanted, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!text(stream).includes(wanted)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void execution.ended.then((outcome) =>
          reject(
            new Error(
              `ended without ${JSON.stringify(wanted)}: ${JSON.stringify(outcome)} ${text('stdout')} ${text('stderr')}`,
            ),
          ),
        );
      }),
    result: async () => {
      const outcome = await execution.ended;
      return { outcome, stdout: text('stdout'), stderr: text('stderr') };
    },
  };
}

/** Living processes, zombies aside, that carry a run's id in their environment. */
export function survivors(runId: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return [];
      const environ = readFileSync(`/proc/${name}/environ`, 'latin1');
      return environ.split('\0').includes(`SUPERTASK_RUN_ID=${runId}`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Kill what a run left behind on purpose, and wait until it is gone. */
export async function sweep(runId: string): Promise<void> {
  for (let left = survivors(runId); left.length > 0; left = survivors(runId)) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone meanwhile.
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Wait until no process of a run lives: a container engine clears up behind our back. */
export async function gone(runId: string): Promise<void> {
  while (survivors(runId).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** For `afterEach`: nothing that a test started is alive. */
export function expectNoSurvivors(): void {
  const alive = started.splice(0).flatMap(survivors);
  expect(alive).toEqual([]);
}
