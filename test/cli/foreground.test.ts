/** What `run` shows while it runs: on a terminal, into a pipe, and when a signal asks. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, runCli, startCli, startCommand } from '../support/cli.ts';
import { openTerminal } from '../support/terminal.ts';

const TWO = `
tasks:
  a: {run: "cmd:echo from a", when: "every 1h from start"}
  b: {run: "cmd:echo from b; echo wrong >&2", when: "every 1h from start"}
`;

function timetable(text: string): string {
  const file = join(place().work, 'two.yaml');
  writeFileSync(file, text);
  return file;
}

/** Run two tasks once each, with what is talk left out. */
async function shown(...flags: string[]): Promise<{ stdout: string[]; stderr: string[] }> {
  const running = startCli(['run', '--file', timetable(TWO), ...flags]);
  await running.waitForLine('stderr', /\bb .*succeeded/);
  await running.waitForLine('stderr', /\ba .*succeeded/);
  running.signal('SIGTERM');
  const { stdout, stderr } = await running.exit;
  const talk = /^(supertask:| {2}next|\d\d:\d\d:\d\d |[ab]: )/;
  const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !talk.test(line));
  return { stdout: lines(stdout).sort(), stderr: lines(stderr) };
}

describe('into a pipe', () => {
  it('has the job before each line where there are several, and no status', async () => {
    expect(await shown()).toEqual({ stdout: ['a | from a', 'b | from b'], stderr: ['b | wrong'] });
  });

  it('--output=text leaves the lines as they are', async () => {
    expect(await shown('--output=text')).toEqual({ stdout: ['from a', 'from b'], stderr: ['wrong'] });
  });

  it('--output=group names the run before its lines', async () => {
    const { stdout, stderr } = await shown('--output=group');
    expect(stdout).toEqual(['from a', 'from b']);
    expect(stderr.filter((line) => line.startsWith('── '))).toHaveLength(2);
    expect(stderr[stderr.indexOf('wrong') - 1]).toMatch(/^── b \(run /);
  });

  it('--output=quiet shows nothing and keeps it', async () => {
    expect(await shown('--output=quiet')).toEqual({ stdout: [], stderr: [] });
    expect((await runCli(['logs', 'a', '--stdout'])).stdout).toBe('from a\n');
  });

  it('--timestamps has the time, too', async () => {
    const { stdout } = await shown('--timestamps');
    expect(stdout[0]).toMatch(/^a \d\d:\d\d:\d\d\.\d{3} \| from a$/);
  });

  it('--color=always colours what is no terminal', async () => {
    const { stdout } = await shown('--color=always');
    expect(stdout[0]).toMatch(/^\x1b\[\d+m[ab] \|\x1b\[39m from [ab]$/);
  });

  it('--output=json is --json', async () => {
    const { stdout } = await runCli(['run', '--output=json', '--', 'cmd:echo hi']);
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).type),
    ).toContain('run-output');
  });
});

describe('jobs that run once', () => {
  const ONCE = `
tasks:
  a: {run: [{name: first, run: "cmd:printf 'from '"}, {name: second, run: "cmd:echo a"}]}
  b: {run: "cmd:echo from b; echo wrong >&2; exit 3"}
`;
  const sorted = (text: string) => text.split('\n').filter(Boolean).sort();

  it.each([
    ['without a schedule', ONCE, []],
    ['by --when=once', TWO.replace('wrong >&2', 'wrong >&2; exit 3'), ['--when=once']],
  ])('%s have the job before each line where there are several', async (_, text, flags) => {
    const { stdout, stderr, exitCode } = await runCli(['run', '--file', timetable(text), ...flags]);
    expect(sorted(stdout)).toEqual(['a | from a', 'b | from b']);
    expect(sorted(stderr)).toContain('b | wrong');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['--output=text', ['from a', 'from b']],
    ['--quiet', ['a | from a', 'b | from b']],
    ['--output=quiet', []],
  ])('%s', async (flag, expected) => {
    const { stdout } = await runCli(['run', '--file', timetable(TWO), '--when=once', flag]);
    expect(sorted(stdout)).toEqual(expected);
  });

  it('have their output as it comes where there is but one', async () => {
    const text = 'tasks: {a: {run: "cmd:printf half; exit 3"}, b: {run: "true", enabled: false}}';
    expect(await runCli(['run', '--file', timetable(text)])).toMatchObject({ stdout: 'half', exitCode: 3 });
  });
});

