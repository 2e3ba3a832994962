/** The command tree: names, flags, help and examples. What a command does is loaded when it is asked for. */
import { Command, Option } from 'commander';
import { VERSION } from '../app/version.js';
import { SETTINGS, type SettingName } from '../settings/table.js';
import { runCommand } from './commands/run.js';
import type { Exit } from './exit.js';
import { RUN_OPTIONS, RUN_SETTINGS } from './run-option.js';

type SetExit = (exit: Exit) => void;

export function createProgram(setExit: SetExit): Command {
  const program = new Command('supertask')
    .description('Put anything on a schedule from one command line, with a memory.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showHelpAfterError('hint: supertask --help shows the commands and examples')
    .addHelpText('after', EXAMPLES);
  program.action(() => program.outputHelp());
  addRun(program, setExit);
  addListNamespaces(program);
  addListJobs(program);
  addListRuns(program);
  addShow(program);
  addLogs(program);
  addWhy(program);
  addMissed(program);
  addPrune(program);
  addFsck(program, setExit);
  addDu(program);
  addAdopt(program);
  addNext(program);
  addExplain(program);
  addSimulate(program, setExit);
  return program;
}

const EXAMPLES = `
Examples:
  supertask run -- cmd:echo hello                        run once, and remember it
  supertask run --when=@daily -- cmd:'pg_dump app > app.sql'
  supertask run --when='every 10s' -- ./poll.sh          until Ctrl-C
  supertask run --file timetable.yaml                    many tasks in one scheduler
  supertask next '0 2 * * mon-fri'                       when it would run
  supertask simulate timetable.yaml --to=7d              what would run, overlap or be missed
  supertask list-jobs                                    what is scheduled, and how it went
  supertask logs NAME                                    what the last run printed`;

function addRun(program: Command, setExit: SetExit): void {
  const command = program
    .command('run')
    .description(
      'Run a target, a file or the timetable of this directory: once, or on a schedule until stopped.',
    )
    .argument('[target...]', 'SCHEME:TEXT and arguments, after --; without a scheme, a shell line');
  for (const { flag, help, isRepeatable } of RUN_OPTIONS) {
    const option = new Option(flag, help);
    command.addOption(isRepeatable ? option.argParser(collect) : option);
  }
  addSettings(command, RUN_SETTINGS);
  command
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (words: string[], flags: Record<string, unknown>) => {
      setExit(await runCommand(words, flags));
    });
}

const RUN_EXAMPLES = `
Targets:
  cmd:LINE (or no scheme)   a shell line; further words reach it as arguments, exactly
  exec:PROGRAM ARG…         a program without a shell (same as --exec)
  python:CODE, file.py      a snippet, or a file (its run(**options) when it defines one)
  uv:ARGS                   uv run ARGS
  docker:IMAGE CMD…         in a container, with docker or podman
  node:CODE, file.js/.ts    a snippet, or a module's default export or run function

Examples:
  supertask run -- cmd:echo "a b"
  supertask run --when='0 2 * * mon-fri' --tz=Europe/Berlin -- ./backup.sh
  supertask run -c 'python:print(math.cos(task.elapsed.total_seconds()))' --when 'every 1s'
  supertask run --timeout=30s --exec -- curl -fsS http://localhost:8080/health
  supertask run --when='every 5s' --until=success --for=2m -- curl -f localhost:8080/health && deploy
  supertask run --file timetable.yaml

Exit codes: the child's own; 124 timed out, 125 supertask failed, 126 not executable, 127 not found, 2 wrong usage,
75 already running, 130 after Ctrl-C; a schedule ends with 0 on SIGTERM; with --until, 0 when it
has happened and 1 when not.`;

function addListNamespaces(program: Command): void {
  const command = program
    .command('list-namespaces')
    .alias('ns')
    .description('Namespaces: one per source, host and user, newest first.');
  addSettings(command, ['stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask list-namespaces --json')).action(async (flags) => {
    const { listNamespacesCommand } = await import('./commands/list.js');
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
    const { listJobsCommand } = await import('./commands/list.js');
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
      const { listRunsCommand } = await import('./commands/list.js');
      await listRunsCommand(flags);
    });
}

