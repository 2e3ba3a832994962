/** Commands about what a job finds when it runs: `shell`, `doctor`. */
import type { Command } from 'commander';
import { addSettings, collect, type SetExit } from './option.js';

export function registerEnvironment(program: Command, setExit: SetExit): void {
  addShell(program, setExit);
  addDoctor(program, setExit);
}

function addDoctor(program: Command, setExit: SetExit): void {
  const command = program
    .command('doctor')
    .description('What would keep jobs from running, here and now: a line for each check, with the way out.')
    .argument('[job-or-file]', 'a job or a timetable (default: the timetable here; all its jobs in brief)');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'tz', 'docker', 'json', 'color']);
  command.addHelpText('after', DOCTOR_EXAMPLES).action(async (subject: string | undefined, flags) => {
    const { doctorCommand } = await import('../commands/doctor.js');
    setExit(await doctorCommand(subject, flags));
  });
}

const DOCTOR_EXAMPLES = `
Looked at are: the state directory, its disk and file system, control sockets and schedulers, zone data, zone and clock,
limits; of jobs directory, files, programs, with cron's PATH as well, shell lines, images and secrets.

Examples:
  supertask doctor
  supertask doctor backup
  supertask doctor --json | jq '.checks[] | select(.status != "ok")'

Exit codes: 1 when a check failed.`;

function addShell(program: Command, setExit: SetExit): void {
  const command = program
    .command('shell')
    .description('A shell with exactly the environment and directory of a job. Nothing of it is recorded.')
    .argument('<job>', 'a job id or name, or a unique prefix')
    .argument('[line...]', 'a shell line and arguments to run instead, after --')
    .option('-f, --file <file>', 'the file that defines it (default: the timetable here, else what is kept)')
    .option('--arg <NAME=value>', 'an argument of the job; repeatable', collect)
    .option('--step <n-or-name>', 'of this step (default: the first)');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'tz', 'docker']);
  command.addHelpText('after', SHELL_EXAMPLES).action(async (job: string, words: string[], flags) => {
    const { shellCommand } = await import('../commands/shell.js');
    setExit(await shellCommand(job, words, flags));
  });
}

const SHELL_EXAMPLES = `
The shell is $SHELL without its start-up files, which would change the environment; sh, where there is no terminal.

Examples:
  supertask shell backup                           look around, try things; exit leaves
  supertask shell backup -- env                    what it is given
  supertask shell backup -- 'cd .. && ls "$@"' -l
  supertask shell report --file=week.yaml -- ./report.sh --dry-run

Exit codes: those of the shell or the line.`;
