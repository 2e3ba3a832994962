import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namespaceId } from '../../src/model/namespace.ts';
import { place, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

async function json(args: readonly string[], cwd?: string): Promise<Named[]> {
  const result = await runCli([...args, '--json'], cwd === undefined ? {} : { cwd });
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  return JSON.parse(result.stdout) as Named[];
}

describe('what is remembered', () => {
  it('of a run is its outcome, under documented names', async () => {
    await runCli(['run', '--name=greet', '--', 'cmd:echo hello; exit 3']);
    const [namespace] = await json(['list-namespaces']);
    expect(namespace).toMatchObject({
      source: `${place().work} cmd:echo hello; exit 3`,
      kind: 'inline',
      host: hostname(),
      user: userInfo().username,
      jobs: 1,
      runs: 1,
    });
    expect(namespace?.['id']).toBe(namespaceId(namespace as never));
    const [job] = await json(['list-jobs']);
    expect(job).toMatchObject({
      namespace: namespace?.['id'],
      id: 'greet',
      name: 'greet',
      target: 'cmd:echo hello; exit 3',
      schedules: ['once'],
      enabled: true,
      paused: false,
      nextDueAt: null,
      lastRun: { status: 'failed' },
    });
    const [run] = await json(['list-runs']);
    expect(run).toMatchObject({
      namespace: namespace?.['id'],
      job: 'greet',
      status: 'failed',
      reason: 'exit-code',
      exitCode: 3,
      signal: null,
      trigger: 'once',
      attempt: 1,
      stdoutBytes: 6,
    });
    for (const name of ['id', 'scheduledAt', 'startedAt', 'endedAt', 'durationMs'])
      expect(run).toHaveProperty(name);
    expect(Object.keys(namespace ?? {})).toEqual(expect.arrayContaining(['createdAt', 'updatedAt']));
  });

  it('is the same namespace for the same command, another for another directory, file or copy', async () => {
    const { work } = place();
    mkdirSync(join(work, 'other'));
    writeFileSync(join(work, 't.yaml'), 'tasks:\n  a: {run: "true"}\n');
    copyFileSync(join(work, 't.yaml'), join(work, 'other/t.yaml'));
    await runCli(['run', '--', 'true']);
    await runCli(['run', '--when=now', '--', 'cmd:true']);
    await runCli(['run', '--', 'true'], { cwd: join(work, 'other') });
    await runCli(['run', '--file', 't.yaml']);
    await runCli(['run', '--file', './other/../t.yaml']);
    await runCli(['run', '--file', 'other/t.yaml']);
    const namespaces = await json(['list-namespaces'], '/');
    expect(namespaces.map(({ source, runs }) => [source, runs]).sort()).toEqual([
      [`${work} cmd:true`, 2],
      [`${join(work, 'other')} cmd:true`, 1],
      [join(work, 'other/t.yaml'), 1],
      [join(work, 't.yaml'), 2],
    ]);
    expect(namespaces.find(({ source }) => source === join(work, 't.yaml'))?.['id']).toBe(
      namespaceId({ host: hostname(), user: userInfo().username, source: join(work, 't.yaml') }),
    );
  });

  it('lists the namespaces in which something happened last first', async () => {
    const sources = async () => {
      const all = JSON.parse((await runCli(['list-namespaces', '--json'])).stdout);
      return all.map(({ source }: { readonly source: string }) => source.replace(/.*cmd:/, ''));
    };
    for (const line of ['echo one', 'echo two', 'echo three']) await runCli(['run', '--', line]);
    expect(await sources()).toEqual(['echo three', 'echo two', 'echo one']);
    const { stdout } = await runCli(['list-namespaces', '--json']);
    await runCli(['run', '--', 'echo one']);
    expect(await sources()).toEqual(['echo one', 'echo three', 'echo two']);
    const [namespace] = JSON.parse((await runCli(['list-namespaces', '--json'])).stdout);
    const [run] = JSON.parse((await runCli(['list-runs', '--json', '--limit=1'])).stdout);
    expect(namespace.updatedAt).toBe(run.endedAt);
    expect(namespace.createdAt).toBe(JSON.parse(stdout)[2].createdAt);
  });

  it('is filed under another host name when asked to', async () => {
    await runCli(['run', '--host-id=web', '--', 'true']);
    await runCli(['run', '--', 'true'], { env: { SUPERTASK_HOST: 'web' } });
    expect(await json(['list-namespaces'])).toMatchObject([{ host: 'web', runs: 2 }]);
  });

  it('is found by status, job, time and unique prefix, newest first', async () => {
    for (const [name, code] of [
      ['a', 0],
      ['b', 1],
      ['a', 2],
    ] as const) {
      await runCli(['run', '--ns=shop', `--name=${name}`, '--', `cmd:exit ${code}`]);
    }
    const of = async (...args: string[]): Promise<unknown[]> =>
      (await json(['list-runs', ...args])).map(({ job, exitCode }) => `${job}${exitCode}`);
    expect(await of()).toEqual(['a2', 'b1', 'a0']);
    expect(await of('--job=a')).toEqual(['a2', 'a0']);
    expect(await of('--status=failed', '--job', 'a')).toEqual(['a2']);
    expect(await of('--status=succeeded,failed', '--limit=2')).toEqual(['a2', 'b1']);
    expect(await of('--since=1h')).toHaveLength(3);
    expect(await of('--since=2099-01-01')).toHaveLength(0);
    const [newest, , oldest] = await json(['list-runs', '--ns=sho']);
    const shown = await runCli(['show', String(newest?.['id']), '--json']);
    expect(JSON.parse(shown.stdout)).toEqual(newest);
    const ambiguous = await runCli(['show', String(oldest?.['id']).slice(0, 6)]);
    expect(ambiguous.stderr).toMatch(/fits more than one run \[ID_AMBIGUOUS\]\nhint: It could be /);
    expect(ambiguous.exitCode).toBe(2);
  });

  it('is that of the timetable here, unless all are asked for', async () => {
    const { work } = place();
    mkdirSync(join(work, 'shop'));
    writeFileSync(join(work, 'shop/supertask.yaml'), 'tasks:\n  open: {run: "true"}\n');
    await runCli(['run'], { cwd: join(work, 'shop') });
    await runCli(['run', '--', 'true']);
    expect(await json(['list-jobs'], join(work, 'shop'))).toMatchObject([{ id: 'open' }]);
    expect(await json(['list-jobs'])).toHaveLength(2);
    // But a run that is named by its id is found wherever it is, unless somebody says where.
    const [elsewhere] = await json(['list-runs', '--job=true']);
    const cwd = join(work, 'shop');
    const id = String(elsewhere?.['id']);
    expect(await json(['show', id], cwd)).toMatchObject({ id, job: 'true' });
    expect(await runCli(['rerun', id.slice(0, 18)], { cwd })).toMatchObject({ exitCode: 0 });
    const [shop] = await json(['list-jobs'], cwd);
    for (const args of [
      ['show', 'true'],
      ['logs', id, `--ns=${shop?.['namespace']}`],
    ]) {
      const { stderr, exitCode } = await runCli(args, { cwd });
      expect(stderr).toMatch(/\[ID_UNKNOWN\]\nhint: Only namespace [0-9a-f]{12} was looked through/);
      expect(exitCode).toBe(2);
    }
  });

  it('shows when a job is due next, while a scheduler runs it', async () => {
    const running = startCli(['run', '--ns=later', '--name=later', '--when=@yearly', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    const [job] = await json(['list-jobs', '--ns=later']);
    expect(job?.['nextDueAt']).toBe(`${new Date().getUTCFullYear() + 1}-01-01T00:00:00.000Z`);
    running.signal('SIGTERM');
    await running.exit;
    expect(await json(['list-jobs'])).toMatchObject([{ nextDueAt: null }]);
  });

  it('never calls a run of a killed supertask running', async () => {
    const running = startCli([
      'run',
      '--name=slow',
      '--when=every 1h from start',
      '--',
      'cmd:echo $$; exec sleep 300',
    ]);
    const [pid] = await running.waitForLine('stdout', /^\d+$/);
    expect(await json(['list-runs'])).toMatchObject([{ status: 'running' }]);
    running.signal('SIGKILL');
    await running.exit;
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(() => json(['list-runs'])).toMatchObject([{ status: 'errored', reason: 'lost' }]);
    expect(await json(['list-jobs'])).toMatchObject([{ lastRun: { reason: 'lost' } }]);
  });

  it('has nothing of the values of the environment', async () => {
    await runCli(['run', '--env', 'TOKEN=canary-8741', '--', 'cmd:test -n "$TOKEN"'], {
      env: { OTHER: 'canary-8741' },
    });
    const found = await runCli([
      'run',
      '--',
      `cmd:grep -rl "$(printf 'canary-%s' 8741)" ${place().state} | wc -l`,
    ]);
    expect(found.stdout.trim()).toBe('0');
  });

  it('is private: directories 0700, files 0600, whatever the umask', async () => {
    await runCli([
      'run',
      '--',
      `cmd:umask 000; ${process.execPath} ${join(import.meta.dirname, '../../bin/supertask.cjs')} run -- 'echo x; echo y >&2'`,
    ]);
    const { stdout } = await runCli(['run', '--', `cmd:find ${place().state} -perm /077 | wc -l`]);
    expect(stdout.trim()).toBe('0');
  });

  it('fits a table for people', async () => {
    await runCli(['run', '--ns=shop', '--name=greet', '--', 'cmd:echo hello']);
    const { stdout } = await runCli(['list-jobs']);
    const [head, row] = stdout.split('\n');
    expect(head).toMatch(/^JOB +SCHEDULE +ZONE +NEXT DUE +LAST RUN +STATUS +NAMESPACE +TARGET$/);
    expect(row).toMatch(
      /^greet +once +UTC +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +succeeded +shop +cmd:echo hello$/,
    );
  });
});

describe('logs', () => {
  it('give the bytes of both streams back', async () => {
    const { work } = place();
    const bytes = randomBytes(1024 * 1024);
    writeFileSync(join(work, 'random'), bytes);
    await runCli(['run', '--name=noise', '--', 'cmd:cat random; cat random >&2']);
    const out = await runCli(['logs', 'noise', '--stdout']);
    const err = await runCli(['logs', 'noise', '--stderr']);
    expect(out.stdoutBytes.equals(bytes)).toBe(true);
    expect(err.stdoutBytes.equals(bytes)).toBe(true);
    const both = await runCli(['logs', 'noise']);
    expect(both.stdoutBytes).toHaveLength(2 * bytes.length);
  });

  it('each line with its instant begins a line, also where none has ended', async () => {
    await runCli(['run', '--name=open', '--', 'cmd:printf out; printf err >&2']);
    const lines = (await runCli(['logs', 'open', '-t'])).stdout.split('\n');
    expect(lines.map((line) => line.replace(/^\S+Z /, '')).sort()).toEqual(['err', 'out']);
    expect((await runCli(['logs', 'open', '--tail=1'])).stdout).toMatch(/^(?:err|out)$/);
  });

  it('keep the order in which both streams were written', async () => {
    const line = 'cmd:for n in 1 2 3; do echo o$n; sleep 0.05; echo e$n >&2; sleep 0.05; done';
    await runCli(['run', '--name=both', '--', line]);
    expect((await runCli(['logs', 'both'])).stdout).toBe('o1\ne1\no2\ne2\no3\ne3\n');
    expect((await runCli(['logs', 'both', '--tail=2'])).stdout).toBe('o3\ne3\n');
    expect((await runCli(['logs', 'both', '--stderr', '--tail', '1'])).stdout).toBe('e3\n');
    const stamped = (await runCli(['logs', 'both', '-t'])).stdout.trim().split('\n');
    expect(stamped).toHaveLength(6);
    expect(stamped[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z o1$/);
  });

  it('are shown early and until the run ends with -f', async () => {
    const { work } = place();
    const running = startCli([
      'run',
      '--name=slow',
      '--',
      'cmd:echo early; while ! test -e go; do sleep 0.05; done; echo late',
    ]);
    await running.waitForLine('stdout', /early/);
    const following = startCli(['logs', 'slow', '-f']);
    await following.waitForLine('stdout', /early/);
    writeFileSync(join(work, 'go'), '');
    expect(await following.exit).toMatchObject({ stdout: 'early\nlate\n', exitCode: 0 });
    await running.exit;
  });

  it('of a job that never ran are a clear error', async () => {
    const running = startCli(['run', '--name=never', '--when=@yearly', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    const result = await runCli(['logs', 'never']);
    expect(result.stderr).toMatch(/job "never" has not run yet.*\[ID_UNKNOWN\]/);
    expect(result.exitCode).toBe(2);
    running.signal('SIGTERM');
    await running.exit;
  });

  it('stand in files of their own in the state directory', async () => {
    await runCli(['run', '--', 'cmd:printf hello']);
    const [run] = await json(['list-runs']);
    const { stdout } = await runCli(['run', '--', `cmd:find ${place().state} -name '${run?.['id']}.out'`]);
    expect(readFileSync(stdout.trim(), 'utf8')).toBe('hello');
  });
});
