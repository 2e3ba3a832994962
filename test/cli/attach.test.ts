/** Following a run that goes on elsewhere: its output, its end, and how it is stopped or left. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';

const LINE =
  'trap "echo bye; exit 5" INT; echo begin; until test -e enough; do sleep 0.1; done; echo end; exit 3';

async function begin(line = LINE): Promise<Running> {
  const run = startCli(['run', '--ns=shop', '--name=job', '--', line]);
  await run.waitForLine('stdout', /begin/);
  return run;
}

async function attach(): Promise<Running> {
  const attached = startCli(['attach', 'job']);
  await attached.waitForLine('stdout', /begin/);
  return attached;
}

async function status(): Promise<unknown> {
  const { stdout } = await runCli(['list-runs', '--json']);
  return (JSON.parse(stdout) as { status: string; reason: string }[])[0];
}

describe('attach', { timeout: 90_000 }, () => {
  it('prints what the run prints, from its beginning, and ends as it does', async () => {
    const run = await begin();
    const attached = await attach();
    writeFileSync(join(place().work, 'enough'), '');
    expect(await attached.exit).toMatchObject({ stdout: 'begin\nend\n', stderr: '', exitCode: 3 });
    await run.exit;
  });

  it('stops the run with Ctrl-C, and kills it with the second', async () => {
    const run = await begin();
    const attached = await attach();
    attached.signal('SIGINT');
    expect(await attached.exit).toMatchObject({ stdout: 'begin\nbye\n' });
    await run.exit;
    const deaf = await begin('trap "" INT TERM; echo begin; while :; do sleep 0.1; done');
    const second = await attach();
    second.signal('SIGINT');
    await second.waitForLine('stderr', /stopping the run/);
    second.signal('SIGINT');
    const { stderr, exitCode } = await second.exit;
    expect(stderr).toBe('supertask: stopping the run (again to kill)\nsupertask: killing the run\n');
    expect(exitCode).toBe(137);
    await deaf.exit;
  });

  it('leaves the run alone with Ctrl-\\', async () => {
    const run = await begin();
    const attached = await attach();
    attached.signal('SIGQUIT');
    const { stderr, exitCode } = await attached.exit;
    expect(stderr).toMatch(/^supertask: run [0-9a-f-]{36} goes on\n$/);
    expect(exitCode).toBe(0);
    expect(await status()).toMatchObject({ status: 'running' });
    writeFileSync(join(place().work, 'enough'), '');
    await run.exit;
  });

  it('is refused for what has ended', async () => {
    await runCli(['run', '--name=job', '--', 'true']);
    const { stderr, exitCode } = await runCli(['attach', 'job']);
    expect(stderr).toMatch(/^error: no run of job is going \[NOT_RUNNING\]\nhint: /);
    expect(exitCode).toBe(1);
  });
});
