import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';
import { place, runCli, startCli } from '../support/cli.ts';
import { mistakes } from '../support/schema.ts';

type Line = {
  readonly status: string;
  readonly check: string;
  readonly message: string;
  readonly hint: string | null;
  readonly job: string | null;
};

async function doctor(...args: readonly string[]) {
  return doctorWith({}, ...args);
}

async function doctorWith(env: Record<string, string>, ...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await runCli(['doctor', ...args, '--json'], { env });
  expect(stderr).toBe('');
  const answer: { healthy: boolean; checks: Line[] } = JSON.parse(stdout);
  expect(mistakes('doctor', answer)).toEqual([]);
  expect(exitCode).toBe(answer.healthy ? 0 : 1);
  const of = (check: string, job: string | null = null) =>
    answer.checks.filter((line) => line.check === check && line.job === job);
  return { ...answer, of };
}

function write(name: string, text: string): void {
  writeFileSync(join(place().work, name), text);
}

/** A program that only this user's PATH has. */
function ownProgram(name: string, script = '#!/bin/sh\necho 1.0\n'): Record<string, string> {
  const bin = join(place().home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), script, { mode: 0o755 });
  return { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` };
}

it('looks at this machine where there is no timetable, and changes nothing', async () => {
  const { healthy, checks, of } = await doctor();
  expect(healthy).toBe(true);
  expect(checks.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      'state',
      'disk',
      'file system',
      'sockets',
      'scheduler',
      'zone data',
      'zone',
      'clock',
    ]),
  );
  expect(of('state')).toMatchObject([{ message: `${place().state} will be made` }]);
  expect((await doctor()).of('state')).toMatchObject([{ message: `${place().state} will be made` }]);
});

it('says a line for each check, with the way out, and a sum', async () => {
  write('supertask.yaml', 'tasks: {a: {run: no-such-program}, b: {run: ls}}');
  const { stdout, exitCode } = await runCli(['doctor']);
  expect(stdout).toMatch(/^ok {4}state {6,}\S/);
  expect(stdout).toMatch(
    /^fail {2}a: program +the program "no-such-program" is not on PATH\n {6}hint: Install it/m,
  );
  expect(stdout).toMatch(/^ok {4}b: job +directory, program, shell line, bare PATH$/m);
  expect(stdout).toMatch(/\d+ ok, (?:\d+ warned of, )?1 failed\n$/);
  expect(exitCode).toBe(1);
});

it('tells of one job all that was found', async () => {
  const env = ownProgram('only-here');
  write('supertask.yaml', 'tasks: {backup: {run: only-here}, other: {run: no-such-program}}');
  const { healthy, checks, of } = await doctorWith(env, 'back');
  expect(healthy).toBe(true);
  expect(checks.filter(({ job }) => job === 'other')).toEqual([]);
  expect(of('program', 'backup')).toMatchObject([
    { status: 'ok', message: join(place().home, 'bin/only-here') },
  ]);
  expect(of('bare PATH', 'backup')).toMatchObject([
    { status: 'warn', message: `not on cron's, /usr/bin:/bin: ${join(place().home, 'bin/only-here')}` },
  ]);
});

it('looks at a job of a directory, and names such jobs with their paths', async () => {
  mkdirSync(join(place().work, 'jobs/db'), { recursive: true });
  write('jobs/backup.yaml', 'tasks: {dump: {when: "@daily", run: no-such-program x}}');
  write('jobs/db/backup.yaml', 'tasks: {dump: {when: "@daily", run: ls}}');
  expect(await runCli(['trigger', 'backup.dump', '--file', 'jobs'])).toMatchObject({ exitCode: 127 });
  expect(await runCli(['trigger', 'db.backup.dump', '--file', 'jobs'])).toMatchObject({ exitCode: 0 });
  const one = await doctor('backup.dump');
  expect(one.of('program', 'backup.dump')).toMatchObject([{ status: 'fail' }]);
  expect((await doctor('db.backup.dump')).of('program', 'db.backup.dump')).toMatchObject([{ status: 'ok' }]);
  const all = await doctor('jobs');
  expect(all.of('program', 'backup.dump')).toMatchObject([{ status: 'fail' }]);
  expect(all.of('job', 'db.backup.dump')).toMatchObject([{ status: 'ok' }]);
});

it.each([
  ['with arguments', 'report@day=monday', 'report', 'program', 'fail'],
  ['that is not enabled', 'off', 'off', 'enabled', 'warn'],
])('looks at a job %s', async (_, name, job, check, status) => {
  write(
    'supertask.yaml',
    'tasks: {report: {params: {day: {}}, when: {every: 1d, args: {day: monday}}, run: no-such-program}, off: {enabled: false, run: ls}}',
  );
  expect((await doctor(name)).of(check, job)).toMatchObject([{ status }]);
});

it('takes a job that asks for no more than cron gives at its word', async () => {
  const env = ownProgram('only-here');
  write('supertask.yaml', 'tasks: {bare: {run: only-here, inherit: minimal}}');
  const { of } = await doctorWith(env, 'bare');
  expect(of('program', 'bare')).toMatchObject([{ status: 'fail' }]);
  expect(of('bare PATH', 'bare')).toEqual([]);
});

