/** Commands about what lives now: looking at it, starting, waiting and stopping. */
import type { Command } from 'commander';
import { addSettings, collect, example, type SetExit } from './option.js';

export function registerLive(program: Command, setExit: SetExit): void {
  addPs(program);
  addStatus(program);
  addTrigger(program, setExit);
  addWait(program, setExit);
  addAttach(program, setExit);
  addStop(program, setExit);
  addKill(program, setExit);
  addShutdown(program, setExit);
  addReload(program, setExit);
}

function addPs(program: Command): void {
  const command = program
    .command('ps')
    .description('Schedulers that are running, and runs that are going.')
    .option('-A, --all', 'of all namespaces, also where this directory has a timetable');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask ps -A')).action(async (flags) => {
    const { psCommand } = await import('../commands/ps.js');
    await psCommand(flags);
  });
}

function addStatus(program: Command): void {
  const command = program
    .command('status')
    .description('One namespace: its scheduler, what is due next, what is going, how the last run ended.')
    .argument('[namespace]', 'its id or a unique prefix (default: --ns, else the one of the timetable here)');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command
    .addHelpText('after', example('supertask status 3f2a --json'))
    .action(async (prefix: string | undefined, flags) => {
      const { statusCommand } = await import('../commands/ps.js');
      await statusCommand(prefix, flags);
    });
}

function addTrigger(program: Command, setExit: SetExit): void {
  const command = program
    .command('trigger')
    .description('Run a job now: by the scheduler that has it, else here, from its file.')
    .argument('<job>', 'a job id or name, or a unique prefix')
    .option('--arg <NAME=value>', 'an argument of the run; repeatable', collect)
    .option('--at <time>', 'not now: at 18:00 or 2026-12-24T18:00, in the zone of the job or --tz, or in 90m')
    .option('--note <text>', 'kept with the run')
    .option('--wait', 'until it has ended, with its exit code')
    .option('--follow', 'print what it prints, until it has ended; with its exit code')
    .option('-f, --file <file>', 'run this task of a file here, whether a scheduler is running or not')
    .option('--dry-run', 'say what would be done, and do nothing');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'tz', 'json', 'color']);
  command.addHelpText('after', TRIGGER_EXAMPLES).action(async (job: string, flags) => {
    const { triggerCommand } = await import('../commands/trigger.js');
    setExit(await triggerCommand(job, flags));
  });
}

const TRIGGER_EXAMPLES = `
The run is recorded like any other, says who asked for it, and follows the overlap policy of its job.

Examples:
  supertask trigger backup --follow
  supertask trigger backup --note='before the upgrade' --wait && ./upgrade.sh
  supertask trigger backup --at=22:30
  supertask trigger report --file=week.yaml --arg day=monday

Exit codes: 0 started; 75 skipped, because another run is going; with --wait and --follow, and where no scheduler is
running, the run's own.`;

function addWait(program: Command, setExit: SetExit): void {
  const command = program
    .command('wait')
    .description('Wait until a run has ended, and end with its exit code.')
    .argument('<run-or-job>', 'a run; or a job: its run that is going, else its next one')
    .option('--status <status>', 'until it is in one of these, separated by commas; repeatable', collect)
    .option('--timeout <duration>', 'give up after so long');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', WAIT_EXAMPLES).action(async (text: string, flags) => {
    const { waitCommand } = await import('../commands/wait.js');
    setExit(await waitCommand(text, flags));
  });
}

const WAIT_EXAMPLES = `
Examples:
  supertask wait backup --timeout=10m && echo done
  supertask wait 019a --status=running

Exit codes: the run's own, 128 + n after a signal; with --status 0 when it came to that and 1 when it cannot any more;
124 after --timeout; 1 where nothing is going and no scheduler is running.`;

function addAttach(program: Command, setExit: SetExit): void {
  const command = program
    .command('attach')
    .description('Follow a run that is going, from its beginning, as if it had been started here.')
    .argument('<run-or-job>', 'a run id, a job id or name, or a unique prefix');
  addSettings(command, ['ns', 'stateDir', 'color']);
  command.addHelpText('after', ATTACH_EXAMPLES).action(async (text: string, flags) => {
    const { attachCommand } = await import('../commands/attach.js');
    setExit(await attachCommand(text, flags));
  });
}

