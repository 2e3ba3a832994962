/** States that are not ours, that vanish, or that are damaged; and the file systems they are on. */

import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import {
  beat,
  expectWhole,
  inScene,
  isFull,
  listRuns,
  makeScene,
  runIn,
  type Scene,
  startsOf,
} from './aftermath.ts';
import { buildShim, canPreload, type Shim } from './shim.ts';

describe('a state directory', () => {
  it.each([
    ['is a link', (state: string) => symlinkSync('/tmp', state), /symbolic link/],
    [
      'can be written by others',
      (state: string) => {
        mkdirSync(state);
        chmodSync(state, 0o770);
      },
      /can be written by others.*\nhint: Run: chmod go-w/,
    ],
    ['is a file', (state: string) => writeFileSync(state, ''), /not a directory/],
    [
      'was written by a newer version',
      (state: string) => {
        mkdirSync(state, { mode: 0o700 });
        writeFileSync(join(state, 'format.json'), '{"format":99,"minWriter":99}');
      },
      /format 99.*STATE_NEWER/,
    ],
  ])('that %s is refused (P6; rows 18 and 22)', async (_, make, message) => {
    const scene = makeScene('refused');
    make(scene.state);
    const refused = await runIn(scene, ['run', '--', scene.job]);
    expect(refused.stderr).toMatch(message);
    expect(refused.exitCode).toBe(125);
    expect(startsOf(scene)).toEqual([]);
    // In a directory there may be something to read, in a file there is nothing.
    const listing = await runIn(scene, ['list-runs', '--json']);
    expect(listing.exitCode).toBe(statSync(scene.state).isDirectory() ? 0 : 125);
  });

  it('that is deleted while in use is made again (P5; row 19)', async () => {
    const scene = makeScene('deleted');
    const running = startCli(beat(scene), inScene(scene));
    await running.waitForLine('stderr', /beat succeeded/);
    rmSync(scene.state, { recursive: true });
    await running.waitForLine('stderr', /was deleted or moved while in use/);
    const before = startsOf(scene).length;
    await expect.poll(() => startsOf(scene).length, { timeout: 5000 }).toBeGreaterThan(before + 1);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    const ids = (await listRuns(scene)).map((run) => run.id);
    expect(
      startsOf(scene)
        .slice(before)
        .filter((id) => !ids.includes(id)),
    ).toEqual([]);
  });

  it('can be deleted under a one-shot: its run has a record (P2; row 19)', async () => {
    const scene = makeScene('deleted-once');
    const line = `cmd:echo "$SUPERTASK_RUN_ID" >> '${scene.witness}'; rm -r '${scene.state}'; echo out`;
    expect(await runIn(scene, ['run', '--', line])).toMatchObject({ exitCode: 0, stdout: 'out\n' });
    expect(await expectWhole(scene)).toMatchObject([{ status: 'succeeded' }]);
  });
});

describe('a journal', () => {
  it('cut short anywhere in its last two records hides no other (P2, P5; row 14)', async () => {
    const scene = makeScene('cut');
    await runIn(scene, ['run', '--name=a', '--', 'true']);
    await runIn(scene, ['run', '--name=b', '--', 'true']);
    const path = journalOf(scene);
    const whole = readFileSync(path);
    const lines = whole.toString().trimEnd().split('\n');
    const from = whole.length - lines.slice(-3).join('\n').length;
    for (let size = whole.length; size > from; size -= isFull ? 1 : 29) {
      truncateSync(path, size);
      const runs = await expectWhole(scene);
      expect(runs.find((run) => run.job === 'a')).toMatchObject({ status: 'succeeded' });
    }
    expect(await runIn(scene, ['run', '--name=c', '--', 'true'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await expectWhole(scene)).map((run) => run.job).sort()).toEqual(['a', 'b', 'c']);
  }, 300_000);

  it.each([
    ['zeros', Buffer.alloc(70_000)],
    [
      'a megabyte of noise',
      Buffer.from(Array.from({ length: 1_048_576 }, (_, index) => (index * 7919) >> 3)),
    ],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x0a, 0xc3, 0x28])],
  ])('with %s in the middle gives what is before and after (P2, P5; row 15)', async (_, garbage) => {
    const scene = makeScene('garbage');
    await runIn(scene, ['run', '--name=a', '--', 'true']);
    appendFileSync(journalOf(scene), garbage);
    await runIn(scene, ['run', '--name=b', '--', 'true']);
    expect((await expectWhole(scene)).map((run) => run.job).sort()).toEqual(['a', 'b']);
  });
});

describe.skipIf(!canPreload)('a file system of other machines', () => {
  let shim: Shim;
  beforeAll(() => {
    shim = buildShim();
  });
  afterAll(() => shim.dispose());

  it('is named in a warning when a schedule starts (P7; row 26)', async () => {
    const scene = makeScene('nfs');
    const args = ['run', '--when=in 10ms', '--', scene.job];
    const { stderr, exitCode } = await startCli(
      args,
      inScene(scene, { env: shim.env(scene.state, { mode: 'nfs' }) }),
    ).exit;
    expect(stderr).toMatch(/warning: .* is on NFS/);
    expect(exitCode).toBe(0);
  });
});

function journalOf(scene: Scene): string {
  const [namespace = ''] = readdirSync(join(scene.state, 'namespaces'));
  const directory = join(scene.state, 'namespaces', namespace, 'journal');
  const [name = ''] = readdirSync(directory);
  expect(existsSync(join(directory, name)) && statSync(join(directory, name)).size).toBeGreaterThan(0);
  return join(directory, name);
}