it.each([
  ['a directory that is not there', 'run: ls, cwd: /no/such', 'directory', 'fail'],
  ['a script whose interpreter is gone', 'run: ./broken.sh', 'program', 'fail'],
  ['a script that may not be executed', 'run: ./plain.sh', 'program', 'fail'],
  ['a file that is gone', 'run: gone.py', 'file', 'fail'],
  ['a line that the shell cannot read', "run: 'echo \"'", 'shell line', 'fail'],
  ['a secret that is not set', 'run: ls, secrets: [NOT_SET]', 'secret', 'warn'],
])('finds %s', async (_, task, check, status) => {
  write('broken.sh', '#!/no/such/interpreter\n');
  chmodSync(join(place().work, 'broken.sh'), 0o755);
  write('plain.sh', '#!/bin/sh\n');
  write('jobs.yaml', `tasks: {a: {${task}}}`);
  const [line] = (await doctor('jobs.yaml')).of(check, 'a');
  expect(line).toMatchObject({ status, hint: expect.stringMatching(/\S/) });
});

it('finds a python3 that is there and does not work', async () => {
  const env = ownProgram('python3', '#!/bin/sh\necho "no version is set" >&2\nexit 1\n');
  write('jobs.yaml', 'tasks: {a: {run: "python:print(1)"}}');
  const [line] = (await doctorWith(env, 'jobs.yaml')).of('python3', 'a');
  expect(line).toMatchObject({ status: 'fail', message: expect.stringContaining('no version is set') });
});

it('finds a container engine that does not answer', async () => {
  const env = ownProgram('engine', '#!/bin/sh\n[ "$1" = --version ] && exit 0\nexit 1\n');
  write('jobs.yaml', 'tasks: {a: {run: "docker:alpine true"}}');
  const [line] = (await doctorWith(env, 'jobs.yaml', '--docker=engine')).of('image', 'a');
  expect(line).toMatchObject({ status: 'fail', message: expect.stringContaining('could not be asked') });
});

it('tells of mistakes in the file, and of the jobs that could be read', async () => {
  write('jobs.yaml', 'tasks:\n  a: {run: ls, timout: 3s}\n  b: {run: ls}\n');
  const { of } = await doctor('jobs.yaml');
  expect(of('timetable')).toMatchObject([
    { status: 'fail', message: expect.stringContaining('line 2: "timout" is not a key') },
  ]);
  expect(of('job', 'b')).toMatchObject([{ status: 'ok' }]);
});

it('shows no secret', async () => {
  write(
    'jobs.yaml',
    'tasks: {a: {run: ls, cwd: /no/very-secret-value, env: {API_TOKEN: very-secret-value}}}',
  );
  const { stdout } = await runCli(['doctor', 'jobs.yaml']);
  expect(stdout).toContain('/no/***');
  expect(stdout).not.toContain('very-secret-value');
});

it('says who can get at the state', async () => {
  mkdirSync(place().state, { recursive: true });
  chmodSync(place().state, 0o755);
  mkdirSync(join(place().state, 'control'));
  chmodSync(join(place().state, 'control'), 0o777);
  const { of, healthy } = await doctor();
  expect(of('state')).toMatchObject([{ status: 'warn', hint: `Close it: chmod 700 ${place().state}` }]);
  expect(of('sockets')).toMatchObject([{ status: 'fail' }]);
  expect(healthy).toBe(false);
});

it('says when the state is no directory', async () => {
  writeFileSync(join(place().home, 'state'), '');
  const { of } = await doctor(`--state-dir=${join(place().home, 'state')}`);
  expect(of('state')).toMatchObject([
    { status: 'fail', message: expect.stringContaining('not a directory') },
  ]);
});

it('asks the scheduler that lives', async () => {
  const running = startCli(['run', '--ns=shop', '--when=every 1h from start', '--', 'cmd:echo ready']);
  await running.waitForLine('stderr', /succeeded/);
  await expect
    .poll(async () => (await doctor()).of('scheduler'), { timeout: 15_000 })
    .toMatchObject([{ status: 'ok', message: expect.stringMatching(/shop \(pid \d+\) answers/) }]);
  running.signal('SIGSTOP');
  try {
    const { of, healthy } = await doctor();
    expect(of('scheduler')).toMatchObject([
      { status: 'fail', message: expect.stringContaining('does not answer') },
    ]);
    expect(healthy).toBe(false);
  } finally {
    running.signal('SIGCONT');
    running.signal('SIGTERM');
    await running.exit;
  }
});

it.each([
  [['nothing'], 'no job is called "nothing"', 2],
  [['gone.yaml'], 'there is no file', 2],
  [['inline'], 'which is no file here', 1],
])('refuses %j', async (args, message, exitCode) => {
  await runCli(['run', '--name=inline', '--', 'cmd:true']);
  const answer = await runCli(['doctor', ...args]);
  expect(answer.stderr).toContain(message);
  expect(answer.exitCode).toBe(exitCode);
});

it('has a line in the docs for each check', async () => {
  write('jobs.yaml', 'tasks: {a: {run: ["python:1", "ls", "docker:a b", gone.py], secrets: [NOT_SET]}}');
  const env = ownProgram('engine');
  const { checks } = await doctorWith(env, 'jobs.yaml', '--docker=engine');
  const docs = readFileSync(join(ROOT, 'docs/doctor.md'), 'utf8');
  const rows = [...docs.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => cell.match(/`[^`]+`/g) ?? []);
  const seen = new Set(checks.map(({ check }) => `\`${check}\``).filter((name) => name !== '`job`'));
  expect([...seen].filter((name) => !rows.includes(name))).toEqual([]);
});
