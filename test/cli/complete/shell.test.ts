/** Completion as shells do it: Tab is pressed on a terminal, and the line is read from the screen. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHELLS } from '../../../src/cli/complete/shell.ts';
import { BIN, place, runCli } from '../../support/cli.ts';
import { hasProgram, openTerminal } from '../../support/terminal.ts';

/** How each shell is started with the script loaded, and a prompt that can be told. */
const STARTS: Readonly<Record<string, () => string>> = {
  bash() {
    const rc = join(place().home, 'bashrc');
    writeFileSync(rc, 'PS1="> "\nbind "set bell-style none"\nsource <(supertask completion bash)\n');
    return `bash --noprofile --rcfile '${rc}' -i`;
  },
  zsh() {
    const lines = [
      'PROMPT="> "',
      'autoload -U compinit',
      'compinit -u',
      'source <(supertask completion zsh)',
    ];
    writeFileSync(join(place().home, '.zshrc'), `${lines.join('\n')}\n`);
    return `ZDOTDIR='${place().home}' zsh -i`;
  },
  fish() {
    const directory = join(place().home, '.config/fish');
    mkdirSync(directory, { recursive: true });
    const prompt =
      'function fish_prompt; printf "> "; end\nset fish_greeting\nset fish_autosuggestion_enabled 0\n';
    writeFileSync(join(directory, 'config.fish'), `${prompt}supertask completion fish | source\n`);
    return 'fish -i';
  },
};

const TIMETABLE = 'meta: {namespace: shop}\ntasks: {backup: {run: "true"}, report: {run: "true"}}\n';

/** What is typed before Tab, and what the line is afterwards. */
const LINES = [
  ['supertask comple', /> supertask completion $/],
  ['supertask completion f', /> supertask completion fish $/],
  ['supertask run --overl', /> supertask run --overlap $/],
  ['supertask run --overlap=q', /> supertask run --overlap=queue $/],
  ['supertask show ba', /> supertask show backup $/],
  ['supertask list-runs --ns sh', /> supertask list-runs --ns shop $/],
  ['supertask list-runs --ns=sh', /> supertask list-runs --ns=shop $/],
  ['supertask next --tz=Europe/Berl', /> supertask next --tz=Europe\/Berlin $/],
  ['supertask check time', /> supertask check timetable.yaml $/],
  ['supertask run --file=time', /> supertask run --file=timetable.yaml $/],
  ['supertask run --cwd=dire', /> supertask run --cwd=directory\/$/],
  ['supertask run exe', /> supertask run exec:$/],
] as const;

describe.each(Object.keys(STARTS))('%s', (shell) => {
  const missing = [shell, 'tmux'].filter((name) => !hasProgram(name));
  const why = missing.length === 0 ? '' : ` (not installed: ${missing.join(', ')})`;

  it.skipIf(missing.length > 0)(`completes commands, flags, values, ids and files${why}`, async () => {
    const bin = join(place().home, 'bin');
    mkdirSync(bin);
    mkdirSync(join(place().work, 'directory'));
    symlinkSync(BIN, join(bin, 'supertask'));
    writeFileSync(join(place().work, 'timetable.yaml'), TIMETABLE);
    await runCli(['run', '--file', 'timetable.yaml']);
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const terminal = await openTerminal(STARTS[shell]?.() ?? '', { env });
    try {
      await terminal.shows(/^> ?$/);
      for (const [typed, completed] of LINES) {
        terminal.type(typed);
        terminal.press('Tab');
        // A mark shows whether a blank follows; then the line is thrown away.
        terminal.type('X');
        const wanted = new RegExp(completed.source.replace('$', 'X'));
        await terminal.shows(wanted);
        terminal.press('C-u');
        terminal.type('clear');
        terminal.press('Enter');
        await terminal.shows(/^> ?$/);
      }
    } finally {
      terminal.close();
    }
  });
});

it.each(SHELLS)('the script for %s is what that shell can read', async (shell) => {
  const { stdout, stderr, exitCode } = await runCli(['completion', shell]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toContain('__complete');
  if (shell === 'powershell' || !hasProgram(shell)) return;
  const file = join(place().home, 'script');
  writeFileSync(file, stdout);
  execFileSync(shell, ['-n', file]);
});

const hasPowershell = hasProgram('pwsh');

it.skipIf(!hasPowershell)(
  `powershell completes${hasPowershell ? '' : ' (not installed: pwsh)'}`,
  async () => {
    const { stdout: script } = await runCli(['completion', 'powershell']);
    const bin = join(place().home, 'bin');
    mkdirSync(bin);
    symlinkSync(BIN, join(bin, 'supertask'));
    const line = 'supertask completion f';
    const ask = `(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`;
    const told = execFileSync('pwsh', ['-NoProfile', '-Command', `${script}\n${ask}`], {
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    });
    expect(told.toString().trim()).toBe('fish');
  },
);

it('refuses a shell that it does not know', async () => {
  expect(await runCli(['completion', 'csh'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Use one of: bash, zsh, fish, powershell.'),
  });
});
