/** What a job finds when it runs: `shell`, and what is inherited. */
import { mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, runCli, startCli, startCommand } from '../support/cli.ts';
import { hasProgram, openTerminal } from '../support/terminal.ts';

const TIMETABLE = `meta: {namespace: shop}
tasks:
  backup:
    run: [{run: "env", env: {STEP: one}}, {name: two, run: "true", env: {STEP: two}}]
    env: {API_TOKEN: secret-value-123}
    cwd: directory
  bare: {run: env, inherit: minimal, env: {OWN: mine}}
  some: {run: env, inherit: [FOO, PATH, NOT_SET]}
  snippet: {run: "python:import os; print(os.environ)"}
`;

function timetable(): void {
  mkdirSync(join(place().work, 'directory'), { recursive: true });
  writeFileSync(join(place().work, 'supertask.yaml'), TIMETABLE);
}

/** Variables by name, without what says which run it is and what a shell adds. */
function variables(text: string): Record<string, string> {
  const pairs = text
    .trim()
    .split('\n')
    .map((line) => line.split(/=(.*)/s))
    .filter(([name = '']) => !/^(?:SUPERTASK_(?!JOB)|PWD$|OLDPWD$|SHLVL$|_$)/.test(name));
  return Object.fromEntries(pairs);
}

const { username, homedir } = userInfo();
const CRON = {
  HOME: homedir,
  LOGNAME: username,
  USER: username,
  SHELL: '/bin/sh',
  PATH: '/usr/bin:/bin',
};

