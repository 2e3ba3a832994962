/** Time that passes unseen, and timetables that change under a scheduler. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { expectEverySecond, expectWhole, inScene, isFull, makeScene, runIn, startsOf } from './aftermath.ts';

describe('a scheduler', () => {
  it('that was stopped for a while explains every moment of it (P8, P11; rows 48 and 54)', async () => {
    const scene = makeScene('stopped');
    const running = startCli(['run', '--when=every 1s', '--name=beat', '--', scene.job], inScene(scene));
    await running.waitForLine('stderr', /beat succeeded/);
    running.signal('SIGSTOP');
    await wait(isFull ? 40_000 : 3500);
    running.signal('SIGCONT');
    const before = startsOf(scene).length;
    await expect.poll(() => startsOf(scene).length, { timeout: 5000 }).toBeGreaterThan(before + 1);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    const runs = await expectWhole(scene);
    expect(runs.filter((run) => run.status === 'missed')).toMatchObject([{ reason: 'late' }]);
    expect(expectEverySecond(runs)).toBeGreaterThan(4);
  }, 60_000);

  it('keeps its timetable when the file becomes rubbish (P20; rows 89 and 90)', async () => {
    const scene = makeScene('rubbish');
    const file = join(scene.work, 't.yaml');
    writeFileSync(
      file,
      `tasks:\n  beat: {when: every 1s, run: 'echo "$SUPERTASK_RUN_ID" >> ${scene.witness}'}\n`,
    );
    const running = startCli(['run', '--file=t.yaml'], inScene(scene));
    await running.waitForLine('stderr', /beat succeeded/);
    writeFileSync(file, 'tasks: [\n');
    const before = startsOf(scene).length;
    await expect.poll(() => startsOf(scene).length, { timeout: 5000 }).toBeGreaterThan(before + 1);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    expectEverySecond(await expectWhole(scene));
  });

  it('records the zone of its jobs, and every instant in UTC (P14)', async () => {
    const scene = makeScene('zone');
    const args = [
      'run',
      '--when=* * * * * *',
      '--tz=Asia/Kathmandu',
      '--times=1',
      '--name=beat',
      '--',
      scene.job,
    ];
    expect(await runIn(scene, args, { env: { TZ: 'America/New_York' } })).toMatchObject({ exitCode: 0 });
    const jobs = JSON.parse((await runIn(scene, ['list-jobs', '--json'])).stdout);
    expect(jobs).toMatchObject([{ tz: 'Asia/Kathmandu' }]);
    expect((await runIn(scene, ['list-jobs'])).stdout).toContain('Asia/Kathmandu');
    const [run] = await expectWhole(scene);
    expect(run?.scheduledAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });
});
