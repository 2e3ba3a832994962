import { describe, expect, it } from 'vitest';
import { place, runCli, startCli } from '../support/cli.ts';

const SCHEDULE = ['run', '--name=beat', '--when=every 1s', '--', 'cmd:echo beat'];

describe('a second scheduler of the same source', () => {
  it('is told who runs already, and ends with 75', async () => {
    const first = startCli(SCHEDULE);
    await first.waitForLine('stdout', /beat/);
    const second = await runCli(SCHEDULE);
    expect(second.stderr).toMatch(
      new RegExp(
        `is scheduled already, by pid ${first.pid} since \\S+Z in ${place().work} \\[ALREADY_RUNNING\\]\nhint: .*--standby`,
      ),
    );
    expect(second.exitCode).toBe(75);
    first.signal('SIGTERM');
    await first.exit;
  });

  it('does not keep one-shots out', async () => {
    const first = startCli(SCHEDULE);
    await first.waitForLine('stdout', /beat/);
    expect(await runCli(['run', '--', 'cmd:echo beat'])).toMatchObject({ stdout: 'beat\n', exitCode: 0 });
    first.signal('SIGTERM');
    await first.exit;
  });

  it('takes over with --standby when the first is killed', async () => {
    const first = startCli(SCHEDULE);
    await first.waitForLine('stdout', /beat/);
    const second = startCli(['run', '--standby', ...SCHEDULE.slice(1)]);
    await second.waitForLine('stderr', new RegExp(`standing by: pid ${first.pid}`));
    first.signal('SIGKILL');
    await first.exit;
    await second.waitForLine('stdout', /beat/);
    second.signal('SIGTERM');
    expect(await second.exit).toMatchObject({ exitCode: 0 });
  });

  it('runs beside the first with --join, and each instant fires once', async () => {
    const all = [0, 1, 2].map(() => startCli(['run', '--join', ...SCHEDULE.slice(1)]));
    for (const each of all) await each.waitForLine('stderr', /next /);
    await expect
      .poll(async () => JSON.parse((await runCli(['list-runs', '--json'])).stdout).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(3);
    for (const each of all) each.signal('SIGTERM');
    const stdout = (await Promise.all(all.map(({ exit }) => exit))).map((each) => each.stdout).join('');
    const runs: { id: string; scheduledAt: string }[] = JSON.parse(
      (await runCli(['list-runs', '--json'])).stdout,
    );
    expect(new Set(runs.map(({ scheduledAt }) => scheduledAt)).size).toBe(runs.length);
    expect(stdout.match(/beat/g)).toHaveLength(runs.length);
  });

  it('is refused also when many start at once: exactly one goes on', async () => {
    const all = Array.from({ length: 6 }, () => startCli(SCHEDULE));
    const settled = await Promise.all(
      all.map((each) =>
        Promise.race([
          each.waitForLine('stdout', /beat/).then(
            () => 'runs',
            () => 'refused',
          ),
          each.exit.then(() => 'refused'),
        ]),
      ),
    );
    expect(settled.sort()).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'runs']);
    for (const each of all) each.signal('SIGTERM');
    await Promise.all(all.map(({ exit }) => exit));
  });
});
