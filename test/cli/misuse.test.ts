/** Command lines that commander refuses: they are told as any other error, by the program and without it. */
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runCli } from '../support/cli.ts';

async function refusal(...argv: string[]): Promise<unknown> {
  return createProgram(() => {})
    .parseAsync(argv, { from: 'user' })
    .catch((error: unknown) => error);
}

describe('a command line', () => {
  it.each([
    [
      ['run', '--tiemout=5s', '--', 'true'],
      'supertask run has no flag --tiemout',
      /^Did you mean --timeout\? .* go after --: /,
    ],
    [
      ['run', 'ls', '-l'],
      'supertask run has no flag -l',
      /^supertask run --help shows the flags\. .*: supertask run -- ls -l$/,
    ],
    [['jobs', '--jsno'], 'supertask list-jobs has no flag --jsno', /^Did you mean --json\?$/],
    [
      ['logs', '--quite-other'],
      'supertask logs has no flag --quite-other',
      /^supertask logs --help shows the flags\.$/,
    ],
    [['--when=@daily', '--', 'true'], 'supertask has no flag --when', /supertask run --quiet -- PROGRAM$/],
    [
      ['skip'],
      'supertask skip needs <job>',
      /^Write: supertask skip \[options\] <job> \[time\]; supertask skip --help /,
    ],
    [['mark', 'a'], 'supertask mark needs <outcome>', /^Write: supertask mark \[options\] <run> <outcome>;/],
    [['run', '--when'], '--when lacks its <schedule>', /^supertask run --help shows the flags\.$/],
    [
      ['list-jobs', 'x'],
      'supertask list-jobs does not take "x", which is one word too many',
      /^Write: supertask list-jobs \[options\];/,
    ],
    [
      ['logs', 'a', 'b', 'c'],
      'supertask logs does not take "b", which is one word too many',
      /^Write: supertask logs /,
    ],
    [
      ['run', '--on-stop=drian', '--', 'true'],
      '--on-stop is "drian"',
      /^Did you mean drain\? Use one of: stop, drain\.$/,
    ],
    [['run', "--on-stop='x'", '--', 'true'], `--on-stop is "'x'"`, /^Use one of: stop, drain\.$/],
    [['completion', 'tcsh'], '<shell> is "tcsh"', /Use one of: bash, zsh, fish, powershell\.$/],
    [['runn', '--when=now'], 'there is no command "runn"', /^Did you mean "supertask run"\?$/],
    [['help', 'lgos'], 'there is no command "lgos"', /^Did you mean "supertask logs"\?$/],
  ])('%j is refused', async (argv, message, hint) => {
    expect(await refusal(...argv)).toMatchObject({
      name: 'SupertaskError',
      code: 'USAGE',
      message,
      hint: expect.stringMatching(hint),
    });
  });

  it('with an unknown flag does not have its value repeated', async () => {
    expect(String(await refusal('run', '--tokne=hunter2', '--', 'true'))).not.toContain('hunter2');
  });
});

it.each([[['skip']], [['list-jobs', '--json', '--nope']], [['help', 'nope']]])(
  '%j is told on stderr alone, with code and hint',
  async (args) => {
    const { stdout, stderr, exitCode } = await runCli(args);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^error: .* \[USAGE\]\nhint: .*\n$/);
  },
);

it.each([[['--help']], [['help', 'run']], [['run', '--help']], [['-V', '--']]])(
  '%j is answered',
  async (args) => {
    expect(await runCli(args)).toMatchObject({
      stderr: '',
      exitCode: 0,
      stdout: expect.stringMatching(/supertask|^\d/),
    });
  },
);