describe('a signal', () => {
  it('SIGUSR1 tells the status, SIGALRM runs every job now, and the schedule goes on', async () => {
    const running = startCli([
      'run',
      '--file',
      timetable(TWO.replaceAll('every 1h from start', 'every 9999h')),
    ]);
    await running.waitForLine('stderr', /^b: /);
    running.signal('SIGUSR1');
    await running.waitForLine('stderr', /^supertask: pid \d+$/);
    await running.waitForLine('stderr', /^ {2}0 succeeded, 0 failed/);
    running.signal('SIGALRM');
    await running.waitForLine('stderr', /a .*succeeded/);
    await running.waitForLine('stderr', /b .*succeeded/);
    running.signal('SIGUSR1');
    await running.waitForLine('stderr', /^ {2}2 succeeded, 0 failed/);
    running.signal('SIGTERM');
    expect((await running.exit).exitCode).toBe(0);
    const runs = JSON.parse((await runCli(['list-runs', '--json'])).stdout);
    expect(runs).toMatchObject([
      { trigger: 'manual', by: 'SIGALRM' },
      { trigger: 'manual', by: 'SIGALRM' },
    ]);
  });
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('a terminal', () => {
  it('that is held with Ctrl-S holds up nothing', async () => {
    const line = `'${process.execPath}' '${BIN}' run --when='every 1s' -- echo hello`;
    const terminal = await openTerminal(`trap : INT; ${line}; echo code $?; sleep 60`);
    const count = async () => JSON.parse((await runCli(['list-runs', '--json'])).stdout).length;
    try {
      await terminal.shows(/^hello$/m);
      terminal.press('C-s');
      const before = await count();
      await expect.poll(count, { timeout: 15_000 }).toBeGreaterThan(before + 3);
      const schedulers = async () => JSON.parse((await runCli(['ps', '--json'])).stdout).schedulers;
      process.kill((await schedulers())[0].pid, 'SIGTERM');
      await expect.poll(schedulers, { timeout: 10_000 }).toEqual([]);
      terminal.press('C-q');
      await terminal.shows(/^code 0$/m);
    } finally {
      terminal.close();
    }
  });

  it('keeps what is typed at the shell while the schedule is a job in the background', async () => {
    const rc = join(place().home, 'rc');
    writeFileSync(
      rc,
      `PS1='$ '; tick() { '${process.execPath}' '${BIN}' run --when='every 1s' -- 'echo tick'; }\n`,
    );
    const terminal = await openTerminal(`bash --rcfile '${rc}'`);
    const ticks = () => terminal.screen().match(/tick$/gm)?.length ?? 0;
    try {
      await terminal.shows(/\$$/);
      terminal.type('tick &');
      terminal.press('Enter');
      await terminal.shows(/^tick$/m);
      terminal.type('Q');
      const before = ticks();
      await expect.poll(ticks, { timeout: 15_000 }).toBeGreaterThan(before + 2);
      expect(terminal.screen()).toContain('Q');
      expect(terminal.screen()).not.toMatch(/next \S+ in /);
      terminal.press('C-u');
      terminal.type('fg');
      terminal.press('Enter');
      await terminal.shows(/^next \S+ in .* ok$/m);
      terminal.press('C-c');
      await terminal.shows(/\$$/);
      expect(terminal.screen()).not.toMatch(/next \S+ in /);
    } finally {
      terminal.close();
    }
  });

  it('has a last line that makes way for output and is gone at the end', async () => {
    const socket = `supertask-${process.pid}-status`;
    const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args]).toString();
    const screen = () => tmux('capture-pane', '-p').trimEnd().split('\n');
    const script = join(place().work, 'start.sh');
    const file = timetable(TWO.replaceAll('every 1h from start', 'every 9999h'));
    writeFileSync(
      script,
      `trap : INT\n'${process.execPath}' '${BIN}' run --file '${file}'\necho code $?\nsleep 60\n`,
    );
    const start = ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', '60', '-y', '20'];
    await startCommand([...start, `sh '${script}'`]).exit;
    try {
      await expect.poll(() => screen().at(-1), { timeout: 10_000 }).toMatch(/^next a and 1 more in \d+d/);
      tmux('resize-window', '-x', '24', '-y', '20');
      await expect.poll(() => screen().at(-1), { timeout: 10_000 }).toMatch(/^next a and 1 more in .?…$/);
      tmux('resize-window', '-x', '60', '-y', '20');
      const [pid = ''] = tmux('list-panes', '-F', '#{pane_pid}').split('\n');
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      process.kill(Number.parseInt(children, 10), 'SIGALRM');
      await expect.poll(() => screen().at(-1), { timeout: 10_000 }).toMatch(/^next .* · 2 ok$/);
      expect(
        screen()
          .filter((line) => /^[ab] \| /.test(line))
          .sort(),
      ).toEqual(['a | from a', 'b | from b', 'b | wrong']);
      expect(screen().filter((line) => line.includes('next a and'))).toHaveLength(1);
      tmux('send-keys', 'C-c');
      await expect.poll(() => screen().at(-1), { timeout: 10_000 }).toBe('code 130');
      expect(screen().filter((line) => line.includes('next a and'))).toEqual([]);
    } finally {
      spawnSync('tmux', ['-L', socket, 'kill-server']);
    }
  });
});
