/** Power cuts: the image of a mounted file system is copied while supertask writes to it, and the copy is mounted. */

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, startCli } from '../support/cli.ts';
import { inScene, isFull, listRuns, makeScene, startsOf } from './aftermath.ts';

const CUTS = isFull ? 50 : 3;

const canLoop = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  const image = join(directory, 'image');
  const script = `truncate -s 8M ${image} && mkfs.ext4 -q ${image} && mkdir ${directory}/m && mount -o loop ${image} ${directory}/m && umount ${directory}/m`;
  const { status } = spawnSync('sh', ['-c', script], { stdio: 'ignore' });
  rmSync(directory, { recursive: true, force: true });
  return status === 0;
})();

describe.skipIf(!canLoop)('a power cut', () => {
  it(
    `at any instant loses no run that was started (P1, P3; row 9), ${CUTS} times`,
    async () => {
      const scene = makeScene('cut');
      const image = join(place().home, 'image');
      const disk = join(place().home, 'disk');
      const after = join(place().home, 'after');
      for (const directory of [disk, after]) mkdirSync(directory);
      execFileSync('truncate', ['-s', '64M', image]);
      execFileSync('mkfs.ext4', ['-q', image]);
      execFileSync('mount', ['-o', 'loop', image, disk]);
      const onDisk = { ...scene, state: join(disk, 'state') };
      const args = ['run', '--when=every 1s', '--name=beat', '--', `${scene.job}; sleep 0.1`];
      const running = startCli(args, inScene(onDisk));
      try {
        await running.waitForLine('stderr', /beat succeeded/);
        for (let cut = 0; cut < CUTS; cut++) {
          const seen = startsOf(scene).length;
          await expect
            .poll(() => startsOf(scene).length, { timeout: 5000, interval: 5 })
            .toBeGreaterThan(seen);
          const started = startsOf(scene);
          const copy = `${image}-${cut}`;
          copyFileSync(image, copy);
          execFileSync('mount', ['-o', 'loop', copy, after]);
          try {
            const runs = await listRuns({ ...scene, state: join(after, 'state') });
            const ids = runs.map((run) => run.id);
            expect(started.filter((id) => !ids.includes(id))).toEqual([]);
          } finally {
            execFileSync('umount', [after]);
            rmSync(copy);
          }
        }
      } finally {
        running.signal('SIGTERM');
        await running.exit;
        execFileSync('umount', [disk]);
      }
    },
    CUTS * 5000 + 30_000,
  );
});
