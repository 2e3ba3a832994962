/** The terminal page: `top`. */
import type { Command } from 'commander';
import { addSettings, type SetExit } from './option.js';

export function registerTop(program: Command, setExit: SetExit): void {
  const command = program
    .command('top')
    .description('Jobs, live on the terminal: what runs, what is due, how it went, what it prints.');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', TOP_EXAMPLES).action(async (flags) => {
    const { topCommand } = await import('../commands/top.js');
    setExit(await topCommand(flags));
  });
}

const TOP_EXAMPLES = `
Keys: arrows select, t triggers, p pauses or resumes, s skips the next moment, x stops, f follows the output, / filters,
? helps, q leaves. Off a terminal it prints the page once.

Examples:
  supertask top                                the timetable of this directory, else all that is scheduled
  supertask top --ns=shop
  supertask top --json | jq '.jobs[].job.nextDueAt'`;
