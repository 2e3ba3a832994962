/** Runs that go on in the background, whatever becomes of where they were started. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, type Result, runCli, startCli, startCommand } from '../support/cli.ts';
import { hasProgram, openTerminal } from '../support/terminal.ts';

type Told = { kind: string; namespace: string; run: string | null; pid: number; log: string };

const TICK = ['--when=@yearly', '--ns=shop', '--name=tick'];

async function detach(...args: string[]): Promise<Told> {
  const { stdout, stderr, exitCode } = await runCli(['run', '--detach', '--json', ...args]);
  expect([stderr.includes('error'), exitCode]).toEqual([false, 0]);
  return JSON.parse(stdout) as Told;
}

async function schedulers(): Promise<{ pid: number; namespace: string; socket: string }[]> {
  const { stdout } = await runCli(['ps', '--json']);
  return JSON.parse(stdout).schedulers;
}

async function lastRun(): Promise<unknown> {
  return JSON.parse((await runCli(['list-runs', '--json', '--limit=1'])).stdout)[0];
}

const shutdown = (): Promise<Result> => runCli(['shutdown', 'shop']);

function logs(): string[] {
  const directory = join(place().state, 'background');
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** Session and terminal of a process, as proc(5) has them. */
function sessionOf(pid: number): { session: number; terminal: number } {
  const [, , , session, terminal] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  return { session: session ?? 0, terminal: terminal ?? 0 };
}

