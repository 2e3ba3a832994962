/** Commands that keep the bookkeeping in order: `prune`, `fsck`, `du`, `adopt`. */
import type { Command } from 'commander';
import { addSettings, example, type SetExit } from './option.js';

export function registerUpkeep(program: Command, setExit: SetExit): void {
  addPrune(program);
  addFsck(program, setExit);
  addDu(program);
  addAdopt(program);
}

function addPrune(program: Command): void {
  const command = program
    .command('prune')
    .description('Remove old runs and output, of this namespace or of all; schedulers do so by themselves.')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--keep-runs <n>', 'the newest runs of each namespace (default: 1000000)')
    .option('--keep-age <duration>', 'runs that were due within this time (default: 365d)')
    .option('--keep-output-age <duration>', 'output of runs that were due within this time (default: 14d)')
    .option('--keep-bytes <size>', 'the newest output of each namespace, such as 500MB (default: 1GiB)');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', PRUNE_EXAMPLES).action(async (flags) => {
    const { pruneCommand } = await import('../commands/prune.js');
    await pruneCommand(flags);
  });
}

const PRUNE_EXAMPLES = `
Live runs, each job's last result and whatever is younger than a day are always kept; so is the output of each job's
last 20 runs, and of the last 20 that failed, unless it is beyond --keep-bytes. Tasks may keep less, see keep: in files.

Examples:
  supertask prune --dry-run --keep-age=90d
  supertask prune --keep-bytes=100MB --ns=shop`;

function addFsck(program: Command, setExit: SetExit): void {
  const command = program
    .command('fsck')
    .description('Check all of the bookkeeping: what is torn, damaged, left behind or open to others.')
    .option('--repair', 'mend what can be mended; nothing is lost by it: what cannot be read is put aside');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', FSCK_EXAMPLES).action(async (flags) => {
    const { fsckCommand } = await import('../commands/fsck.js');
    setExit(await fsckCommand(flags));
  });
}

const FSCK_EXAMPLES = `
Examples:
  supertask fsck
  supertask fsck --repair --ns=shop
  supertask fsck --json                        {"clean", "findings": [{"kind", "path", "message", …}], "repairs"}

Exit codes: 0 clean, 1 when something is wrong, after --repair when something still is.`;

function addDu(program: Command): void {
  const command = program.command('du').description('How much room the bookkeeping takes, by namespace.');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask du --json')).action(async (flags) => {
    const { duCommand } = await import('../commands/fsck.js');
    await duCommand(flags);
  });
}

function addAdopt(program: Command): void {
  const command = program
    .command('adopt')
    .description('Make the past of a namespace part of the one of the source here, or of --ns.')
    .argument('<old>', 'the namespace to take over: its id or a unique prefix');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', ADOPT_EXAMPLES).action(async (old: string, flags) => {
    const { adoptCommand } = await import('../commands/adopt.js');
    await adoptCommand(old, flags);
  });
}

const ADOPT_EXAMPLES = `
For when the name of the host, the user or the place of the file has changed, as in containers. Runs, output and what is
known of jobs move over; the old namespace is gone afterwards. Nobody may be using it.

Examples:
  supertask adopt 3f2a                         into the namespace of the timetable here
  supertask adopt 3f2a --ns=shop               into another one, which is made when there is none
  supertask adopt 3f2a --host-id=web           as the host that it will be from now on`;
