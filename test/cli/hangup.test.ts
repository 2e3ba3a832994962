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

describe.skipIf(!hasProgram('tmux'))('in a terminal that is closed (tmux needed)', () => {
  const program = `${process.execPath} ${BIN}`;

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
    await expect
      .poll(() => has('code') && readFileSync(join(work, 'code'), 'utf8'), { timeout: 10_000 })
      .toBe(`${code}\n`);
  });
});
