/** Processes that do not want to end, signals, terminals, and what happens when supertask itself breaks. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, type Running, startCli, startCommand } from '../support/cli.ts';
import { expectWhole, inScene, listRuns, makeScene, runIn, type Scene } from './aftermath.ts';

const long = ['run', '--when=every 1h from start', '--name=long'];

/** Whether a process lives; the dead that nobody has waited for do not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Pids that a job wrote to a file, one on a line. */
function pidsIn(path: string): number[] {
  return readFileSync(path, 'utf8').trim().split('\n').map(Number);
}

/** A schedule of one job that has a second to end when it is told to. */
function startPatient(scene: Scene, line: string): Running {
  const task = { when: 'every 1h from start', run: line, stop: { grace: '1s' } };
  writeFileSync(join(scene.work, 't.json'), JSON.stringify({ tasks: { long: task } }));
  return startCli(['run', '--file=t.json'], inScene(scene));
}

describe('a job that does not want to end', () => {
  it.each([
    [
      'ignores TERM (P15, P16; row 56)',
      "trap '' TERM INT; echo $$ >> pids; echo up; while :; do sleep 0.1; done",
    ],
    [
      'has a grandchild that ignores TERM (P15; row 57)',
      `sh -c 'trap "" TERM INT; echo $$ >> pids; echo up; while :; do sleep 0.1; done' & wait`,
    ],
    [
      'has a daemon in a session of its own (P15; row 58)',
      "setsid sh -c 'echo $$ >> pids; echo up; exec sleep 300' & sleep 300",
    ],
    [
      'has forked twice and left (P15; row 58)',
      '(setsid sh -c \'(trap "" TERM; echo $$ >> pids; echo up; while :; do sleep 0.1; done) &\' &) ; sleep 300',
    ],
    [
      'has a child without its environment in a session of its own (P15; row 58)',
      'env -i "$(command -v setsid)" sh -c \'trap "" TERM; echo $$ >> pids; echo up; while :; do sleep 0.1; done\' & sleep 300',
    ],
  ])('%s is gone after the grace', async (_, line) => {
    const scene = makeScene('stubborn');
    const running = startPatient(scene, line);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
    expect(pidsIn(join(scene.work, 'pids')).filter(isAlive)).toEqual([]);
    expect(await expectWhole(scene)).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
  });

  it('leaves a daemon that holds its output, and ends without it (P18; row 59)', async () => {
    const scene = makeScene('daemon');
    const line = "cmd:(setsid sh -c 'echo $$ > pids; exec sleep 60' &) ; echo done";
    const result = await runIn(scene, ['run', '--', line]);
    const [pid = 0] = pidsIn(join(scene.work, 'pids'));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(await expectWhole(scene)).toMatchObject([{ status: 'succeeded', leftovers: 1 }]);
  });

  it('is killed with the second Ctrl-C (P16; row 61)', async () => {
    const scene = makeScene('twice');
    const line = "cmd:trap '' TERM INT; echo up; while :; do sleep 0.1; done";
    const running = startCli([...long, '--', line], inScene(scene));
    await running.waitForLine('stdout', /up/);
    running.signal('SIGINT');
    await running.waitForLine('stderr', /SIGINT, waiting/);
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ exitCode: 130 });
    expect(await expectWhole(scene)).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
  });
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('a terminal', () => {
  /** Start a schedule in a terminal of its own, and give it to `act` once its job is up. */
  async function inTerminal(name: string, line: string, act: (tmux: Tmux, scene: Scene) => Promise<void>) {
    const scene = makeScene(name);
    const socket = `supertask-${process.pid}-${name}`;
    const tmux: Tmux = (...args) =>
      execFileSync('tmux', ['-L', socket, ...args], { stdio: 'pipe' }).toString();
    const script = join(scene.work, 'start.sh');
    const shell = ['exec', process.execPath, BIN, ...long, '--', line].map(
      (word) => `'${word.replaceAll("'", "'\\''")}'`,
    );
    writeFileSync(script, `${shell.join(' ').replace("'exec'", 'exec')} 2>err.log\n`);
    const { env } = inScene(scene);
    await startCommand(
      ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', `sh ${script}`],
      {
        cwd: scene.work,
        env,
      },
    ).exit;
    try {
      await expect.poll(() => existsSync(join(scene.work, 'pids')), { timeout: 10_000 }).toBe(true);
      await act(tmux, scene);
    } finally {
      spawnSync('tmux', ['-L', socket, 'kill-server']);
    }
  }

  const line = "cmd:sleep 300 & echo $! > pids; echo $$ >> pids; trap '' INT; wait; wait";

  it('that is closed ends the runs and leaves nobody behind (P16; row 63)', async () => {
    await inTerminal('closed', line, async (tmux, scene) => {
      const pids = pidsIn(join(scene.work, 'pids'));
      tmux('kill-session');
      await expect.poll(() => pids.filter(isAlive), { timeout: 15_000 }).toEqual([]);
      await expect
        .poll(() => listRuns(scene), { timeout: 5000 })
        .toMatchObject([{ status: 'failed', reason: 'stopped' }]);
    });
  });

  it('whose user presses Ctrl-C twice gets the prompt back at once (P16; rows 61 and 62)', async () => {
    await inTerminal('ctrl-c', line, async (tmux, scene) => {
      const pids = pidsIn(join(scene.work, 'pids'));
      tmux('send-keys', 'C-c');
      await expect.poll(() => readFileSync(join(scene.work, 'err.log'), 'utf8')).toMatch(/SIGINT, waiting/);
      tmux('send-keys', 'C-c');
      await expect.poll(() => pids.filter(isAlive), { timeout: 3000 }).toEqual([]);
      await expect
        .poll(() => listRuns(scene), { timeout: 5000 })
        .toMatchObject([{ status: 'failed', reason: 'stopped' }]);
    });
  });
});

