/** Disks that are full or read-only, limits of the system, and other users. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/build.ts';
import { BIN, place, type Running, startCli, startCommand } from '../support/cli.ts';
import { canMount, fillDisk, mountDisk } from '../support/small-disk.ts';
import { hasProgram, openTerminal } from '../support/terminal.ts';
import {
  beat,
  expectEverySecond,
  expectWhole,
  inScene,
  listRuns,
  makeScene,
  runIn,
  type Scene,
  startsOf,
} from './aftermath.ts';

const mounts: string[] = [];
afterEach(() => {
  for (const directory of mounts.splice(0)) execFileSync('umount', ['-l', directory]);
});

/** A scene whose state is on a disk of its own. */
function makeDisk(name: string, options: string): Scene & { readonly disk: string } {
  const scene = makeScene(name);
  const disk = join(scene.state, '..', 'disk');
  mkdirSync(disk);
  mountDisk(disk, options);
  mounts.push(disk);
  return { ...scene, state: join(disk, 'state'), disk };
}

describe.skipIf(!canMount)('a disk', () => {
  it('that is full stops new runs, keeps the ends of those that go, and is waited for (P5, P8; row 6)', async () => {
    const scene = makeDisk('full', 'size=24m');
    const go = join(scene.work, 'go');
    writeFileSync(
      join(scene.work, 't.yaml'),
      [
        'tasks:',
        `  beat: {when: every 1s, run: 'echo "$SUPERTASK_RUN_ID" >> ${scene.witness}'}`,
        `  slow: {when: every 1h from start, run: 'echo up; while ! test -e ${go}; do sleep 0.05; done; head -c 4000 /dev/zero; exit 3'}`,
      ].join('\n'),
    );
    const running = startCli(['run', '--file=t.yaml'], inScene(scene));
    await running.waitForLine('stderr', /slow started/);
    await running.waitForLine('stderr', /beat succeeded/);
    const filler = fillDisk(scene.disk);
    await running.waitForLine('stderr', /nothing is started until it can be/);
    const before = startsOf(scene).length;
    writeFileSync(go, '');
    await running.waitForLine('stderr', /slow failed/);
    // Its end is on the full disk already.
    const [slow] = await listRuns(scene, ['--job=slow']);
    expect(slow).toMatchObject({ status: 'failed', exitCode: 3 });
    expect(startsOf(scene)).toHaveLength(before);
    rmSync(filler);
    await expect.poll(() => startsOf(scene).length, { timeout: 15_000 }).toBeGreaterThan(before + 1);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    const runs = (await expectWhole(scene)).filter((run) => run.job === 'beat');
    expectEverySecond(runs);
    expect(runs.filter((run) => run.status === 'missed')).toMatchObject([{ reason: 'storage' }]);
  }, 60_000);

  it('without inodes refuses a one-shot and starts nothing (P1, P5; row 7)', async () => {
    const scene = makeDisk('inodes', 'size=8m,nr_inodes=30');
    expect(await runIn(scene, ['run', '--', scene.job])).toMatchObject({ exitCode: 0 });
    for (let index = 0; index < 30; index++) {
      try {
        closeSync(openSync(join(scene.disk, `filler-${index}`), 'w'));
      } catch {
        break;
      }
    }
    const refused = await runIn(scene, ['run', '--', scene.job]);
    expect(refused).toMatchObject({ exitCode: 125 });
    expect(refused.stderr).toMatch(/ENOSPC \[STATE_UNAVAILABLE\]\nhint: The disk is full/);
    expect(startsOf(scene)).toHaveLength(1);
    await expectWhole(scene);
  });

  it('that is read-only is listed, and no run starts (P5; row 20)', async () => {
    const scene = makeDisk('read-only', 'size=8m');
    await runIn(scene, ['run', '--', scene.job]);
    execFileSync('mount', ['-o', 'remount,ro', scene.disk]);
    expect(await expectWhole(scene)).toHaveLength(1);
    const refused = await runIn(scene, ['run', '--', scene.job]);
    expect(refused).toMatchObject({
      exitCode: 125,
      stderr: expect.stringMatching(/EROFS.*\nhint: .*read-only/),
    });
    expect(startsOf(scene)).toHaveLength(1);
  });

  it('that becomes read-only under a scheduler does not end it (P5, P8; row 20)', async () => {
    const scene = makeDisk('ro-later', 'size=8m');
    const running = startCli(beat(scene), inScene(scene));
    await running.waitForLine('stderr', /beat succeeded/);
    await expect
      .poll(() => spawnSync('mount', ['-o', 'remount,ro', scene.disk]).status, { timeout: 5000 })
      .toBe(32);
    // A file that is open for writing keeps it from being remounted, so nothing can happen to a journal.
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });
});

