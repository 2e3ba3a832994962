import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { type CommandLine, readRun } from '../../src/cli/quick.js';
import { RUN_OPTIONS, RUN_SETTINGS } from '../../src/cli/run-option.js';
import { SETTINGS } from '../../src/settings/table.js';

/** What commander makes of a line: the very tree of the program, with another action. */
async function readByCommander(argv: readonly string[]): Promise<CommandLine | undefined> {
  let line: CommandLine | undefined;
  const program = createProgram(() => {});
  const run = program.commands.find((command) => command.name() === 'run') ?? new Command();
  for (const command of [program, run]) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  }
  run.action((words: string[], flags: Record<string, unknown>) => {
    line = { words, flags };
  });
  await program.parseAsync([...argv], { from: 'user' }).catch(() => {});
  return line;
}

const FLAGS = [
  ...RUN_OPTIONS.map(({ flag }) => flag),
  ...RUN_SETTINGS.map((name) => SETTINGS[name].flag),
].flatMap((flag) => flag.replace(/ [<[].*/, '').split(', '));

describe('the quick reading of a command line', () => {
  it.each([
    [['run', '--', 'cmd:true'], { words: ['cmd:true'], flags: {} }],
    [['run', 'cmd:echo', 'a b'], { words: ['cmd:echo', 'a b'], flags: {} }],
    [['run', '--', '--', '-x'], { words: ['--', '-x'], flags: {} }],
    [['run', '-q', '--when=a=b', '--', 'x'], { words: ['x'], flags: { quiet: true, when: 'a=b' } }],
    [
      ['run', '-e', 'A=1', '--env=B=2', '--state-dir', '/x'],
      { words: [], flags: { env: ['A=1', 'B=2'], stateDir: '/x' } },
    ],
  ])('takes %j', (argv, line) => {
    expect(readRun(argv)).toEqual(line);
  });

  it.each([
    [['jobs']],
    [['run', '--help']],
    [['run', 'cmd:true', '--json']],
    [['run', '--when', '--', 'x']],
    [['run', '--when']],
    [['run', '--when=', '--', 'x']],
    [['run', '-wonce', '--', 'x']],
    [['run', '-w=once', '--', 'x']],
    [['run', '--exec=yes', '--', 'x']],
    [['run', '--color=sometimes', '--', 'x']],
    [['run', '--unknown', '--', 'x']],
    [['run', '-']],
  ])('leaves %j to commander', (argv) => {
    expect(readRun(argv)).toBeUndefined();
  });

  it('is what commander reads, or nothing', async () => {
    const value = fc.constantFrom('x', 'a=b', 'always', 'stop', '', '-', '--', '-x', '--json', '1 2');
    const word = fc.oneof(
      fc.constantFrom(...FLAGS),
      fc.tuple(fc.constantFrom(...FLAGS), value).map(([flag, text]) => `${flag}=${text}`),
      fc.constantFrom('--hel', '-h', '-V', 'help', 'cmd:true'),
      value,
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
        const quick = readRun(['run', ...words]);
        if (quick === undefined) return;
        taken++;
        expect(await readByCommander(['run', ...words])).toEqual(quick);
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