function addShow(program: Command): void {
  const command = program
    .command('show')
    .description('Everything that is known of one run or job.')
    .argument('<run-or-job>', 'a run id, a job id or name, or a unique prefix');
  addSettings(command, ['ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', example('supertask show 019a')).action(async (text: string, flags) => {
    const { showCommand } = await import('./commands/show.js');
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
    .option('-t, --timestamps', 'put the instant before each line')
    .option('--tail <n>', 'only the last lines')
    .option('-f, --follow', 'go on until the run ends');
  addSettings(command, ['ns', 'stateDir', 'color']);
  command
    .addHelpText('after', example('supertask logs backup --tail=50 -f'))
    .action(async (text: string, flags) => {
      const { logsCommand } = await import('./commands/logs.js');
      await logsCommand(text, flags);
    });
}

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
    const { whyCommand } = await import('./commands/why.js');
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
    const { missedCommand } = await import('./commands/missed.js');
    await missedCommand(flags);
  });
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
    const { pruneCommand } = await import('./commands/prune.js');
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
    const { fsckCommand } = await import('./commands/fsck.js');
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
    const { duCommand } = await import('./commands/fsck.js');
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
    const { adoptCommand } = await import('./commands/adopt.js');
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

function addNext(program: Command): void {
  const command = program
    .command('next')
    .description('When a schedule, the jobs of a file, or a job that is kept are due next.')
    .argument('[what...]', 'a schedule, else an existing file or URL, else a job id or name')
    .option(
      '--from <instant>',
      'instants after this one (default: now); without an offset, local time in --tz',
    )
    .option('-n, --count <n>', 'how many instants (default: 5; of each job of a file, and of each line, 1)')
    .option('--batch', 'answer JSON lines from standard input, see below');
  addSettings(command, ['tz', 'ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', NEXT_EXAMPLES).action(async (words: string[], flags) => {
    const { nextCommand } = await import('./commands/next.js');
    await nextCommand(words, flags);
  });
}

const NEXT_EXAMPLES = `
With --batch each line {"id", "expr", "tz", "from", "count"} is answered by a line {"id", "next": [instants in UTC]} or
{"id", "error"}, in the same order; only expr must be there. The exit code is 0 even if lines have errors.

Examples:
  supertask next '30 2 * * *' --tz=Europe/Berlin --from=2026-03-28 --count=3
  supertask next every 90m from start
  supertask next timetable.yaml                          each job's next instant, soonest first
  supertask next backup --json                           {"job", "tz", "next": [instants in UTC]}
  echo '{"id": 1, "expr": "@daily", "count": 2}' | supertask next --batch`;

function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description(
      'A schedule in plain English, with its next instants and what the next clock change does to it.',
    )
    .argument('[schedule...]', 'a schedule')
    .option('--from <instant>', 'look from here (default: now); without an offset, local time in --tz')
    .option('-n, --count <n>', 'how many instants (default: 3)');
  addSettings(command, ['tz', 'json', 'color']);
  command
    .addHelpText('after', example("supertask explain '30 2 * * mon-fri' --tz=Europe/Berlin"))
    .action(async (words: string[], flags) => {
      const { explainCommand } = await import('./commands/explain.js');
      await explainCommand(words, flags);
    });
}

function addSimulate(program: Command, setExit: SetExit): void {
  const command = program
    .command('simulate')
    .description('What a timetable would fire, skip and miss over a span of time. Nothing is run.')
    .argument('[file]', 'a timetable or another file that run takes (default: the one of this directory)')
    .option('--from <instant>', 'from here on (default: now); without an offset, local time in --tz')
    .option('--to <instant>', 'to before this, or for so long, such as 7d (default: 1d)')
    .option('--down <from..to>', 'the scheduler is not running then; repeatable', collect)
    .option(
      '--duration <[job=]time>',
      'how long runs take, of one job or all (default: no time); repeatable',
      collect,
    )
    .option('--assert <what>', 'no-overlap or no-missed: exit 1 when it does not hold; repeatable', collect);
  addSettings(command, ['tz', 'maxRunning', 'json', 'quiet', 'color']);
  command.addHelpText('after', SIMULATE_EXAMPLES).action(async (file: string | undefined, flags) => {
    const { simulateCommand } = await import('./commands/simulate.js');
    setExit(await simulateCommand(file, flags));
  });
}

const SIMULATE_EXAMPLES = `
The jobs are scheduled as run would, by a clock that is turned as fast as it goes. The span ends before --to.

Examples:
  supertask simulate timetable.yaml --from=2026-03-29 --to=1d --tz=Europe/Berlin
  supertask simulate --to=7d --duration=backup=3m --duration=10s --assert=no-overlap
  supertask simulate timetable.yaml --from=2026-01-01 --to=2026-01-02 --down=2026-01-01T02:00..2026-01-01T05:00

Exit codes: 1 when an assertion does not hold.`;

function example(text: string): string {
  return `\nExample:\n  ${text}`;
}

/** Flags of settings carry no defaults here: these would win over the environment and the files. */
function addSettings(command: Command, names: readonly SettingName[]): void {
  for (const name of names) {
    const setting = SETTINGS[name];
    const option = new Option(setting.flag, setting.help);
    if ('choices' in setting) option.choices([...setting.choices]);
    command.addOption(option);
  }
}

function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}
