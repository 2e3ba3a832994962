/** Commands that list: namespaces, jobs, runs. */
import type { Command } from 'commander';
import { addSettings, collect, example } from './option.js';

export function registerList(program: Command): void {
  addListNamespaces(program);
  addListJobs(program);
  addListRuns(program);
}

function addListNamespaces(program: Command): void {
  const command = program
    .command('list-namespaces')
    .alias('ns')
    .description('Namespaces: one per source, host and user, newest first.');
  addSettings(command, ['stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask list-namespaces --json')).action(async (flags) => {
    const { listNamespacesCommand } = await import('../commands/list.js');
    await listNamespacesCommand(flags);
  });
}

function addListJobs(program: Command): void {
  const command = program
    .command('list-jobs')
    .alias('jobs')
    .description('Jobs with their schedules, next due instants and last runs.');
  addSettings(command, ['ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask list-jobs --ns=3f2a')).action(async (flags) => {
    const { listJobsCommand } = await import('../commands/list.js');
    await listJobsCommand(flags);
  });
}

function addListRuns(program: Command): void {
  const command = program
    .command('list-runs')
    .alias('runs')
    .description('Runs, newest first, with the moments that were skipped or missed and why.')
    .option('--job <job>', 'only of this job: id, name or a unique prefix')
    .option('--status <status>', 'only with these statuses, separated by commas; repeatable', collect)
    .option('--since <time>', 'only due since then: a duration such as 7d, or an ISO 8601 instant')
    .option('--limit <n>', 'at most so many (default: 20)');
  addSettings(command, ['ns', 'stateDir', 'json', 'color']);
  command
    .addHelpText('after', example('supertask list-runs --job=backup --status=failed,missed --since=7d'))
    .action(async (flags) => {
      const { listRunsCommand } = await import('../commands/list.js');
      await listRunsCommand(flags);
    });
}
