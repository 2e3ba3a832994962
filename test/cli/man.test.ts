/** The manual page, as the build leaves it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { ROOT } from '../support/build.ts';
import { hasProgram } from '../support/terminal.ts';

const FILE = join(ROOT, 'dist/supertask.1');
const hasMandoc = hasProgram('mandoc');
const why = hasMandoc ? '' : ' (not installed: mandoc)';

it('is the one that package.json names', () => {
  const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string };
  expect(join(ROOT, man)).toBe(FILE);
});

it.skipIf(!hasMandoc)(`shows every command, argument and flag with its help${why}`, () => {
  const shown = execFileSync('mandoc', ['-Tutf8', '-Owidth=400', FILE])
    .toString()
    .replace(/.\u0008/g, '');
  const words = shown.replace(/\s+/g, ' ');
  const program = createProgram(() => {});
  const help = program.createHelp();
  const wanted = help
    .visibleCommands(program)
    .filter((command) => program.commands.includes(command))
    .flatMap((command) => [
      `supertask ${command.name()} ${command.usage()}`,
      command.description(),
      ...help.visibleArguments(command).map((argument) => help.argumentDescription(argument)),
      ...help
        .visibleOptions(command)
        .filter(({ long }) => long !== '--help')
        .map((option) => `${option.flags} ${help.optionDescription(option)}`),
    ])
    .map((text) => text.replaceAll('…', '...').replace(/\s+/g, ' ').trim());
  expect(wanted.length).toBeGreaterThan(200);
  expect(wanted.filter((text) => !words.includes(text))).toEqual([]);
  expect(shown).toContain("supertask run --when=@daily -- cmd:'pg_dump app > app.sql'");
  expect(shown).not.toMatch(/__complete|__man/);
});

it.skipIf(!hasMandoc)(`has nothing that mandoc warns of, but for its date, which it has none${why}`, () => {
  const told = execFileSync('sh', ['-c', `mandoc -Tlint -Wwarning '${FILE}' || true`]).toString();
  expect(told.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
});
