/** Terminals that are closed, and what is to outlive them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, place, startCommand } from '../support/cli.ts';
import { hasProgram, openTerminal } from '../support/terminal.ts';

const TICK = ['run', '--when=every 1s', '--', 'cmd:echo "tick <$SUPERTASK_NOHUP>"'];

describe('started by nohup', () => {
  it('a schedule outlives its terminal, and tells its runs nothing of it', async () => {
    const running = startCommand(['nohup', BIN, ...TICK]);
    await running.waitForLine('stdout', /^tick <>$/);
    running.signal('SIGHUP');
    const before = running.output('stdout').length;
    await expect.poll(() => running.output('stdout').length, { timeout: 10_000 }).toBeGreaterThan(before);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });

  it('a single run does so, too', async () => {
    const running = startCommand([
      'nohup',
      BIN,
      'run',
      '--',
      'cmd:echo up; until test -e go; do sleep 0.1; done',
    ]);
    await running.waitForLine('stdout', /up/);
    running.signal('SIGHUP');
    await startCommand(['touch', 'go']).exit;
    expect(await running.exit).toMatchObject({ exitCode: 0, signal: null });
  });

  it('without it, SIGHUP ends a schedule', async () => {
    const running = startCommand([BIN, ...TICK]);
    await running.waitForLine('stdout', /^tick/);
    running.signal('SIGHUP');
    expect(await running.exit).toMatchObject({ exitCode: 129 });
  });
});

it('SIGHUP that comes twice, from the shell and from the system, leaves a run its time to end', async () => {
  const { work } = place();
  const running = startCommand([
    BIN,
    'run',
    '--',
    "cmd:trap 'touch told; until test -e go; do sleep 0.1; done; exit 3' TERM; echo up; sleep 60 & wait",
  ]);
  await running.waitForLine('stdout', /up/);
  running.signal('SIGHUP');
  await expect.poll(() => existsSync(join(work, 'told')), { timeout: 10_000 }).toBe(true);
  running.signal('SIGHUP');
  await startCommand(['touch', 'go']).exit;
  expect(await running.exit).toMatchObject({ exitCode: 3, signal: null });
});

describe.skipIf(!hasProgram('tmux'))('in a terminal that is closed (tmux needed)', () => {
  const program = `${process.execPath} ${BIN}`;

  /** The shell in the terminal has written down the exit code. */
  async function ended(code: string): Promise<void> {
    const file = join(place().work, 'code');
    await expect
      .poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 20_000 })
      .toBe(`${code}\n`);
  }

  it.each([
    ['a schedule', `trap 'kill -HUP $!' HUP; ${program} run '--when=every 1s' -- 'touch up' & wait`, '129'],
    [
      'a single run, as its child decides',
      `trap 'kill -HUP $!' HUP; ${program} run -- "trap 'exit 3' TERM; touch up; sleep 60 & wait" & wait`,
      '3',
    ],
    [
      'a schedule of another session, which is told to end later',
      `trap '' HUP; setsid ${program} run '--when=every 1s' -- 'touch up' & until test -e end; do sleep 0.1; done; kill $!`,
      '0',
    ],
  ])('ends with the code that is documented: %s', async (_, line, code) => {
    const { work } = place();
    const has = (file: string) => existsSync(join(work, file));
    const terminal = await openTerminal(`${line}; wait $!; echo $? > code`);
    try {
      await expect.poll(() => has('up'), { timeout: 10_000 }).toBe(true);
    } finally {
      terminal.close();
      writeFileSync(join(work, 'end'), '');
    }
    await ended(code);
  });

  it.each([
    ['a server', `serve --http=127.0.0.1:0`],
    ['a schedule with a server', `run --http=127.0.0.1:0 '--when=every 1h' -- true`],
  ])('ends with it, as a schedule does: %s', async (_, words) => {
    const terminal = await openTerminal(
      `trap 'kill -HUP $!' HUP; ${program} ${words} & wait; wait $!; echo $? > code`,
    );
    try {
      await terminal.shows(/http on /);
    } finally {
      terminal.close();
    }
    await ended('129');
  });

  it('ends a timetable also where it has just begun, and listens to signals since a moment', async () => {
    const { work } = place();
    writeFileSync(join(work, 'supertask.yaml'), 'tasks: {beat: {when: every 1h, run: "true"}}\n');
    const listens = "grep -q 'SigCgt:.*[7f]$' /proc/$!/status";
    const terminal = await openTerminal(
      `trap 'kill -HUP $!; kill -CONT $!' HUP; ${program} run & until ${listens}; do :; done; ` +
        'kill -STOP $!; touch held; wait; wait $!; echo $? > code',
    );
    try {
      await expect.poll(() => existsSync(join(work, 'held')), { timeout: 10_000 }).toBe(true);
    } finally {
      terminal.close();
    }
    await ended('129');
  });

  it('is no matter while it is open: SIGHUP has the timetable read again', async () => {
    writeFileSync(join(place().work, 'supertask.yaml'), 'tasks: {beat: {when: every 1h, run: "true"}}\n');
    const terminal = await openTerminal(`${program} run & echo $! > pid; wait $!; echo $? > code`);
    try {
      await terminal.shows(/^next beat /m);
      const pid = Number(readFileSync(join(place().work, 'pid'), 'utf8'));
      process.kill(pid, 'SIGHUP');
      await terminal.shows(/timetable reloaded: 1 as before/);
      process.kill(pid, 'SIGTERM');
      await ended('0');
    } finally {
      terminal.close();
    }
  });
});
