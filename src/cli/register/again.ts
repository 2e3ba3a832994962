/** Commands about runs that are over: to take them otherwise, and to run them again. */
import type { Command } from 'commander';
import { addSettings, type SetExit } from './option.js';

export function registerAgain(program: Command, setExit: SetExit): void {
  addMark(program, setExit);
}

function addMark(program: Command, setExit: SetExit): void {
  const command = program
    .command('mark')
    .description('Say that a run is to be taken as succeeded or failed, whatever was found out about it.')
    .argument('<run>', 'a run id or a unique prefix')
    .argument('<outcome>', 'succeeded or failed')
    .option('--note <text>', 'why; kept with it')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, ['ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', MARK_EXAMPLES).action(async (run: string, outcome: string, flags) => {
    const { markCommand } = await import('../commands/mark.js');
    setExit(await markCommand(run, outcome, flags));
  });
}

const MARK_EXAMPLES = `
Tasks that come after its job, why and the listings see the new outcome; show has the one before it as well. What was
measured stays, no action is taken again, and a scheduler is not needed. It can be said again, the other way, too.

Examples:
  supertask mark 019a succeeded --note='copied the files by hand'
  supertask mark 019a failed --note='the archive is empty'

Exit codes: 0 it has that outcome; 1 it goes on, or never ran.`;