const ATTACH_EXAMPLES = `
Ctrl-C stops the run, with the grace of its task; a second one kills it. Ctrl-\\ leaves, and the run goes on, as it does
when the terminal is closed.

Example:
  supertask attach backup

Exit codes: that of the run; 0 left; 1 it has ended, or none is going.`;

function addStop(program: Command, setExit: SetExit): void {
  const command = program
    .command('stop')
    .description('End runs with all their processes, and say how each ended. Schedules go on.')
    .argument('<what...>', 'runs, or jobs or namespaces, whose runs are meant')
    .option('--signal <name>', 'instead of the one of the task (TERM, where it says nothing)')
    .option('--grace <duration>', 'until SIGKILL, instead of the one of the task')
    .option('--no-wait', 'do not wait until they have ended')
    .option('--dry-run', 'say what would be stopped, and stop nothing');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', STOP_EXAMPLES).action(async (texts: string[], flags) => {
    const { stopCommand } = await import('../commands/stop.js');
    setExit(await stopCommand(texts, flags, false));
  });
}

const STOP_EXAMPLES = `
Examples:
  supertask stop backup
  supertask stop 019a --signal=INT --grace=1m

Exit codes: 0 all were stopped; 1 some had ended by themselves, or nothing was going.`;

function addKill(program: Command, setExit: SetExit): void {
  const command = program
    .command('kill')
    .description('End runs with all their processes at once, by SIGKILL.')
    .argument('<what...>', 'runs, or jobs or namespaces, whose runs are meant')
    .option('--no-wait', 'do not wait until they have ended')
    .option('--dry-run', 'say what would be killed, and kill nothing');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask kill backup')).action(async (texts: string[], flags) => {
    const { stopCommand } = await import('../commands/stop.js');
    setExit(await stopCommand(texts, flags, true));
  });
}

function addShutdown(program: Command, setExit: SetExit): void {
  const command = program
    .command('shutdown')
    .description('End a scheduler: nothing new is started, and the runs that are going are stopped.')
    .argument('[namespace]', 'its id or a unique prefix (default: --ns, the timetable here, or the only one)')
    .option('--drain', 'wait for the runs that are going')
    .option('--no-wait', 'do not wait until it has ended')
    .option('--dry-run', 'say what would be ended, and end nothing');
  addSettings(command, ['ns', 'hostId', 'stateDir', 'json', 'color']);
  command
    .addHelpText('after', example('supertask shutdown --drain'))
    .action(async (prefix: string | undefined, flags) => {
      const { shutdownCommand } = await import('../commands/shutdown.js');
      setExit(await shutdownCommand(prefix, flags));
    });
}

function addReload(program: Command, setExit: SetExit): void {
  const command = program
    .command('reload')
    .description('Have a scheduler read its source again, and take over what has changed in it.')
    .argument(
      '[namespace]',
      'its id or a unique prefix (default: --ns, the timetable here, or the only one); with --dry-run also a file or URL',
    )
    .option('--dry-run', 'say what would change, and ask nobody');
  addSettings(command, ['ns', 'tz', 'hostId', 'stateDir', 'json', 'color']);
  command.addHelpText('after', RELOAD_EXAMPLES).action(async (what: string | undefined, flags) => {
    const { reloadCommand } = await import('../commands/reload.js');
    setExit(await reloadCommand(what, flags));
  });
}

const RELOAD_EXAMPLES = `
A scheduler takes over changes of its files by itself (not with run --no-watch). --dry-run compares with what it has in
the bookkeeping: of variables, only the names. Flags that were given to run are not known there.

Examples:
  supertask reload
  supertask reload --dry-run timetable.yaml
  supertask reload --dry-run --json 3f2a | jq '.[0].changes.removed'

Exit codes: with --dry-run 0 when nothing would change, 1 when something would; 2 when the timetable is wrong.`;
