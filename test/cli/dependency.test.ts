/** Conditions, other tasks and pools, with real processes. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';

async function runs(...args: string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse((await runCli(['list-runs', '--ns=shop', '--json', ...args])).stdout);
}

function write(text: string): void {
  writeFileSync(join(place().work, 'shop.yaml'), `meta: {namespace: shop}\n${text}`);
}

async function end(running: Running): Promise<void> {
  running.signal('SIGTERM');
  await running.exit;
}

describe('a condition', () => {
  it('is waited for across a kill -9, by the same record', async () => {
    write(`
tasks:
  # The second scheduler has a run of its own at its start, which must not hold this one off.
  job: {run: "echo through", when: "every 1h from start", overlap: parallel, only-if: "test -e flag", wait: {max: 10m, every: 200ms}}
  beat: {run: "true", when: "every 1s"}
`);
    const first = startCli(['run', '--file', 'shop.yaml']);
    await expect
      .poll(async () => (await runs('--job=job'))[0], { timeout: 10_000 })
      .toMatchObject({ status: 'waiting', evidence: { waitingFor: 'command "test -e flag"' } });
    const [waiting] = await runs('--job=job');
    first.signal('SIGKILL');
    await first.exit;
    expect(await runs('--job=job')).toMatchObject([{ id: waiting?.['id'], status: 'waiting' }]);
    writeFileSync(join(place().work, 'flag'), '');
    const second = startCli(['run', '--file', 'shop.yaml']);
    await expect
      .poll(async () => (await runs('--job=job')).find(({ id }) => id === waiting?.['id']), {
        timeout: 15_000,
      })
      .toMatchObject({ status: 'succeeded' });
    await end(second);
    rmSync(join(place().work, 'flag'));
  });

  it('that does not hold is told by why', async () => {
    write('tasks: {job: {run: "true", when: "every 1s", only-if: {file: nowhere}}}\n');
    const running = startCli(['run', '--file', 'shop.yaml']);
    await running.waitForLine('stderr', /job skipped: file nowhere does not hold: it is not there/);
    await end(running);
    const [last] = await runs('--job=job', '--status=skipped');
    const moment = String(last?.['scheduledAt']);
    expect((await runCli(['why', 'job', moment, '--ns=shop'])).stdout).toMatch(
      /file nowhere does not hold: it is not there/,
    );
  });
});

describe('after another task', () => {
  it('a chain runs once in its order, and show names what led to each', async () => {
    write(`
tasks:
  a: {run: "echo a", when: once}
  b: {run: "echo b; exit 3", after: a}
  c: {run: "echo c", after: {task: b, outcome: failed}}
  never: {run: "echo never", after: b}
`);
    const { stdout, exitCode } = await startCli(['run', '--file', 'shop.yaml']).exit;
    expect({ stdout, exitCode }).toEqual({ stdout: 'a | a\nb | b\nc | c\n', exitCode: 1 });
    const [c, b] = await runs();
    expect(c).toMatchObject({
      job: 'c',
      trigger: 'dependency',
      cause: { run: b?.['id'], kind: 'dependency' },
    });
  });
});

it('a pool lets one run at a time go', async () => {
  const line = 'mkdir lock && sleep 0.3 && rmdir lock';
  write(`
pools: {one: 1}
tasks:
${['a', 'b', 'c', 'd'].map((id) => `  ${id}: {run: "${line}", when: once, pool: one}`).join('\n')}
`);
  const { exitCode } = await startCli(['run', '--file', 'shop.yaml']).exit;
  expect(exitCode).toBe(0);
  expect((await runs()).map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
});

it('a pool is one for all schedulers of a namespace, and a kill -9 gives its place back', async () => {
  // Two at once, and one of them fails.
  const line = 'mkdir lock && sleep 0.1 && rmdir lock';
  const start = (id: string): Running => {
    const task = `{run: "${line}", when: "every 1s", overlap: queue, pool: one}`;
    writeFileSync(
      join(place().work, `${id}.yaml`),
      `meta: {namespace: shop}\npools: {one: 1}\ntasks: {${id}: ${task}}\n`,
    );
    return startCli(['run', '--file', `${id}.yaml`, '--join']);
  };
  const succeeded = async (id: string): Promise<number> =>
    (await runs(`--job=${id}`, '--status=succeeded')).length;
  const atLeast = async (id: string, count: number): Promise<void> =>
    expect.poll(() => succeeded(id), { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
  const [a, b, c] = ['a', 'b', 'c'].map(start) as [Running, Running, Running];
  await a.waitForLine('stderr', /a started/);
  for (const id of ['a', 'b', 'c']) await atLeast(id, 2);
  await a.waitForLine('stderr', /a started/);
  a.signal('SIGKILL');
  await a.exit;
  await atLeast('b', (await succeeded('b')) + 2);
  await atLeast('c', (await succeeded('c')) + 2);
  await Promise.all([b, c].map(end));
  const ended = await runs('--limit=500', '--status=failed,errored');
  expect(ended.filter(({ reason }) => reason === 'exit-code')).toEqual([]);
});

it('graph draws who comes after whom', async () => {
  write('tasks: {a: {run: "true", when: "@daily"}, b: {run: "true", after: a}}\n');
  expect((await runCli(['graph', 'shop.yaml'])).stdout).toBe('a  [@daily]\n└─ b\n');
  expect((await runCli(['graph', 'shop.yaml', '--format=mermaid'])).stdout).toContain('t0 --> t1');
});

it('arguments of another task may be written as numbers', async () => {
  write(`
tasks:
  etl: {params: {shard: }, run: "true", when: [{every: 1s, args: {shard: 1}}, {every: 1h, args: {shard: 2}}]}
  report: {run: "echo done", after: {task: etl, args: {shard: 1}}}
`);
  const running = startCli(['run', '--file', 'shop.yaml']);
  await running.waitForLine('stdout', /done/);
  await end(running);
});
