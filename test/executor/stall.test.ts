/** What happens while supertask itself is kept from running, as on a machine that stalls. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { captureStreams } from '../../src/executor/capture.js';
import { createExecutor } from '../../src/executor/local.js';
import { listRunProcesses, type ProcessTable, whenTableIsRead } from '../../src/executor/process-table.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe } from '../support/execution.js';

afterEach(expectNoSurvivors);

/** Nothing of this process runs, until the child is a zombie and at least so much time has passed. */
function stallUntilEnded(pid: number, ms: number): void {
  const since = performance.now();
  const doze = new Int32Array(new SharedArrayBuffer(4));
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')) || performance.now() - since <= ms)
    Atomics.wait(doze, 0, 0, 5);
}

/** Nothing of this process runs, until a child has written its number. */
function pidIn(path: string): number {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'latin1') : '';
    if (text.endsWith('\n')) return Number(text);
  }
}

describe('a stall', () => {
  it('makes no timeout of a run that ended in time', async () => {
    const going = observe(createExecutor(), parseTarget('cmd:echo up; exit 3'), {
      cwd: tmpdir(),
      timeoutMs: 100,
    });
    const { pid = 0 } = (await going.started) ?? {};
    stallUntilEnded(pid, 100);
    expect(await going.execution.ended).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 3 });
  });

  it('loses nothing of what was written meanwhile', async () => {
    const child = spawn('sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const read: string[] = [];
    const { stdout, stderr } = child;
    let resolve = (_: boolean): void => {};
    const isCutOff = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    const capture = captureStreams(
      { stdout, stderr },
      (stream, chunk) => void read.push(`${stream}: ${chunk}`),
      () => resolve(capture.isCutOff()),
    );
    capture.drain(20);
    stallUntilEnded(child.pid ?? 0, 20);
    expect(await isCutOff).toBe(false);
    expect(read.sort()).toEqual(['stderr: err\n', 'stdout: out\n']);
  });
});

describe('a taker that asks for patience for one stream', () => {
  it('is given the other one afterwards, in the order in which they came', async () => {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const told: string[] = [];
    let goOn = (): void => {};
    const patience = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const over = new Promise<void>((resolve) => {
      const take = (stream: string, chunk: Buffer) => {
        told.push(`${stream}: ${chunk}`);
        return told.length === 1 ? patience : undefined;
      };
      captureStreams(streams, take, resolve);
    });
    streams.stdout.end('first');
    await new Promise(setImmediate);
    streams.stderr.end('second');
    await new Promise(setImmediate);
    expect(told).toEqual(['stdout: first']);
    goOn();
    await over;
    expect(told).toEqual(['stdout: first', 'stderr: second']);
  });
});

describe('a process that is over before anybody has looked', () => {
  it('is not looked up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
    const told: unknown[] = [];
    // From here the event loop goes to those that wait for its next turn before it hears of a process that has ended.
    await readFile(import.meta.filename);
    try {
      const going = observe(createExecutor(), parseTarget('cmd:echo $$ > pid'), {
        cwd: directory,
        started: (process) => void told.push(process),
      });
      stallUntilEnded(pidIn(join(directory, 'pid')), 0);
      expect(await going.execution.ended).toEqual({ status: 'succeeded', exitCode: 0 });
      expect(told).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the table of processes', () => {
  it('is read once for all who ask in one turn', async () => {
    const tables = new Set<ProcessTable>();
    const ask = () => new Promise<ProcessTable>((resolve) => whenTableIsRead(resolve));
    for (const table of await Promise.all([ask(), ask(), ask()])) tables.add(table);
    expect(tables.size).toBe(1);
    expect(tables.has(await ask())).toBe(false);
  });

  it('tells the runs of each process', async () => {
    // Stopped where they say so: nobody can tell what a process is of in the middle of its exec.
    const halt = 'echo up; kill -STOP $$';
    const [one, two] = [halt, `setsid sh -c '${halt}' & wait`].map((line) =>
      observe(createExecutor(), parseTarget(`cmd:${line}`), { cwd: tmpdir() }),
    );
    if (one === undefined || two === undefined) throw new TypeError('nothing to look at');
    await Promise.all([one.seen('up'), two.seen('up')]);
    const { pid = 0 } = (await two.started) ?? {};
    const table = await new Promise<ProcessTable>((resolve) => whenTableIsRead(resolve));
    expect(listRunProcesses(table, -1, one.runId)).toHaveLength(1);
    expect(listRunProcesses(table, pid, two.runId).length).toBeGreaterThanOrEqual(2);
    for (const { execution } of [one, two]) execution.kill();
    await Promise.all([one.execution.ended, two.execution.ended]);
  });
});
