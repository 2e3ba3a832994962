import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import { identifyProcess, isAlive } from '../../src/executor/process-identity.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe, survivors } from '../support/execution.js';

const executor = createExecutor();
const run = (line: string) => observe(executor, parseTarget(`cmd:${line}`), { cwd: tmpdir() });

afterEach(expectNoSurvivors);

describe('the identity of a process', () => {
  it('names pid, start and boot', () => {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    expect(identifyProcess(process.pid)).toEqual({
      pid: process.pid,
      start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
    });
  });

  it('is alive as long as it lives, and no other process is taken for it', async () => {
    const going = run('echo up; exec sleep 300');
    await going.seen('up');
    const id = await going.started;
    if (id === undefined) throw new Error('it was not started');
    expect(isAlive(id)).toBe(true);
    expect(isAlive({ ...id, start: `${Number(id.start) + 1}` })).toBe(false);
    expect(isAlive({ ...id, boot: 'an earlier one' })).toBe(false);
    going.execution.kill();
    await going.execution.ended;
    expect(isAlive(id)).toBe(false);
  });

  it('is dead when it is a zombie', async () => {
    // The shell becomes a sleep that never asks for its child's end.
    const going = run('sleep 0.2 & echo $!; exec sleep 300');
    await going.seen('\n');
    const { pid = 0 } = (await going.started) ?? {};
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'));
    const id = identifyProcess(child);
    while (!/\) Z /.test(readFileSync(`/proc/${child}/stat`, 'latin1'))) await run('true').execution.ended;
    expect(process.kill(child, 0)).toBe(true);
    expect(isAlive(id)).toBe(false);
    going.execution.kill();
    await going.execution.ended;
  });
});

describe('the processes of a run', () => {
  it('are found in other groups of its session', async () => {
    const going = run('set -m; sleep 300 & echo up; sleep 300');
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped', sent: ['SIGTERM'] });
    expect(survivors(going.runId)).toEqual([]);
  });

  it('are found below one that calls itself by another run', async () => {
    const nested = 'SUPERTASK_RUN_ID=other setsid sh -c "echo up; exec sleep 300"';
    const going = run(`${nested} & wait`);
    await going.seen('up');
    going.execution.kill();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped' });
    expect(survivors('other')).toEqual([]);
  });
});
