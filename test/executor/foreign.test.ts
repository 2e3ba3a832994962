/** The end of a run by somebody who did not start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { endForeign } from '../../src/executor/foreign.ts';
import { identifyProcess } from '../../src/executor/process-identity.ts';
import { currentTable, listRunProcesses } from '../../src/executor/process-table.ts';
import type { ProcessId } from '../../src/model/run.ts';

const STOP = { signal: 'SIGTERM', graceMs: 60_000 } as const;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of children.splice(0)) if (pid !== undefined) kill(pid);
});

function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Gone, as it should be.
  }
}

/** @returns Who it was, once it has said that all is set up. */
async function begin(id: string, line: string): Promise<{ exit: Promise<unknown>; who: ProcessId }> {
  const child = spawn('sh', ['-c', line], {
    detached: true,
    env: { ...process.env, SUPERTASK_RUN_ID: id },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  if (child.stdout === null) throw new Error('its output is not read');
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  return { exit, who: identifyProcess(child.pid ?? 0) };
}

const living = (id: string): number => listRunProcesses(currentTable(), undefined, id).length;

describe('a run of another supertask', () => {
  it('is ended, all of it', async () => {
    const { who } = await begin('one', 'sleep 600 & echo begun; wait');
    endForeign({ id: 'one', process: who }, STOP);
    await expect.poll(() => living('one')).toBe(0);
  });

  it('is ended when its first process has ended before, those included that left its group', async () => {
    const { exit, who } = await begin('two', 'sleep 600 & setsid sleep 600 & sleep 0.2; echo begun');
    await exit;
    await expect.poll(() => living('two')).toBe(2);
    endForeign({ id: 'two', process: who }, STOP);
    await expect.poll(() => living('two')).toBe(0);
  });

  it('that is left outside its group only does not have the number of the group signalled', async () => {
    const { exit, who } = await begin('three', 'setsid sleep 600 & sleep 0.2; echo begun');
    await exit;
    // As if the number had been given to others since.
    const { who: others } = await begin('others', 'echo begun; exec sleep 600');
    endForeign({ id: 'three', process: { ...who, pid: others.pid } }, STOP);
    await expect.poll(() => living('three')).toBe(0);
    await expect.poll(() => living('others')).toBe(1);
  });

  it('of which nothing lives is left alone', async () => {
    const { exit } = await begin('four', 'echo begun');
    await exit;
    const { who: others } = await begin('strangers', 'echo begun; exec sleep 600');
    endForeign({ id: 'four', process: { ...others, start: '1' } }, STOP);
    endForeign({ id: 'four', process: { ...others, boot: 'another' } }, STOP);
    await expect.poll(() => living('strangers')).toBe(1);
  });
});
