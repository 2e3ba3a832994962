/** Disks that are full, read-only or gone, limits of the system, and states that are not ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BIN, place, startCli, startCommand } from '../support/cli.ts';
import {
  expectEverySecond,
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

const canMount = (() => {
  const directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', directory]).status === 0;
  if (mounted) execFileSync('umount', [directory]);
  rmSync(directory, { recursive: true });
  return mounted;
})();

const mounts: string[] = [];
afterEach(() => {
  for (const directory of mounts.splice(0)) execFileSync('umount', ['-l', directory]);
});

/** A scene whose state is on a disk of its own. */
function makeDisk(name: string, options: string): Scene & { readonly disk: string } {
  const scene = makeScene(name);
  const disk = join(scene.state, '..', 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `${options},mode=0700`, 'tmpfs', disk]);
  mounts.push(disk);
  return { ...scene, state: join(disk, 'state'), disk };
}

function fill(disk: string): void {
  const fd = openSync(join(disk, 'filler'), 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd);
  }
}

const beat = (scene: Scene, more: readonly string[] = []) => [
  'run',
  '--when=every 1s',
  '--name=beat',
  ...more,
  '--',
  scene.job,
];

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
    fill(scene.disk);
    await running.waitForLine('stderr', /nothing is started until it can be/);
    const before = startsOf(scene).length;
    writeFileSync(go, '');
    await running.waitForLine('stderr', /slow failed/);
    // Its end is on the full disk already.
    const [slow] = await listRuns(scene, ['--job=slow']);
    expect(slow).toMatchObject({ status: 'failed', exitCode: 3 });
    expect(startsOf(scene)).toHaveLength(before);
    rmSync(join(scene.disk, 'filler'));
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

  it('on descriptors fails runs, not the scheduler (P8; row 27)', async () => {
    const scene = makeScene('nofile');
    const tasks = Array.from({ length: 30 }, (_, index) => `  t${index}: {when: every 1s, run: sleep 0.3}`);
    writeFileSync(join(scene.work, 't.yaml'), `tasks:\n${tasks.join('\n')}\n`);
    const running = startCommand(
      ['prlimit', '--nofile=80', process.execPath, BIN, 'run', '--file=t.yaml'],
      inScene(scene),
    );
    await running.waitForLine('stderr', /EMFILE/);
    await running.waitForLine('stderr', /succeeded/);
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
  const asNobody = (scene: Scene, args: readonly string[], limits: readonly string[] = []) =>
    startCommand(
      [
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'prlimit',
        ...limits,
        process.execPath,
        BIN,
        ...args,
      ],
      inScene(scene, { env: { XDG_CACHE_HOME: undefined } }),
    );

  /** The scene is nobody's. */
  function open(scene: Scene): void {
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
});

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
    expect((await runIn(scene, ['list-runs', '--json'])).exitCode).toBe(0);
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