describe('a limit', () => {
  it('on the size of files ends nothing but what is beyond it (P5; row 8)', async () => {
    const scene = makeScene('fsize');
    const limited = (bytes: number) =>
      startCommand(
        [
          'prlimit',
          `--fsize=${bytes}`,
          process.execPath,
          BIN,
          'run',
          '--',
          'cmd:head -c 300000 /dev/zero; exit 4',
        ],
        inScene(scene),
      ).exit;
    expect(await limited(100_000)).toMatchObject({ exitCode: 4, signal: null });
    const [run] = await expectWhole(scene);
    expect(run).toMatchObject({ status: 'failed', stdoutBytes: 300_000, truncated: true });
    const refused = await limited(200);
    expect(refused).toMatchObject({ exitCode: 125, signal: null });
    expect(refused.stderr).toMatch(/EFBIG \[STATE_UNAVAILABLE\]/);
  });

  /** @param when - Of each of its tasks. */
  function startMany(scene: Scene, when: string, files: number): Running {
    const tasks = Array.from({ length: 30 }, (_, index) => `  t${index}: {when: ${when}, run: sleep 0.3}`);
    writeFileSync(join(scene.work, 't.yaml'), `tasks:\n${tasks.join('\n')}\n`);
    const command = ['prlimit', `--nofile=${files}`, process.execPath, BIN, 'run', '--file=t.yaml'];
    return startCommand(command, inScene(scene));
  }

  it.each([
    ['once', 3, 64],
    ['every 1h from start', 12, 128],
  ])('on descriptors makes runs wait for each other: %s, %i at once (row 27)', async (when, most, files) => {
    const scene = makeScene('few');
    const running = startMany(scene, when, files);
    await running.waitForLine('stderr', new RegExp(`at most ${most} at once can run`));
    const ended = async () => (await listRuns(scene)).filter(({ status }) => status === 'succeeded');
    await expect.poll(ended, { timeout: 30_000 }).toHaveLength(30);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0, stderr: expect.not.stringMatching(/EMFILE/) });
    await expectWhole(scene);
  });

  it('on descriptors fails runs, not the scheduler (P8; row 27)', async () => {
    const scene = makeScene('nofile');
    const running = startMany(scene, 'every 1s', 4096);
    await running.waitForLine('stderr', /succeeded/);
    execFileSync('prlimit', [`--pid=${running.pid}`, '--nofile=48:4096']);
    await running.waitForLine('stderr', /EMFILE/);
    execFileSync('prlimit', [`--pid=${running.pid}`, '--nofile=4096:4096']);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringMatching(/bug in supertask/),
    });
    const runs = await expectWhole(scene);
    expect(runs.some((run) => run.status === 'succeeded')).toBe(true);
  });
});

describe.skipIf(process.getuid?.() !== 0)('another user', () => {
  const lineOf = (scene: Scene, args: readonly string[], limits: readonly string[] = []) => [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    'prlimit',
    ...limits,
    process.execPath,
    join(scene.work, '../bin/supertask.cjs'),
    ...args,
  ];
  const asNobody = (scene: Scene, args: readonly string[], limits: readonly string[] = []) =>
    startCommand(lineOf(scene, args, limits), inScene(scene, { env: { XDG_CACHE_HOME: undefined } }));

  /** The scene is nobody's, and has the program in it: where that lies, others may have no way in. */
  function open(scene: Scene): void {
    for (const part of ['bin', 'dist/cli'])
      cpSync(join(ROOT, part), join(scene.work, '..', part), { recursive: true });
    for (const directory of [place().home, place().work, join(scene.work, '..'), scene.work]) {
      chmodSync(directory, 0o755);
    }
    chownSync(join(scene.work, '..'), 65534, 65534);
    chownSync(scene.work, 65534, 65534);
  }

  it('is told whose state it is, and writes nothing (P5; row 21)', async () => {
    const scene = makeScene('other');
    open(scene);
    mkdirSync(scene.state, { mode: 0o755 });
    const { exitCode, stderr } = await asNobody(scene, ['run', '--', scene.job]).exit;
    expect(stderr).toMatch(/belongs to another user \(uid 0, not 65534\) \[STATE_UNAVAILABLE\]\nhint: /);
    expect(exitCode).toBe(125);
    expect(readdirSync(scene.state)).toEqual([]);
    expect(startsOf(scene)).toEqual([]);
  });

  it('without room for a process gets a record that says so (P8; row 28)', async () => {
    const scene = makeScene('nproc');
    open(scene);
    // How many threads Node has by itself is its own affair: the limit is lowered until it is felt.
    let refused = { stderr: '', exitCode: 0 as number | null };
    for (let limit = 12; limit >= 6 && !refused.stderr.includes('EAGAIN'); limit--) {
      refused = await asNobody(scene, ['run', '--', scene.job], [`--nproc=${limit}`]).exit;
    }
    expect(refused.stderr).toMatch(/no room for another process \(EAGAIN\)/);
    expect(refused.exitCode).toBe(125);
    execFileSync('chown', ['-R', '0:0', scene.state]);
    expect((await expectWhole(scene))[0]).toMatchObject({ status: 'errored', reason: 'spawn' });
  });

  it.skipIf(!hasProgram('tmux'))(
    'finds the flags of a terminal as they were, though supertask writes to it',
    async () => {
      const scene = makeScene('terminal');
      open(scene);
      const args = ['run', '--when=every 1h from start', '--', 'echo hello'];
      const line = lineOf(scene, args, ['--core=0'])
        .map((word) => `'${word}'`)
        .join(' ');
      const flags = 'until test -e go; do sleep 0.1; done; grep flags: /proc/$$/fdinfo/1';
      const terminal = await openTerminal(`cd '${scene.work}'; ${line} & ${flags}; kill $!; sleep 60`, {
        env: { SUPERTASK_STATE_DIR: scene.state, XDG_CACHE_HOME: join(scene.work, 'cache') },
      });
      try {
        await terminal.shows(/^hello$/m);
        writeFileSync(join(scene.work, 'go'), '');
        await terminal.shows(/flags:\s+\d+/);
        const [, octal = ''] = /flags:\s+(\d+)/.exec(terminal.screen()) ?? [];
        expect(Number.parseInt(octal, 8) & constants.O_NONBLOCK).toBe(0);
      } finally {
        terminal.close();
      }
    },
  );
});
