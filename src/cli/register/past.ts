/** Commands that look at what has been: `show`, `logs`, `why`, `missed`. */
import type { Command } from 'commander';
import { addSettings, example } from './option.js';

export function registerPast(program: Command): void {
  addShow(program);
  addLogs(program);
  addWhy(program);
  addMissed(program);
}

function addShow(program: Command): void {
  const command = program
    .command('show')
    .description('Everything that is known of one run or job.')
    .argument('<run-or-job>', 'a run id, a job id or name, or a unique prefix');
  addSettings(command, ['ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask show 019a')).action(async (text: string, flags) => {
    const { showCommand } = await import('../commands/show.js');
    await showCommand(text, flags);
  });
}

function addLogs(program: Command): void {
  const command = program
    .command('logs')
    .description('What a run printed, byte for byte; of a job, its newest run.')
    .argument('<run-or-job>', 'a run id, a job id or name, or a unique prefix')
    .option('--stdout', 'only what it wrote to stdout')
    .option('--stderr', 'only what it wrote to stderr')
    .option('--step <step>', 'only what this step wrote: its name, or its number')
    .option('-t, --timestamps', 'put the instant before each line')
    .option('--tail <n>', 'only the last lines')
    .option('--grep <pattern>', 'only lines that a regular expression matches')
    .option(
      '--since <time>',
      'only from then on: a duration, or an ISO 8601 instant; of a job, of all its runs',
    )
    .option('-f, --follow', 'go on until the run ends; of a job, with its next runs as well');
  addSettings(command, ['ns', 'stateDir', 'color']);
  command.addHelpText('after', LOGS_EXAMPLES).action(async (text: string, flags) => {
    const { logsCommand } = await import('../commands/logs.js');
    await logsCommand(text, flags);
  });
}

const LOGS_EXAMPLES = `
A job is followed as long as a scheduler has it, or a run of it is going. On a terminal a line stands before what each
step of a run printed; in a pipe there is nothing but its bytes.

Examples:
  supertask logs backup --tail=50 -f                     the newest run of a job, and its next ones
  supertask logs backup --since=24h --grep='ERROR|WARN'  those lines of all its runs since yesterday
  supertask logs 019a --step=dump                        what one of its steps printed`;

function addWhy(program: Command): void {
  const command = program
    .command('why')
    .description('What became of a due moment of a job, or will, in a sentence and with its evidence.')
    .argument('<job>', 'a job id or name, or a unique prefix')
    .argument(
      '[time]',
      'a time of day today, or an ISO 8601 instant; in the zone of the job (default: what was due last)',
    );
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', WHY_EXAMPLES).action(async (job: string, time: string | undefined, flags) => {
    const { whyCommand } = await import('../commands/why.js');
    await whyCommand(job, time, flags);
  });
}

const WHY_EXAMPLES = `
A time is as exact as it is written: 02:00 is the whole minute, 2026-05-01 the whole day.

Examples:
  supertask why backup                         what became of what was due last
  supertask why backup 02:00                   … this morning
  supertask why backup 2026-12-24T18:00 --json {"verdict", "sentence", "run", …}`;

function addMissed(program: Command): void {
  const command = program
    .command('missed')
    .description('Due moments that were skipped or missed: how many of each job, and why.')
    .option('--job <job>', 'only of this job: id, name or a unique prefix')
    .option('--since <time>', 'only due since then: a duration, or an ISO 8601 instant (default: 7d)');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask missed --since=24h --job=backup')).action(async (flags) => {
    const { missedCommand } = await import('../commands/missed.js');
    await missedCommand(flags);
  });
}