describe('what is inherited', () => {
  const env = { FOO: 'from outside' };

  it('is with --env=minimal what cron gives, beside what the task sets', async () => {
    const { stdout } = await runCli(
      ['run', '--name=job', '--env=minimal', '-e', 'OWN=mine', '--', 'cmd:env'],
      { env },
    );
    expect(variables(stdout)).toEqual({ ...CRON, OWN: 'mine', SUPERTASK_JOB: 'job' });
  });

  it('is everything again with --env=all', async () => {
    writeFileSync(join(place().work, 'one.yaml'), 'tasks: {job: {run: env, inherit: minimal}}');
    const { stdout } = await runCli(['run', '--file=one.yaml', '--env=all'], { env });
    expect(variables(stdout)).toMatchObject({ FOO: 'from outside', LANG: 'C.UTF-8' });
  });

  it.each([
    ['minimal', CRON],
    ['[]', CRON],
    ['[FOO, NOT_SET]', { ...CRON, FOO: 'from outside' }],
  ])('is what the timetable says: %s', async (inherit, expected) => {
    writeFileSync(join(place().work, 'one.yaml'), `tasks: {job: {run: env, inherit: ${inherit}}}`);
    const { stdout } = await runCli(['run', '--file=one.yaml'], { env });
    expect(variables(stdout)).toEqual({ ...expected, SUPERTASK_JOB: 'job' });
  });

  it('is found on the PATH that cron has', async () => {
    const bin = join(place().home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'only-here'), '#!/bin/sh\necho found\n', { mode: 0o755 });
    const path = { PATH: `${bin}:${process.env['PATH']}` };
    expect((await runCli(['run', '--exec', '--', 'only-here'], { env: path })).stdout).toBe('found\n');
    const { exitCode } = await runCli(['run', '--env=minimal', '--exec', '--', 'only-here'], { env: path });
    expect(exitCode).toBe(127);
  });

  it.each([
    ['sometimes', 'one.yaml:1:34: "sometimes" is not a word for what of the environment is inherited'],
    ['[A=b]', 'one.yaml:1:35: "A=b" is not the name of a variable'],
    ['{A: b}', 'one.yaml:1:34: expected'],
  ])('is not %s', async (inherit, message) => {
    writeFileSync(join(place().work, 'one.yaml'), `tasks: {job: {run: env, inherit: ${inherit}}}`);
    const { stderr, exitCode } = await runCli(['run', '--file=one.yaml']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('is not a variable without a value', async () => {
    const { stderr, exitCode } = await runCli(['run', '--env=minim', '--', 'true']);
    expect(stderr).toMatch(/--env is not NAME=value.*\nhint: .*--env=minimal/);
    expect(exitCode).toBe(2);
  });
});

describe('a file of variables', () => {
  const write = (text: string) => writeFileSync(join(place().work, 'vars'), text);
  const run = (...flags: string[]) =>
    runCli(['run', '--env-file=vars', ...flags, '--', 'printf "<%s>" "$A" "$B"']);

  it('gives values with # in them as they are', async () => {
    write("A=ab#cdefghij\nB='http://h/#frag' # a comment\n");
    expect(await run()).toMatchObject({ stdout: '<ab#cdefghij><http://h/#frag>', stderr: '', exitCode: 0 });
  });

  it('has its wrong lines told by their places, and not by what stands there', async () => {
    write('A=1\nAPI KEY=canary\nTYPO\nB="canary\n');
    const vars = join(realpathSync(place().work), 'vars');
    expect(await run()).toMatchObject({
      stdout: '<1><"canary>',
      stderr:
        `warning: ${vars}:2:1: this line is not NAME=value, so it is passed over\n` +
        `warning: ${vars}:3:1: this line is not NAME=value, so it is passed over\n` +
        `warning: ${vars}:4:3: this quote is not closed, so it is a part of the value\n`,
      exitCode: 0,
    });
    expect((await run('--quiet')).stderr).toBe('');
    const check = await runCli(['check', '--env-file=vars', '-'], { input: 'tasks: {a: {run: ls}}' });
    expect(check.stdout + check.stderr).toMatch(/vars:2:1: .*\n[\s\S]*vars:3:1: .*\n[\s\S]*vars:4:3: /);
    expect(check.stdout + check.stderr).not.toContain('canary');
  });

  it('of another kind is told in a few lines', async () => {
    write('no variable\n'.repeat(1_000));
    const { stderr } = await run();
    expect(stderr.match(/^warning: /gm)).toHaveLength(11);
    expect(stderr).toContain('vars: 990 more lines are not as they should be; is it a file of variables?\n');
  });

  it('with a NUL character is refused with its place, and its values are kept to themselves', async () => {
    write('A=1\nAPI_TOKEN=canary\0canary\n');
    const { stdout, stderr, exitCode } = await run();
    expect(stderr).toMatch(
      /^error: .*vars:2:17 cannot be read: there is a NUL character \[FILE_UNR.*\nhint: /,
    );
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).not.toContain('canary');
  });

  it('may be a pipe, also for a schedule that reads its timetable again', async () => {
    const { work } = place();
    writeFileSync(join(work, 'week.yaml'), 'tasks: {job: {when: "@yearly", run: echo "<$A>"}}');
    const script = 'exec "$0" run --file=week.yaml --env-file <(echo A=piped) --env-file=/dev/null';
    const running = startCommand(['bash', '-c', script, BIN]);
    await running.waitForLine('stderr', /1 job in/);
    writeFileSync(join(work, 'week.yaml'), 'tasks: {job: {when: every 1h from start, run: echo "<$A>"}}');
    running.signal('SIGHUP');
    await running.waitForLine('stdout', /^<piped>$/);
    running.signal('SIGTERM');
    expect((await running.exit).exitCode).toBe(0);
  });

  it('without an end is not read to the end', async () => {
    const endless = startCommand(['bash', '-c', '"$0" run --env-file <(yes A=1) -- true', BIN]);
    const { stderr, exitCode } = await endless.exit;
    expect(stderr).toMatch(/cannot be read: it is larger than \d+ bytes \[FILE_UNREADABLE\]/);
    expect(exitCode).toBe(2);
  });
});

describe('shell', () => {
  it('gives to a line exactly what a run gets', async () => {
    timetable();
    const env = { FOO: 'from outside' };
    for (const job of ['bare', 'some']) {
      const ran = await runCli(['trigger', job, '--file=supertask.yaml'], { env });
      const tried = await runCli(['shell', job, '--', 'env'], { env });
      expect({ job, ...variables(tried.stdout) }).toEqual({ job, ...variables(ran.stdout) });
    }
    const named = (text: string) => [...text.matchAll(/^(SUPERTASK_\w+)=/gm)].map(([, name]) => name).sort();
    const ran = await runCli(['trigger', 'some', '--file=supertask.yaml']);
    expect(named((await runCli(['shell', 'some', '--', 'env'])).stdout)).toEqual(named(ran.stdout));
  });

  it('is in the directory of the job, with its secrets as they are, and words exactly', async () => {
    timetable();
    const line = 'pwd; echo "$API_TOKEN $STEP $SUPERTASK_NAMESPACE"; printf "<%s>" "$@"';
    const { stdout } = await runCli(['shell', 'back', '--', line, 'a b', '-c']);
    const directory = join(realpathSync(place().work), 'directory');
    expect(stdout).toBe(`${directory}\nsecret-value-123 one shop\n<a b><-c>`);
  });

  it('records nothing, and leaves nothing in the temporary directory', async () => {
    timetable();
    const line = 'echo x=1 > "$SUPERTASK_OUTPUT"; dirname "$SUPERTASK_OUTPUT"';
    const { stdout } = await runCli(['shell', 'backup', '--', line]);
    expect(readdirSync(tmpdir())).not.toContain(stdout.trim().split('/').at(-1));
    expect((await runCli(['list-runs', '--json'])).stdout).toBe('[]\n');
  });

  it.each([
    [['backup', '--step=two', '--', 'echo $STEP'], 'two\n', 0],
    [['backup', '--step=2', '--', 'echo $STEP; exit 3'], 'two\n', 3],
    [['snippet', '--', 'echo $PYTHONUNBUFFERED'], '1\n', 0],
  ])('%j', async (args, stdout, exitCode) => {
    timetable();
    expect(await runCli(['shell', ...args])).toMatchObject({ stdout, stderr: '', exitCode });
  });

  it('evaluates templates and takes arguments', async () => {
    const task =
      'params: {region: eu}, cwd: "${{ params.region }}", env: {WHERE: "${{ params.region }}-1"}, run: ls';
    writeFileSync(join(place().work, 'one.yaml'), `tasks: {report: {${task}}}`);
    for (const name of ['eu', 'us']) mkdirSync(join(place().work, name));
    const ask = (...args: string[]) =>
      runCli([
        'shell',
        'report',
        '--file=one.yaml',
        ...args,
        '--',
        'echo "$WHERE $SUPERTASK_ARG_REGION" ${PWD##*/}',
      ]);
    expect((await ask()).stdout).toBe('eu-1 eu eu\n');
    expect((await ask('--arg', 'region=us')).stdout).toBe('us-1 us us\n');
  });

  it('reads commands from standard input where there is no terminal', async () => {
    timetable();
    const { stdout, exitCode } = await runCli(['shell', 'bare'], { input: 'echo "$OWN"\nexit 4\n' });
    expect([stdout, exitCode]).toEqual(['mine\n', 4]);
  });

  it('takes the file of a job that is known, from anywhere', async () => {
    timetable();
    await runCli(['run']);
    const { stdout } = await runCli(['shell', 'backup', '--', 'echo "$STEP $SUPERTASK_NAMESPACE"'], {
      cwd: '/',
    });
    expect(stdout).toBe('one shop\n');
  });

  it.each([
    [['backup', '--step=three'], 'backup has no step "three"', 2],
    [['nothing'], 'no job is called "nothing"', 2],
    [['nothing', '--file=supertask.yaml'], 'has no task "nothing"', 2],
    [['inline'], 'the definition of inline is not kept', 1],
  ])('refuses %j', async (args, message, exitCode) => {
    timetable();
    await runCli(['run', '--name=inline', '--env=A=1', '--', 'cmd:true']);
    const answer = await runCli(['shell', ...args]);
    expect(answer.stderr).toContain(message);
    expect(answer.exitCode).toBe(exitCode);
  });

  it('says so when the directory is not there', async () => {
    writeFileSync(join(place().work, 'gone.yaml'), 'tasks: {gone: {run: ls, cwd: /no/such}}');
    const { stderr, exitCode } = await runCli(['shell', 'gone', '--file=gone.yaml', '--', 'ls']);
    expect([stderr, exitCode]).toEqual(['error: the working directory /no/such does not exist\n', 125]);
  });

  it('passes signals on, and ends as its command did', async () => {
    timetable();
    const code = `process.on('SIGINT', () => { console.log('got it'); process.exit(5); }); console.log('ready'); setInterval(() => {}, 1e6);`;
    const running = startCli(['shell', 'bare', '--', 'exec', process.execPath, '-e', code]);
    await running.waitForLine('stdout', /ready/);
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ stdout: 'ready\ngot it\n', exitCode: 5 });
    const killed = startCli(['shell', 'some', '--', 'echo ready; exec sleep 60']);
    await killed.waitForLine('stdout', /ready/);
    killed.signal('SIGTERM');
    expect(await killed.exit).toMatchObject({ signal: 'SIGTERM' });
  });
});

