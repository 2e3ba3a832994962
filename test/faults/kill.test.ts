/** `kill -9` of schedulers at random instants. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Running, startCli } from '../support/cli.ts';
import {
  beat,
  expectEverySecond,
  expectWhole,
  inScene,
  isFull,
  listRuns,
  makeScene,
  runIn,
  startsOf,
} from './aftermath.ts';
import { createDice } from './random.ts';

const SEED = Number(process.env['SUPERTASK_SEED'] ?? 20261121);
const CYCLES = isFull ? 330 : 5;

describe('kill -9', () => {
  it(
    `of three schedulers, ${CYCLES} times at random instants (P2, P4, P7, P8, P10; row 1)`,
    async () => {
      const dice = createDice(SEED);
      const scene = makeScene(`seed-${SEED}`);
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const running = [1, 2, 3].map(() => startCli(beat(scene, ['--join']), inScene(scene)));
        // At any instant of its life, the start of the program included.
        await Promise.all(running.map((each) => killAfter(each, dice(0, 1700))));
      }
      const last = await runIn(scene, beat(scene, ['--times=1']));
      expect(last).toMatchObject({ exitCode: 0 });
      const runs = await expectWhole(scene);
      expect(expectEverySecond(runs)).toBeGreaterThanOrEqual(CYCLES - 1);
      expect(startsOf(scene).length).toBeGreaterThan(0);
    },
    CYCLES * 6000 + 30_000,
  );

  it('of a one-shot while its job runs ends as lost once the job is gone (P2, P17; row 38)', async () => {
    const scene = makeScene('one-shot');
    const running = startCli(['run', '--name=long', '--', 'cmd:echo up; exec sleep 1'], inScene(scene));
    await running.waitForLine('stdout', /up/);
    running.signal('SIGKILL');
    await running.exit;
    // A run is not lost while a process of it lives.
    expect(await listRuns(scene)).toMatchObject([{ status: 'running' }]);
    const runs = async () => JSON.parse((await runIn(scene, ['list-runs', '--json'])).stdout);
    await expect.poll(runs, { timeout: 5000 }).toMatchObject([{ status: 'errored', reason: 'lost' }]);
  });
});

async function killAfter(running: Running, ms: number): Promise<void> {
  await wait(ms);
  running.signal('SIGKILL');
  expect(await running.exit).toMatchObject({ signal: 'SIGKILL' });
}
