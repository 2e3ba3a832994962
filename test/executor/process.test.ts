import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import { explainSpawnFailure } from '../../src/executor/spawn-failure.js';
import type { Target } from '../../src/model/target.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe, survivors, sweep } from '../support/execution.js';

const executor = createExecutor();
const hasty = createExecutor({ drainMs: 50 });
const place = mkdtempSync(join(tmpdir(), 'supertask-process-'));

const run = (line: string, changes: Parameters<typeof observe>[2] = {}, by = executor) =>
  observe(by, parseTarget(`cmd:${line}`), changes);
const quick = { signal: 'SIGTERM', graceMs: 100 } as const;

afterEach(expectNoSurvivors);
afterAll(() => rmSync(place, { recursive: true }));

describe('a stopped run', () => {
  it('is told TERM and then killed when it ignores that', async () => {
    const going = run('trap "" TERM; echo up; while :; do sleep 1; done', { stop: quick });
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toEqual({
      status: 'failed',
      reason: 'stopped',
      signal: 'SIGKILL',
      sent: ['SIGTERM', 'SIGKILL'],
    });
  });

  it('has succeeded when it exits with 0 on TERM', async () => {
    const going = run('trap "exit 0" TERM; echo up; while :; do sleep 0.01; done');
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toEqual({ status: 'succeeded', exitCode: 0, sent: ['SIGTERM'] });
  });

  it('takes a grandchild along that ignores TERM while the leader goes', async () => {
    const going = run('(trap "" TERM; echo up; while :; do sleep 1; done) & wait', { stop: quick });
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({
      reason: 'stopped',
      signal: 'SIGTERM',
      sent: ['SIGTERM', 'SIGKILL'],
    });
    expect(survivors(going.runId)).toEqual([]);
  });

  it('is told TERM at half the grace when INT was not enough', async () => {
    const going = run('trap "" INT; trap "exit 9" TERM; echo up; while :; do sleep 0.01; done', {
      // Half of it is left for what TERM sets off, also on a machine that is busy.
      stop: { signal: 'SIGTERM', graceMs: 4_000 },
    });
    await going.seen('up');
    going.execution.stop('SIGINT');
    expect(await going.execution.ended).toEqual({
      status: 'failed',
      reason: 'stopped',
      exitCode: 9,
      sent: ['SIGINT', 'SIGTERM'],
    });
  });

  it('takes a daemon along that left group and session', async () => {
    const going = run('setsid sh -c "echo up; exec sleep 300" >&2 & sleep 300');
    await going.seen('up', 'stderr');
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped', sent: ['SIGTERM'] });
    expect(survivors(going.runId)).toEqual([]);
  });
});

describe('a run whose time is up', () => {
  it('has failed, whatever it says then', async () => {
    const going = run('trap "exit 0" TERM; echo up; while :; do sleep 0.01; done', { timeoutMs: 500 });
    expect(await going.execution.ended).toEqual({
      status: 'failed',
      reason: 'timeout',
      exitCode: 0,
      message: 'it took longer than its timeout of 500 ms',
      sent: ['SIGTERM'],
    });
  });

  it.each([
    [0, 'failed'],
    [3_000_000_000, 'succeeded'],
  ])('after %i ms has %s', async (timeoutMs, status) => {
    const going = run(timeoutMs === 0 ? 'sleep 300' : 'true', { timeoutMs });
    expect(await going.execution.ended).toMatchObject({ status });
  });
});

describe('an ended run', () => {
  it('does not wait for a daemon that holds its streams', async () => {
    const going = run('sleep 300 & echo done', {}, hasty);
    expect(await going.execution.ended).toEqual({ status: 'succeeded', exitCode: 0, leftovers: 1 });
    await sweep(going.runId);
  });

  it('gets no signal any more', async () => {
    const going = run('exit 3');
    await going.execution.ended;
    going.execution.stop();
    going.execution.kill();
    expect(await going.execution.ended).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 3 });
  });
});

describe('what cannot be started', () => {
  it('names a working directory that does not exist', async () => {
    const { execution, started } = run('true', { cwd: '/does/not/exist' });
    expect(await started).toBeUndefined();
    expect(await execution.ended).toEqual({
      status: 'errored',
      reason: 'spawn',
      message: 'the working directory /does/not/exist does not exist',
    });
  });

  it.each([
    ['nothing-of-this-name', 127, '"nothing-of-this-name" was not found on PATH'],
    [join(place, 'plain'), 126, 'is it executable'],
    [place, 126, 'it is a directory'],
    [join(place, 'orphan'), 126, 'the interpreter in its first line does not exist'],
  ])('exec:%s is %i', async (program, exitCode, message) => {
    writeFileSync(join(place, 'plain'), 'echo');
    writeFileSync(join(place, 'orphan'), '#!/no/such/interpreter\n', { mode: 0o755 });
    const { ended } = observe(executor, { kind: 'exec', program, words: [] }).execution;
    expect(await ended).toMatchObject({ status: 'errored', reason: 'spawn', exitCode });
    expect((await ended).message).toContain(message);
  });

  it.each([
    ['EMFILE', 'too many files are open (EMFILE); raise ulimit -n'],
    ['EAGAIN', 'no room for another process (EAGAIN); see ulimit -u'],
    ['ENOEXEC', 'its format is unknown (ENOEXEC)'],
    ['EIO', 'was not started: spawn EIO'],
  ])('says what %s means', (code, message) => {
    const error = Object.assign(new Error(`spawn ${code}`), { code });
    const command = { program: 'prog', args: [], env: {}, cwd: place };
    expect(explainSpawnFailure(error, command)).toMatchObject({
      status: 'errored',
      reason: 'spawn',
      message: expect.stringContaining(message),
    });
  });

  it('is never thrown', async () => {
    const nul = { kind: 'exec', program: 'true', words: ['a\0b'] } as const;
    expect(await observe(executor, nul).execution.ended).toMatchObject({
      status: 'errored',
      reason: 'spawn',
    });
  });

  it('says where a NUL character is, and not what stands beside it', async () => {
    const target = { kind: 'exec', program: 'true', words: [] } as const;
    const ended = (changes: { target?: Target; env?: Record<string, string> }) =>
      observe(executor, changes.target ?? target, changes).execution.ended;
    expect((await ended({ env: { API_TOKEN: 'canary\0canary' } })).message).toBe(
      '"true" was not started: the variable "API_TOKEN" contains a NUL character',
    );
    expect((await ended({ target: { ...target, words: ['canary\0'] } })).message).toBe(
      '"true" was not started: an argument contains a NUL character',
    );
  });

  it('says so when the arguments are too large', async () => {
    const words = ['x'.repeat(3_000_000)];
    const { ended } = observe(executor, { kind: 'exec', program: 'true', words }).execution;
    expect(await ended).toMatchObject({ status: 'errored', reason: 'spawn' });
    expect((await ended).message).toContain('E2BIG');
  });
});
