/** What is meant in a directory with a timetable, also when nothing of it has been run yet. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Options, place, type Running, runCli, startCli } from '../support/cli.ts';

const PATIENCE_MS = 90_000;

/** A directory with this timetable. */
function directory(name: string, table: string): Options {
  const cwd = join(place().work, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'supertask.yaml'), table);
  return { cwd };
}

/** The scheduler of another directory, which nothing here may reach. */
async function other(): Promise<Running> {
  const scheduler = startCli(
    ['run'],
    directory('production', 'tasks: {deploy-production: {when: every 1h, run: echo deployed}}\n'),
  );
  await scheduler.waitForLine('stderr', /next /);
  return scheduler;
}

async function end(scheduler: Running): Promise<void> {
  scheduler.signal('SIGTERM');
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
}

const FRESH = 'tasks: {deploy: {when: every 1h, run: echo here}, deploy-all: {run: echo all}}\n';

const REFUSED: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['status'], 1, /nothing of \S+\/fresh\/supertask\.yaml has been run yet \[NOT_RUNNING\]\nhint: .*--ns/],
  [['pause', '--all'], 1, /has been run yet \[NOT_RUNNING\]/],
  [
    ['pause', 'deploy', '--for=1m'],
    2,
    /"deploy": nothing of the timetable here .* \[ID_UNKNOWN\]\nhint: .*--ns/,
  ],
  [['skip', 'deploy'], 2, /"deploy": nothing of the timetable here has been run yet \[ID_UNKNOWN\]/],
  [['stop', 'deploy'], 2, /no run, job or namespace is called "deploy" \[ID_UNKNOWN\]\nhint: .*--ns/],
  [['logs', 'deploy'], 2, /nothing of the timetable here has been run yet \[ID_UNKNOWN\]/],
  [['shell', 'deploy-p', '--', 'pwd'], 2, /no job is called "deploy-p".* \[ID_UNKNOWN\]/],
  [['reload'], 1, /no scheduler of \S+\/fresh\/supertask\.yaml is running \[NOT_RUNNING\]/],
  [['shutdown'], 1, /no scheduler of \S+\/fresh\/supertask\.yaml is running \[NOT_RUNNING\]\nhint: .*ps -A/],
  [['trigger', 'deploy-p'], 2, /has no task "deploy-p" \[ID_UNKNOWN\]\nhint: .*--file.*--ns/],
  [['trigger', 'deploy', '--at=2099-01-01'], 1, /no scheduler that has the job "deploy" is running/],
];

describe('beside a timetable that has never been run', { timeout: PATIENCE_MS }, () => {
  it('listings show nothing of others', async () => {
    const scheduler = await other();
    const here = directory('fresh', FRESH);
    for (const args of [['list-jobs'], ['list-runs'], ['missed']])
      expect((await runCli([...args, '--json'], here)).stdout).toBe('[]\n');
    expect(JSON.parse((await runCli(['ps', '--json'], here)).stdout)).toEqual({ schedulers: [], runs: [] });
    expect((await runCli(['ps', '-A'], here)).stdout).toContain(String(scheduler.pid));
    await end(scheduler);
  });

  it('verbs leave others alone, and name the way out', async () => {
    const scheduler = await other();
    const here = directory('fresh', FRESH);
    for (const [args, code, message] of REFUSED) {
      const { stdout, stderr, exitCode } = await runCli(args, here);
      expect(stderr).toMatch(message);
      expect([args, stdout, exitCode]).toEqual([args, '', code]);
    }
    expect(scheduler.output('stderr')).not.toMatch(/paused|skips/);
    await end(scheduler);
  });

  it('stop takes no beginning of the name of a namespace', async () => {
    const shop = 'meta: {namespace: deployed}\ntasks: {slow: {run: "true"}}\n';
    await runCli(['run'], directory('shop', shop));
    const here = directory('fresh', FRESH);
    expect((await runCli(['stop', 'deploy'], here)).stderr).toMatch(/\[ID_UNKNOWN\]/);
    expect((await runCli(['stop', 'deployed'], here)).stderr).toMatch(
      /no run of namespace deployed is going/,
    );
    expect((await runCli(['stop', 'deploy'])).stderr).toMatch(/no run of namespace deployed is going/);
  });

  it('trigger runs a task from its file, and what is meant is not what only begins so', async () => {
    const scheduler = await other();
    const here = directory('fresh', FRESH);
    expect(await runCli(['trigger', 'deploy-all'], here)).toMatchObject({ stdout: 'all\n', exitCode: 0 });
    expect(await runCli(['trigger', 'deploy'], here)).toMatchObject({ stdout: 'here\n', exitCode: 0 });
    const runs = JSON.parse((await runCli(['list-runs', '--json'], here)).stdout) as { job: string }[];
    expect(runs.map(({ job }) => job)).toEqual(['deploy', 'deploy-all']);
    expect(await runCli(['pause', 'deploy'], here)).toMatchObject({ exitCode: 0 });
    await end(scheduler);
  });

  it('a namespace that it names is the one of that name, however it was run', async () => {
    const named = 'meta: {namespace: shop}\ntasks: {tidy: {run: echo tidy}}\n';
    await runCli(['run'], directory('before', named));
    const moved = directory('moved', named);
    expect((await runCli(['status'], moved)).stdout).toMatch(/^namespace {2}shop$/m);
    expect((await runCli(['list-runs', '--json'], directory('shop-2', FRESH))).stdout).toBe('[]\n');
  });

  it('that cannot be read is no reason to show others', async () => {
    const scheduler = await other();
    const here = directory('broken', 'tasks: {deploy: \n');
    expect((await runCli(['list-jobs', '--json'], here)).stdout).toBe('[]\n');
    expect((await runCli(['trigger', 'deploy'], here)).stderr).toMatch(
      /supertask\.yaml:\d+.*\[TIMETABLE_INVALID\]/,
    );
    await end(scheduler);
  });
});