describe('run --detach', { timeout: 90_000 }, () => {
  it('tells the run and how to go on, and the run goes on', async () => {
    const line = 'echo begin; until test -e enough; do sleep 0.1; done; echo end; exit 3';
    const { stdout, stderr, exitCode } = await runCli(['run', '--detach', '--name=job', '--', line]);
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(stderr).toMatch(
      /^supertask: in the background with pid \d+\nsupertask: supertask attach (\S+) follows it, supertask stop \1 ends it\n$/,
    );
    expect(exitCode).toBe(0);
    const attached = startCli(['attach', stdout.trim()]);
    await attached.waitForLine('stdout', /begin/);
    writeFileSync(join(place().work, 'enough'), '');
    expect(await attached.exit).toMatchObject({ stdout: 'begin\nend\n', exitCode: 3 });
    await expect.poll(logs).toEqual([]);
  });

  it('has a run that attach leaves, stops and kills', async () => {
    await detach('--name=job', '--', 'trap "" INT TERM; echo begin; while :; do sleep 0.1; done');
    const leaving = startCli(['attach', 'job']);
    await leaving.waitForLine('stdout', /begin/);
    leaving.signal('SIGQUIT');
    expect((await leaving.exit).exitCode).toBe(0);
    expect(await lastRun()).toMatchObject({ status: 'running' });
    const killing = startCli(['attach', 'job']);
    await killing.waitForLine('stdout', /begin/);
    killing.signal('SIGINT');
    await killing.waitForLine('stderr', /stopping the run/);
    killing.signal('SIGINT');
    expect((await killing.exit).exitCode).toBe(137);
  });

  it('schedules from a session of its own, and says in a log what it would have said', async () => {
    const line = '"$@" > told';
    const sh = [
      'sh',
      '-c',
      line,
      'sh',
      process.execPath,
      BIN,
      'run',
      '--detach',
      '--json',
      ...TICK,
      '--',
      'echo secret',
    ];
    const { stderr, exitCode } = await startCommand(sh).exit;
    expect(stderr).toMatch(/^supertask: 1 job in namespace shop\ntick: /);
    expect(exitCode).toBe(0);
    const told = JSON.parse(readFileSync(join(place().work, 'told'), 'utf8')) as Told;
    expect(told).toMatchObject({ kind: 'schedule', namespace: 'shop', run: null });
    expect(sessionOf(told.pid)).toEqual({ session: told.pid, terminal: 0 });
    expect(await schedulers()).toMatchObject([
      { namespace: 'shop', pid: told.pid, socket: expect.any(String) },
    ]);
    expect((await runCli(['trigger', 'tick', '--wait'])).exitCode).toBe(0);
    expect((await shutdown()).exitCode).toBe(0);
    const said = readFileSync(told.log, 'utf8');
    expect(said).toMatch(/tick started[\s\S]*tick succeeded[\s\S]*stopped \(shutdown\)\n$/);
    expect(said).not.toMatch(/^secret/m);
    expect((await runCli(['logs', 'tick'])).stdout).toBe('secret\n');
    expect((await runCli(['fsck'])).exitCode).toBe(0);
  });

  it.runIf(hasProgram('tmux'))('outlives the terminal in which it was started', async () => {
    const command = `${process.execPath} ${BIN} run --detach ${TICK.map((word) => `'${word}'`).join(' ')} -- true; cat`;
    const terminal = await openTerminal(command);
    await terminal.shows(/supertask shutdown shop ends it/);
    const [before] = await schedulers();
    terminal.close();
    expect((await runCli(['trigger', 'tick', '--wait'])).exitCode).toBe(0);
    expect(await schedulers()).toMatchObject([{ pid: before?.pid }]);
    await shutdown();
  });

  it('reads a timetable from standard input', async () => {
    const input = 'tasks: {one: {run: echo 1}, two: {run: echo 2}}';
    const { stdout, exitCode } = await runCli(['run', '--detach', '--ns=both', '--file=-'], { input });
    expect([stdout, exitCode]).toEqual(['both\n', 0]);
    const runs = async (): Promise<unknown> =>
      JSON.parse((await runCli(['list-runs', '--json', '--status=succeeded'])).stdout);
    await expect.poll(runs).toHaveLength(2);
  });

  it('waits for another scheduler to end', async () => {
    const first = await detach(...TICK, '--', 'true');
    const second = await detach(...TICK, '--standby', '--', 'true');
    expect(second).toMatchObject({ kind: 'standby', namespace: 'shop' });
    await shutdown();
    expect(second.pid).not.toBe(first.pid);
    await expect.poll(schedulers, { timeout: 15_000 }).toMatchObject([{ pid: second.pid }]);
    await shutdown();
  });

  it('answers by HTTP, and tells the link as if it were in the foreground', async () => {
    const args = ['run', '--detach', '--http=127.0.0.1:0', ...TICK, '--', 'true'];
    const { stdout, stderr } = await runCli(args);
    expect(stdout).toBe('shop\n');
    const [, url = ''] = /supertask: http on (\S+)\n/.exec(stderr) ?? [];
    expect(stderr).toContain(`supertask: sign in: ${url}#code=`);
    expect((await fetch(`${url}api/v1/health`)).status).toBe(401);
    await shutdown();
  });

  it.each([
    [2, /FILE_NOT_FOUND/, ['--file=nope.yaml']],
    [2, /error: /, ['--when=every now and then', '--', 'true']],
    [127, /nosuchprogram" was not found/, ['--exec', '--', 'nosuchprogram']],
  ])('ends with %d and says %s as the run itself would', async (code, message, args) => {
    const { stdout, stderr, exitCode } = await runCli(['run', '--detach', ...args]);
    expect([stdout, exitCode]).toEqual(['', code]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('background');
    expect(logs()).toEqual([]);
    expect(existsSync(place().state)).toBe(code === 127);
  });

  it('is refused beside another scheduler, and leaves nothing behind', async () => {
    const first = await detach(...TICK, '--', 'true');
    const { stderr, exitCode } = await runCli(['run', '--detach', ...TICK, '--', 'true']);
    expect(stderr).toContain(`pid ${first.pid}`);
    expect(exitCode).toBe(75);
    expect(logs()).toEqual([`shop-${first.pid}.log`]);
    await shutdown();
  });

  it('is refused where its address is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const args = ['run', '--detach', `--http=127.0.0.1:${port}`, ...TICK, '--', 'true'];
    expect(await runCli(args)).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('ADDRESS_UNAVAILABLE'),
      exitCode: 69,
    });
    expect(logs()).toEqual([]);
    server.close();
  });

  it('does not begin when Ctrl-C comes before it has', async () => {
    const starting = startCli(['run', '--detach', '--file=-'], { interactive: true });
    await expect.poll(logs).toHaveLength(1);
    starting.signal('SIGINT');
    expect(await starting.exit).toMatchObject({ stdout: '', signal: 'SIGINT' });
    expect(existsSync(place().state)).toBe(false);
  });
});
