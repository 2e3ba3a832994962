/** `top` on a real terminal, off it, and for programs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, type Running, runCli, startCli, startCommand } from '../../support/cli.ts';
import { mistakes } from '../../support/schema.ts';
import { openTerminal, type Terminal } from '../../support/terminal.ts';

const TWO = `
meta: {namespace: shop}
tasks:
  slow: {run: "cmd:echo from slow; sleep 60", when: "every 1h from start"}
  quick: {run: "cmd:echo from quick", when: "every 1h from start"}
`;

async function schedule(): Promise<Running> {
  writeFileSync(join(place().work, 'shop.yaml'), TWO);
  const running = startCli(['run', '--file', 'shop.yaml']);
  await running.waitForLine('stderr', /quick .*succeeded/);
  return running;
}

async function end(running: Running): Promise<void> {
  running.signal('SIGTERM');
  await running.exit;
}

describe('off a terminal', () => {
  it('prints the page once', async () => {
    const running = await schedule();
    const { stdout, exitCode } = await runCli(['top']);
    const lines = stdout.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
    expect(exitCode).toBe(0);
    expect(lines[0]).toMatch(/^supertask · all that is scheduled · pid \d+ for \d+\w+ · 2 jobs · 1 running/);
    expect(lines[2]).toMatch(/^slow in \S+ running \d+\w+ » every 1h from start$/);
    expect(lines[3]).toMatch(/^quick in \S+ succeeded \d+\w+ ago █ every 1h from start$/);
    await end(running);
  });

  it('--json has a schema', async () => {
    const running = await schedule();
    const answer = JSON.parse((await runCli(['top', '--json', '--ns=shop'])).stdout);
    expect(mistakes('top', answer)).toEqual([]);
    expect(answer).toMatchObject({ namespace: 'shop', jobs: [{ live: [{ job: 'slow' }] }, { live: [] }] });
    await end(running);
  });

  it('says so when nothing is known', async () => {
    expect((await runCli(['top'])).stdout).toMatch(/no scheduler is running · 0 jobs[\s\S]*no jobs here/);
  });
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('on a terminal', () => {
  it('runs, pauses, resumes, skips and stops by its keys, as the command line does', async () => {
    const running = await schedule();
    const socket = `supertask-${process.pid}-keys`;
    const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args]).toString();
    const shows = (pattern: RegExp) =>
      expect.poll(() => tmux('capture-pane', '-p').trimEnd(), { timeout: 15_000 }).toMatch(pattern);
    const start = ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '24'];
    await startCommand([...start, `'${process.execPath}' '${BIN}' top`]).exit;
    try {
      await shows(/> slow .* running /);
      tmux('send-keys', 'Down');
      await shows(/> quick .* succeeded /);
      tmux('send-keys', 't');
      await shows(/quick run [0-9a-f-]{18} started$/);
      tmux('send-keys', 'p');
      await shows(/> quick +- +paused [\s\S]*quick is paused$/);
      tmux('send-keys', 'p');
      await shows(/> quick +in [\s\S]*quick is not paused any more$/);
      tmux('send-keys', 's');
      await shows(/> quick +in 1h[\s\S]*quick skips \d{4}-\d\d-\d\d \S+ UTC$/);
      tmux('send-keys', 'Up');
      await shows(/> slow .* running /);
      tmux('send-keys', 'x');
      await shows(/stop what runs of slow\? y or n$/);
      tmux('send-keys', 'y');
      await shows(
        /> slow .* failed [\s\S]*slow run [0-9a-f-]{18} (is stopping|failed: stopped with SIGTERM .*)$/,
      );
      tmux('send-keys', 'q');
    } finally {
      spawnSync('tmux', ['-L', socket, 'kill-server']);
      await end(running);
    }
  });

  it('shows, follows, filters, fits, and gives the terminal back', async () => {
    const running = await schedule();
    const socket = `supertask-${process.pid}-top`;
    const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args]).toString();
    const screen = () => tmux('capture-pane', '-p').trimEnd();
    const shows = (pattern: RegExp) => expect.poll(screen, { timeout: 10_000 }).toMatch(pattern);
    const script = join(place().work, 'start.sh');
    writeFileSync(script, `echo before\n'${process.execPath}' '${BIN}' top\necho code $?\nsleep 60\n`);
    const start = ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24'];
    await startCommand([...start, `sh '${script}'`]).exit;
    try {
      await shows(/> slow .* running [\s\S]*from slow/);
      tmux('send-keys', 'Down');
      await shows(/> quick .* succeeded [\s\S]*── quick: succeeded in [\s\S]*from quick/);
      tmux('send-keys', '?');
      await shows(/any key goes back/);
      tmux('send-keys', 'x', '/', 'slow', 'Enter');
      await shows(/> slow [\s\S]*\[\/slow\]/);
      expect(screen()).not.toMatch(/quick/);
      tmux('resize-window', '-x', '60', '-y', '10');
      await shows(/^supertask .*\n.*\n> slow /);
      tmux('resize-window', '-x', '30', '-y', '10');
      await shows(/terminal is t/);
      tmux('resize-window', '-x', '120', '-y', '30');
      tmux('send-keys', 'Escape');
      await shows(/quick .*every 1h/);
      tmux('send-keys', 'q');
      await shows(/^before\ncode 0$/);
    } finally {
      spawnSync('tmux', ['-L', socket, 'kill-server']);
      await end(running);
    }
  });

  it('stops with the script around it on Ctrl-Z, and is back with fg', async () => {
    const { terminal } = await openShell();
    try {
      terminal.type('sh -c "top; echo back"');
      terminal.press('Enter');
      await terminal.shows(/^supertask · /);
      terminal.press('C-z');
      await terminal.shows(/Stopped[\s\S]*\$$/);
      terminal.type('echo $((40 + 2))');
      terminal.press('Enter');
      await terminal.shows(/^42$/m);
      terminal.type('fg');
      terminal.press('Enter');
      await terminal.shows(/^supertask · /);
      terminal.press('?');
      await terminal.shows(/any key goes back/);
      terminal.press('x', 'q');
      await terminal.shows(/^back$/m);
    } finally {
      terminal.close();
    }
  });

  it('goes on where nobody could continue it after Ctrl-Z', async () => {
    const terminal = await openTerminal(`'${process.execPath}' '${BIN}' top`);
    try {
      await terminal.shows(/^supertask · /);
      terminal.press('C-z', '?');
      await terminal.shows(/any key goes back/);
    } finally {
      terminal.close();
    }
  });

  it.each([
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ])('gives the terminal back on %s, and ends with %i', async (signal, code) => {
    const { terminal, pid } = await openShell();
    try {
      terminal.type('top; echo code $?');
      terminal.press('Enter');
      await terminal.shows(/^supertask · /);
      process.kill(pid(), signal);
      await terminal.shows(new RegExp(`top; echo code \\S+\ncode ${code}$`, 'm'));
      expect(terminal.flags()).toBe('cursor 1 wrap 1 alternate 0');
    } finally {
      terminal.close();
    }
  });

  it('ends with its terminal, also where no signal tells of that', async () => {
    const { terminal, pid } = await openShell('trap "" HUP');
    terminal.type('top');
    terminal.press('Enter');
    await terminal.shows(/^supertask · /);
    const top = pid();
    terminal.close();
    await expect.poll(() => lives(top), { timeout: 15_000 }).toBe(false);
  });
});

/** A shell in which `top` is that of supertask, and tells its pid. */
async function openShell(before = ''): Promise<{ readonly terminal: Terminal; readonly pid: () => number }> {
  const { home, work } = place();
  const file = join(work, 'pid');
  const program = join(home, 'top');
  writeFileSync(program, `#!/bin/sh\necho $$ > '${file}'\nexec '${process.execPath}' '${BIN}' top\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(home, 'rc'), `PS1='$ '; PATH='${home}':$PATH; ${before}\n`);
  const terminal = await openTerminal(`bash --rcfile '${home}/rc'`);
  await terminal.shows(/\$$/);
  return { terminal, pid: () => Number(readFileSync(file, 'utf8')) };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
