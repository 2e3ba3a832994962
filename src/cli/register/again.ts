/** Commands about runs that are over: to take them otherwise, and to run them again. */
import type { Command } from 'commander';
import { addSettings, type SetExit } from './option.js';

export function registerAgain(program: Command, setExit: SetExit): void {
  addMark(program, setExit);
  addRerun(program, setExit);
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

function addRerun(program: Command, setExit: SetExit): void {
  const command = program
    .command('rerun')
    .description(
      'Run the job of a run again, with the same arguments: by its scheduler, else here, from its file.',
    )
    .argument('<run>', 'a run id or a unique prefix')
    .option('--edit', 'change its arguments first, in $VISUAL or $EDITOR')
    .option('--exact', 'only if the job is defined as it was then')
    .option('--note <text>', 'kept with the new run')
    .option('--wait', 'until it has ended, with its exit code')
    .option('--follow', 'print what it prints, until it has ended; with its exit code')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, ['ns', 'tz', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', RERUN_EXAMPLES).action(async (run: string, flags) => {
    const { rerunCommand } = await import('../commands/rerun.js');
    setExit(await rerunCommand(run, flags));
  });
}

const RERUN_EXAMPLES = `
The job runs as it is defined now. Templates see the instant for which the run was due, and so do listings: the new run stands
beside it, with trigger rerun. With --edit nothing is run when the file is left as it was, or emptied, or the editor fails.

Examples:
  supertask rerun 019a --follow
  supertask rerun 019a --exact --wait && ./publish.sh
  EDITOR=nano supertask rerun 019a --edit

Exit codes: 0 started; 1 it cannot be run again, or nothing was wanted; 75 skipped, because another run is going; with
--wait and --follow, and where no scheduler is running, those of the run.`;
