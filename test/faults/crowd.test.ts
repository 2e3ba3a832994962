/** Many supertasks at once on one state, and locks that are stale, stopped or in the way. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, type Running, startCli, startCommand } from '../support/cli.ts';
import {
  expectEverySecond,
  expectWhole,
  inScene,
  isFull,
  makeScene,
  runIn,
  type Scene,
  startsOf,
} from './aftermath.ts';
import { sealJournals } from './sealed.ts';

const ONE_SHOTS = isFull ? 200 : 60;
const SCHEDULERS = isFull ? 200 : 30;

describe('a crowd', () => {
  it(`of ${ONE_SHOTS} one-shots has as many jobs, runs and exit codes (P1, P7; row 32)`, async () => {
    const scene = makeScene('one-shots');
    const line = `${process.execPath} ${BIN} run --ns=crowd --name=job-{} -- 'cmd:echo "$SUPERTASK_RUN_ID" >> ${scene.witness}; exit $(({} % 7))'; echo "{} $?" >> codes`;
    const { exitCode } = await startCommand(
      [
        'sh',
        '-c',
        `seq ${ONE_SHOTS} | nice xargs -P ${ONE_SHOTS} -I '{}' sh -c '${line.replaceAll("'", "'\\''")}'`,
      ],
      inScene(scene),
    ).exit;
    expect(exitCode).toBe(0);
    const codes = execFileSync('sort', ['-n', 'codes'], { cwd: scene.work, encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(codes).toEqual(Array.from({ length: ONE_SHOTS }, (_, index) => `${index + 1} ${(index + 1) % 7}`));
    const runs = await expectWhole(scene);
    expect(new Set(runs.map((run) => run.job)).size).toBe(ONE_SHOTS);
    expect(runs).toHaveLength(ONE_SHOTS);
    expect(startsOf(scene)).toHaveLength(ONE_SHOTS);
  }, 300_000);

  it(`of ${SCHEDULERS} schedulers starts a job once at each instant (P7, P9; row 31)`, async () => {
    const scene = makeScene('schedulers');
    const job = `cmd:echo "$SUPERTASK_RUN_ID" >> '${scene.witness}'; echo "$SUPERTASK_SCHEDULED_AT $(date +%s%N)" >> times`;
    const start = (): Running =>
      startCommand(
        ['nice', process.execPath, BIN, 'run', '--when=every 1s', '--name=beat', '--join', '--', job],
        inScene(scene),
      );
    const running = Array.from({ length: SCHEDULERS }, start);
    await Promise.all(running.map((each) => each.waitForLine('stderr', /next/)));
    const before = startsOf(scene).length;
    await expect.poll(() => startsOf(scene).length, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    for (const each of running) each.signal('SIGTERM');
    const ends = await Promise.all(running.map((each) => each.exit));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(running.map(() => 0));
    expectEverySecond(await expectWhole(scene));
    const early = execFileSync('cat', ['times'], { cwd: scene.work, encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter((line) => {
        const [dueAt = '', startedNs = ''] = line.split(' ');
        return Number(startedNs) / 1e6 < Date.parse(dueAt);
      });
    expect(early).toEqual([]);
  }, 600_000);
});

describe('the lock of optional work', () => {
  const oneShot = (scene: Scene) => ['run', '--ns=n1', '--name=once', '--', scene.job];

  it.each([
    [
      'is stale',
      (path: string) => {
        mkdirSync(path);
        utimesSync(path, new Date(0), new Date(0));
      },
    ],
    [
      'comes from the future',
      (path: string) => {
        mkdirSync(path);
        const later = new Date(Date.now() + 3_600_000);
        utimesSync(path, later, later);
      },
    ],
    ['is held by somebody', (path: string) => mkdirSync(path)],
    ['is a file', (path: string) => writeFileSync(path, '')],
    ['is a link', (path: string) => symlinkSync('/nowhere', path)],
  ])('that %s keeps no run from being run (P5, P7; rows 33, 35 and 36)', async (_, make) => {
    const scene = makeScene('lock');
    const kept = await sealJournals(scene.state);
    make(join(scene.state, 'namespaces/n1/maintenance.lock'));
    const ends = await Promise.all(Array.from({ length: 8 }, () => runIn(scene, oneShot(scene))));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(ends.map(() => 0));
    const ids = (await expectWhole(scene)).map((run) => run.id);
    expect(ids).toHaveLength(kept.length + 8);
  });

  it('may be held by a process that is stopped and goes on later (P2, P5; row 34)', async () => {
    const template = join(place().home, 'template');
    const kept = await sealJournals(template);
    for (let round = 0; round < (isFull ? 20 : 3); round++) {
      const scene = makeScene(`round-${round}`);
      cpSync(template, scene.state, { recursive: true, preserveTimestamps: true });
      const lock = join(scene.state, 'namespaces/n1/maintenance.lock');
      const first = startCli(oneShot(scene), inScene(scene));
      await expect
        .poll(() => readdirSync(join(lock, '..')), { timeout: 10_000, interval: 1 })
        .toContain('maintenance.lock');
      first.signal('SIGSTOP');
      // As if it had been stopped beyond all patience.
      spawnSync('touch', ['-d', '1 hour ago', lock]);
      expect(await runIn(scene, oneShot(scene))).toMatchObject({ exitCode: 0, stderr: '' });
      first.signal('SIGCONT');
      expect(await first.exit).toMatchObject({
        exitCode: 0,
        stderr: expect.not.stringMatching(/ECOMPROMISED|bug/),
      });
      expect(await expectWhole(scene)).toHaveLength(kept.length + 2);
    }
  }, 120_000);
});
