/** Commands whose reader has had enough, as `| head` has: they end as SIGPIPE ends others, and what they watch goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, type Result, runCli, startCli, startCommand } from '../support/cli.ts';
import { endShop, startShop } from '../support/shop.ts';

const PATIENCE_MS = 180_000;

const TABLE = `
meta: {namespace: shop}
tasks:
  say: {when: every 1d, run: 'echo begin; until test -e enough; do echo more; sleep 0.1; done'}
  alone: {run: 'echo begin; while :; do echo more; sleep 0.1; done'}
`;

/** Only the first line is read; how the command ended is told on stderr. */
function readFirstLine(...args: string[]): Promise<Result> {
  const line = '{ "$@"; echo "ended with $?" >&2; } | head -n 1';
  return startCommand(['bash', '-c', line, 'bash', process.execPath, BIN, ...args]).exit;
}

async function lastRun(): Promise<unknown> {
  const { stdout } = await runCli(['list-runs', '--limit=1', '--json']);
  return (JSON.parse(stdout) as unknown[])[0];
}

describe('a reader that leaves', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['logs -f', ['logs', 'job', '-f'], /^ended with 141\n$/],
    ['logs -f --grep', ['logs', 'job', '-f', '--timestamps', '--grep=.'], /^ended with 141\n$/],
    ['attach', ['attach', 'job'], /^supertask: run [0-9a-f-]{36} goes on\nended with 141\n$/],
  ])('ends %s, and the run goes on', async (_, args, told) => {
    const line = 'echo begin; until test -e enough; do echo more; sleep 0.1; done; exit 3';
    const run = startCli(['run', '--ns=shop', '--name=job', '--', line]);
    await run.waitForLine('stdout', /begin/);
    const { stdout, stderr } = await readFirstLine(...args);
    expect(stdout).toMatch(/^(\S+Z )?begin\n$/);
    expect(stderr).toMatch(told);
    expect(await lastRun()).toMatchObject({ status: 'running' });
    writeFileSync(join(place().work, 'enough'), '');
    expect(await run.exit).toMatchObject({ exitCode: 3 });
  });

  it('ends logs of what has been printed long ago', async () => {
    await runCli(['run', '--name=job', '--output=quiet', '--', 'seq 1 200000']);
    const { stdout, stderr } = await readFirstLine('logs', 'job');
    expect([stdout, stderr]).toEqual(['1\n', 'ended with 141\n']);
  });

  it('ends trigger --follow, and the run goes on', async () => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    const scheduler = await startShop();
    const { stdout, stderr } = await readFirstLine('trigger', 'say', '--follow');
    expect([stdout, stderr]).toEqual(['begin\n', 'ended with 141\n']);
    expect(await lastRun()).toMatchObject({ status: 'running' });
    writeFileSync(join(place().work, 'enough'), '');
    expect((await runCli(['wait', 'say'])).exitCode).toBe(0);
    await endShop(scheduler);
  });

  it('ends the run that trigger began here, as it ends one of run', async () => {
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    const { stdout, stderr } = await readFirstLine('trigger', 'alone', '--file=shop.yaml');
    expect(stdout).toBe('begin\n');
    expect(stderr).toMatch(/ alone failed: stopped with SIGPIPE after .+\nended with 141\n$/);
    expect(await lastRun()).toMatchObject({ status: 'failed', reason: 'stopped', signal: 'SIGPIPE' });
  });
});

it('that does not read keeps trigger no longer than it is told to end', {
  timeout: PATIENCE_MS,
}, async () => {
  writeFileSync(join(place().work, 'shop.yaml'), 'tasks: {loud: {run: yes}}');
  const line = 'mkfifo f; exec 7<>f; exec "$@" >&7';
  const args = [process.execPath, BIN, 'trigger', 'loud', '--file=shop.yaml'];
  const running = startCommand(['sh', '-c', line, 'sh', ...args]);
  await expect.poll(lastRun, { timeout: PATIENCE_MS }).toMatchObject({ status: 'running' });
  running.signal('SIGINT');
  expect(await running.exit).toMatchObject({ signal: 'SIGINT' });
});

describe('a pipe that others have, too', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['an exit code', 'exit 3', 'ended with 3'],
    ['a signal', 'kill -TERM $$', 'ended with 143'],
  ])('waits for its reader after a run that ended by %s', async (_, end, told) => {
    // 200 kB do not fit into a pipe that is read late.
    const line = '{ "$@"; echo "ended with $?"; seq 40000; } | { sleep 1; cat; }';
    const run = [process.execPath, BIN, 'run', '--', `echo said; echo wrong >&2; ${end}`];
    const { stdout, stderr } = await startCommand(['bash', '-c', line, 'bash', ...run]).exit;
    expect(stderr).toMatch(/^wrong\n(Terminated\n)?$/);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 2)).toEqual(['said', told]);
    expect(lines).toHaveLength(40_003);
  });
});
