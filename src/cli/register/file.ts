/** Commands about timetable files: `check`, `schema`, `init`. */
import type { Command } from 'commander';
import { addSettings, collect, type SetExit } from './option.js';

export function registerFile(program: Command, setExit: SetExit): void {
  addCheck(program, setExit);
  addSchema(program);
  addInit(program);
}

function addCheck(program: Command, setExit: SetExit): void {
  const command = program
    .command('check')
    .description('Everything that is wrong with timetables, in one pass. Nothing is run.')
    .argument(
      '[file-or-dir...]',
      'timetables, directories of them, or - (default: the one of this directory)',
    )
    .option('--strict', 'warnings count as well')
    .option('--static', 'look at the files alone: not for programs, directories, images and secrets here')
    .option('--env-file <file>', 'NAME=value lines that run will be given, too; repeatable', collect);
  addSettings(command, ['tz', 'docker', 'json', 'quiet', 'color']);
  command.addHelpText('after', CHECK_EXAMPLES).action(async (paths: string[], flags) => {
    const { checkCommand } = await import('../commands/check.js');
    setExit(await checkCommand(paths, flags));
  });
}

const CHECK_EXAMPLES = `
Beside what run refuses: schedules that are never due or may surprise, programs, files, directories and images that are
not here, lines that the shell cannot read, work that is done twice. Of a directory, all timetables and self-describing
scripts below it.

Examples:
  supertask check
  supertask check --strict --static jobs/          for a build that has not the programs of the jobs
  supertask check --env-file=.env supertask.yaml
  supertask check --json                           {"clean", "files", "tasks", "findings": [{"severity", "code", …}]}

Exit codes: 0 clean, 1 when there are errors (with --strict, or warnings), 2 for wrong usage or a missing file.`;

function addSchema(program: Command): void {
  program
    .command('schema')
    .description('The JSON Schema of timetable files, or of anything else that supertask reads or writes.')
    .argument('[name]', 'of another schema, see --list (default: timetable)')
    .option('--list', 'the names of all schemas')
    .addHelpText('after', SCHEMA_EXAMPLES)
    .action(async (name: string | undefined, flags) => {
      const { schemaCommand } = await import('../commands/schema.js');
      await schemaCommand(name, flags);
    });
}

const SCHEMA_EXAMPLES = `
Editors complete and check timetables by it. Those that have yaml-language-server look at a line in the file:
  # yaml-language-server: $schema=./supertask.schema.json

Examples:
  supertask schema > supertask.schema.json
  supertask schema list-runs                       of what list-runs --json prints
  supertask schema --list`;

function addInit(program: Command): void {
  program
    .command('init')
    .description('Write a timetable to start from: commented, and ready to run.')
    .argument('[file]', 'where to, or a directory, or - for standard output (default: supertask.yaml)')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', INIT_EXAMPLES)
    .action(async (file: string | undefined, flags) => {
      const { initCommand } = await import('../commands/init.js');
      await initCommand(file, flags);
    });
}

const INIT_EXAMPLES = `
Examples:
  supertask init && supertask run                  Ctrl-C ends it
  supertask init jobs/nightly.yaml
  supertask init - | supertask check -`;
