/** Faults at each single file operation, by a library that is preloaded into the program. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place, startCli } from '../support/cli.ts';
import {
  eachOf,
  expectEverySecond,
  expectWhole,
  inScene,
  isFull,
  makeScene,
  runIn,
  type Scene,
} from './aftermath.ts';
import { sealJournals } from './sealed.ts';
import { buildShim, canPreload, type Fault, operationsIn, type Shim } from './shim.ts';

const MODES = ['kill', 'torn', 'eio', 'enospc', 'short'] as const;

const REFUSED = { exitCode: 125, stderr: expect.stringMatching(/cannot .*\[STATE_UNAVAILABLE\]\nhint: /) };

let shim: Shim;
/** A state with full journals, and the ids of its runs. */
let template: string;
let kept: readonly string[];
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'supertask-sealed-'));
  kept = await sealJournals(join(template, 'state'));
  if (canPreload) shim = buildShim();
});
afterAll(() => {
  rmSync(template, { recursive: true });
  shim?.dispose();
});

/** Numbers of operations, all of them or every so many. */
function pointsOf(count: number, every: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return isFull ? all : all.filter((point) => point % every === 1);
}

const faulty = (scene: Scene, fault: Fault) => inScene(scene, { env: shim.env(scene.state, fault) });

async function countOperations(args: (scene: Scene) => readonly string[], from?: string): Promise<number> {
  const scene = makeScene('count');
  if (from !== undefined) cpSync(from, scene.state, { recursive: true, preserveTimestamps: true });
  const log = join(place().home, 'operations');
  await startCli(args(scene), faulty(scene, { mode: 'none', log })).exit;
  return operationsIn(log).length;
}

describe.skipIf(!canPreload)('a fault at any file operation', () => {
  // Many processes, one after the other.
  const patience = isFull ? 600_000 : 60_000;
  const oneShot = (scene: Scene) => ['run', '--name=once', '--', scene.job];

  it.each(MODES)(
    'of a one-shot: %s (P1, P2, P4, P5; rows 2 to 6)',
    async (mode) => {
      const count = await countOperations(oneShot);
      expect(count).toBeGreaterThan(20);
      const points = mode === 'short' ? [1] : pointsOf(count, 5);
      await eachOf(points, 3, async (at) => {
        const scene = makeScene(`${mode}-${at}`);
        const ended = await startCli(oneShot(scene), faulty(scene, { mode, at })).exit;
        if (mode === 'kill' || mode === 'torn') expect(ended.signal, `operation ${at}`).toBe('SIGKILL');
        // Where it says that all is well, it is; else it says what is wrong.
        else if (ended.exitCode !== 0) expect(ended, `operation ${at}`).toMatchObject(REFUSED);
        expect(ended.stderr).not.toMatch(/bug in supertask|^ +at /m);
        const [run] = await expectWhole(scene);
        if (ended.exitCode === 0) expect(run, `operation ${at}`).toMatchObject({ status: 'succeeded' });
        expect(await runIn(scene, oneShot(scene))).toMatchObject({ exitCode: 0, stderr: '' });
        const runs = await expectWhole(scene);
        expect(runs[0]).toMatchObject({ status: 'succeeded', stdoutBytes: 4 });
      });
    },
    patience,
  );

  it.each(MODES)(
    'of a schedule: %s leaves no instant unexplained (P2, P7, P8; rows 2 to 6)',
    async (mode) => {
      const schedule = (times: number) => (scene: Scene) => [
        'run',
        '--when=every 1s',
        `--times=${times}`,
        '--name=beat',
        '--',
        scene.job,
      ];
      const count = await countOperations(schedule(2));
      expect(count).toBeGreaterThan(40);
      const points = mode === 'short' ? [1] : pointsOf(count, 9);
      await eachOf(points, 6, async (at) => {
        const scene = makeScene(`${mode}-${at}`);
        const running = startCli(schedule(2)(scene), faulty(scene, { mode, at }));
        // On a disk that stays full it waits for room.
        const refused = running.waitForLine('stderr', /nothing is started until/).then(
          () => running.signal('SIGTERM'),
          () => undefined,
        );
        const ended = await running.exit;
        await refused;
        expect(ended.stderr).not.toMatch(/bug in supertask|^ +at /m);
        const again = await runIn(scene, schedule(1)(scene));
        expect(again, `after operation ${at}`).toMatchObject({ exitCode: 0 });
        const runs = await expectWhole(scene);
        expect(runs.map((run) => run.status)).toContain('succeeded');
        expect(expectEverySecond(runs)).toBeGreaterThan(0);
      });
    },
    patience,
  );

  it.each(MODES)(
    'of folding: %s (P2, P5; rows 11 and 12)',
    async (mode) => {
      const args = (scene: Scene) => ['run', '--ns=n1', '--name=once', '--', scene.job];
      const count = await countOperations(args, join(template, 'state'));
      const points = mode === 'short' ? [1] : pointsOf(count, 11);
      await eachOf(points, 3, async (at) => {
        const scene = makeScene(`${mode}-${at}`);
        cpSync(join(template, 'state'), scene.state, { recursive: true, preserveTimestamps: true });
        await startCli(args(scene), faulty(scene, { mode, at })).exit;
        const ids = (await expectWhole(scene)).map((run) => run.id);
        expect(
          kept.filter((id) => !ids.includes(id)),
          `after operation ${at}`,
        ).toEqual([]);
        expect(await runIn(scene, args(scene))).toMatchObject({ exitCode: 0 });
        const later = (await expectWhole(scene)).map((run) => run.id);
        expect(
          ids.filter((id) => !later.includes(id)),
          `after operation ${at}`,
        ).toEqual([]);
        const [namespace] = JSON.parse((await runIn(scene, ['list-namespaces', '--json'])).stdout);
        expect(namespace, `after operation ${at}`).toMatchObject({ runs: later.length });
        rmSync(scene.state, { recursive: true });
      });
    },
    patience,
  );
});