describe.skipIf(!hasProgram('tmux') || !hasProgram('bash'))('shell on a terminal', () => {
  it('is a shell of its own, without the files that would change the environment', async () => {
    timetable();
    writeFileSync(join(place().home, '.bashrc'), 'export FROM_BASHRC=1\n');
    writeFileSync(join(place().home, 'rc'), 'PS1="out> "\n');
    const terminal = await openTerminal(`SHELL=/bin/bash bash --rcfile '${place().home}/rc'`);
    try {
      await terminal.shows(/out>/);
      terminal.type(`'${process.execPath}' '${BIN}' shell backup`);
      terminal.press('Enter');
      await terminal.shows(/the environment of backup in \S+\/directory; exit leaves it/);
      terminal.type('echo "<$STEP$FROM_BASHRC>"');
      terminal.press('Enter');
      await terminal.shows(/^<one>$/m);
      // Ctrl-C is for what runs in the shell, not for the shell.
      terminal.type('sleep 60; echo after');
      terminal.press('Enter');
      await terminal.shows(/sleep 60; echo after/);
      terminal.press('C-c');
      // What is typed before the shell has its prompt again goes with what was interrupted.
      await terminal.shows(/\^C\s+\S+[#$] ?$/);
      terminal.type('exit 7');
      terminal.press('Enter');
      await terminal.shows(/exit\s+out> $|exit\s+out>$/);
      terminal.type('echo code $?');
      terminal.press('Enter');
      await terminal.shows(/^code 7$/m);
    } finally {
      terminal.close();
    }
  });
});