type Tmux = (...args: string[]) => string;

describe('supertask', () => {
  it('gives its runs nothing but what they are to have (P19)', async () => {
    const scene = makeScene('inherit');
    const line =
      'cmd:ls -l /proc/self/fd | sed -n "s/.* \\([0-9]*\\) -> \\(.*\\)/\\1 \\2/p"; env | grep ^SUPERTASK_ | sort';
    const { stdout } = await runIn(scene, ['run', '--name=once', '--', line]);
    // What our own caller has left open is not supertask's: the same line without it has that too.
    const bare = await startCommand(['sh', '-c', line.replace('cmd:', '')], inScene(scene)).exit;
    const numbersIn = (text: string) => text.split('\n').flatMap((row) => /^\d+(?= )/.exec(row)?.[0] ?? []);
    expect(numbersIn(stdout).filter((number) => !numbersIn(bare.stdout).includes(number))).toEqual([]);
    expect(stdout).toMatch(/^0 \/dev\/null$/m);
    expect(stdout).toMatch(/^SUPERTASK_RUN_ID=/m);
  });

  it('works with its streams closed, and keeps them from being files of the state (P18; row 65)', async () => {
    const scene = makeScene('closed');
    const args = ['run', '--name=once', '--', 'cmd:echo out; echo err >&2; exit 3'];
    const result = await runIn(scene, args, { closed: ['stdin', 'stdout', 'stderr'] });
    expect(result).toMatchObject({ exitCode: 3 });
    expect((await runIn(scene, ['logs', 'once'])).stdout).toBe('out\nerr\n');
    await expectWhole(scene);
  });

  it('goes on with a schedule whose reader is gone (P8; row 64)', async () => {
    const scene = makeScene('pipe');
    const schedule = [
      process.execPath,
      BIN,
      'run',
      '--when=every 1s',
      '--times=3',
      '--name=beat',
      '--',
      scene.job,
    ];
    const words = schedule.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const { exitCode } = await startCommand(
      ['bash', '-c', `set -o pipefail; ${words} | head -n 1`],
      inScene(scene),
    ).exit;
    expect(exitCode).toBe(0);
    expect((await expectWhole(scene)).map((run) => run.status)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
  });

  it('is not shaken by signals that are not meant for it (P19; row 69)', async () => {
    const scene = makeScene('storm');
    const running = startCli(['run', '--when=every 1s', '--name=beat', '--', scene.job], inScene(scene));
    await running.waitForLine('stderr', /beat succeeded/);
    for (let round = 0; round < 100; round++) {
      for (const signal of ['SIGUSR1', 'SIGWINCH', 'SIGALRM', 'SIGUSR2', 'SIGPIPE'] as const) {
        running.signal(signal);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    running.signal('SIGTSTP');
    running.signal('SIGCONT');
    expect(await isListening(9229)).toBe(false);
    const seen = (running.output('stderr').match(/succeeded/g) ?? []).length;
    await expect
      .poll(() => (running.output('stderr').match(/succeeded/g) ?? []).length, { timeout: 5000 })
      .toBeGreaterThan(seen);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('Debugger'),
    });
    await expectWhole(scene);
  });

  it('ends in order with SIGQUIT (P16; row 69)', async () => {
    const scene = makeScene('quit');
    const running = startCli([...long, '--', 'cmd:ulimit -c 0; echo up; exec sleep 300'], inScene(scene));
    await running.waitForLine('stdout', /up/);
    running.signal('SIGQUIT');
    expect(await running.exit).toMatchObject({ exitCode: 131 });
    expect(await expectWhole(scene)).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
  });

  it('that meets a bug of its own kills its runs, keeps their records and exits 125 (P2, P15; row 67)', async () => {
    const scene = makeScene('bug');
    // A bug cannot be ordered: one is planted from outside, where Node loads its modules.
    const plant = join(scene.work, 'bug.cjs');
    writeFileSync(plant, "process.once('SIGUSR2', () => { throw new Error('planted bug'); });\n");
    const line =
      "cmd:unset NODE_OPTIONS; trap '' TERM; echo $$ > pids; (setsid sleep 300 & echo $! >> pids); echo up; while :; do sleep 0.1; done";
    const env = { ...inScene(scene).env, NODE_OPTIONS: `--require ${plant}` };
    const running = startCli([...long, '--', line], { cwd: scene.work, env });
    await running.waitForLine('stdout', /up/);
    running.signal('SIGUSR2');
    const { exitCode, stderr } = await running.exit;
    expect(stderr).toMatch(/error: this is a bug in supertask, please report it\nError: planted bug/);
    expect(exitCode).toBe(125);
    expect(pidsIn(join(scene.work, 'pids')).filter(isAlive)).toEqual([]);
    expect(await expectWhole(scene)).toMatchObject([{ status: 'failed', reason: 'stopped' }]);
    expect(await runIn(scene, ['run', '--name=next', '--', 'true'])).toMatchObject({ exitCode: 0 });
  });
});

const PIDS_CGROUP = '/sys/fs/cgroup/pids';

describe.skipIf(!existsSync(join(PIDS_CGROUP, 'cgroup.procs')) || process.getuid?.() !== 0)(
  'a fork bomb',
  () => {
    it('that is held by its control group is gone within the grace (P15; row 72)', async () => {
      const scene = makeScene('bomb');
      const group = join(PIDS_CGROUP, `supertask-test-${process.pid}`);
      mkdirSync(group);
      try {
        writeFileSync(join(group, 'pids.max'), '200');
        const bomb = `echo $$ > ${group}/cgroup.procs; echo up; bomb() { bomb | bomb & }; while :; do bomb; sleep 0.01; done 2>/dev/null`;
        const running = startPatient(scene, bomb);
        await running.waitForLine('stdout', /up/);
        const count = () => Number(readFileSync(join(group, 'pids.current'), 'utf8'));
        await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(100);
        running.signal('SIGTERM');
        expect(await running.exit).toMatchObject({ exitCode: 0 });
        await expect.poll(count, { timeout: 5000 }).toBe(0);
        // The shell may end by itself first: it cannot fork any more.
        expect(await expectWhole(scene)).toMatchObject([{ status: 'failed' }]);
      } finally {
        for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
          process.kill(Number(pid), 'SIGKILL');
        await expect
          .poll(() => readFileSync(join(group, 'cgroup.procs'), 'utf8'), { timeout: 5000 })
          .toBe('');
        rmdirSync(group);
      }
    }, 60_000);
  },
);

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
