/** Commands about what is to come and what has been: pausing and skipping. */
import type { Command } from 'commander';
import { addSettings, type SetExit } from './option.js';

const NS = ['ns', 'hostId', 'stateDir', 'json', 'color'] as const;

export function registerSteer(program: Command, setExit: SetExit): void {
  addPause(program, setExit);
  addResume(program, setExit);
  addSkip(program, setExit);
}

function addPause(program: Command, setExit: SetExit): void {
  const command = program
    .command('pause')
    .description('Do not run a job when it is due, until it is resumed or the time is up.')
    .argument('[job]', 'a job id or name, or a unique prefix')
    .option('--all', 'all jobs of the namespace')
    .option('--for <duration>', 'so long')
    .option('--until <time>', 'until 18:00 or 2026-12-24T18:00, in the zone of the job or --tz, or in 90m')
    .option('--note <text>', 'why; kept with it')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, ['tz', ...NS]);
  command.addHelpText('after', PAUSE_EXAMPLES).action(async (job: string | undefined, flags) => {
    const { pauseCommand } = await import('../commands/pause.js');
    setExit(await pauseCommand(job, flags));
  });
}

const PAUSE_EXAMPLES = `
What is going, or waits for its turn, is not touched; trigger runs a job that is paused. Moments that pass are recorded as
skipped, never as missed. It holds with and without a scheduler, and the timetable is not changed. The id of a task with
arguments stands for all jobs of it that there are.

Examples:
  supertask pause backup --for=2h --note='moving the disks'
  supertask pause --all --until=18:00
  supertask resume backup`;

function addResume(program: Command, setExit: SetExit): void {
  const command = program
    .command('resume')
    .description('End a pause, and take back what was to be skipped.')
    .argument('[job]', 'a job id or name, or a unique prefix')
    .option('--all', 'all jobs of the namespace, also those that were paused one by one')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, NS);
  command.addHelpText('after', RESUME_EXAMPLES).action(async (job: string | undefined, flags) => {
    const { resumeCommand } = await import('../commands/pause.js');
    setExit(await resumeCommand(job, flags));
  });
}

const RESUME_EXAMPLES = `
Examples:
  supertask resume backup
  supertask resume --all

Exit codes: 0 it was paused; 1 it was not, or stays paused because all jobs are.`;

function addSkip(program: Command, setExit: SetExit): void {
  const command = program
    .command('skip')
    .description('Do not run a job at one due moment: the next, or another to come.')
    .argument('<job>', 'a job id or name, or a unique prefix')
    .argument('[time]', 'next (the default), 02:00, or 2026-12-24T18:00')
    .option('--note <text>', 'why; kept with it')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, NS);
  command.addHelpText('after', SKIP_EXAMPLES).action(async (job: string, time: string | undefined, flags) => {
    const { skipCommand } = await import('../commands/skip.js');
    setExit(await skipCommand(job, time, flags));
  });
}

const SKIP_EXAMPLES = `
The id of a task with arguments stands for all jobs of it that are due then.

Examples:
  supertask skip backup
  supertask skip backup 2026-12-24T02:00 --note='nobody is there'

Exit codes: 0 it will be skipped; 1 the job is not due then.`;
