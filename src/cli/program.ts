/** The command tree: names, flags, help and examples. What a command does is loaded when it is asked for. */
import { Command, Option } from 'commander';
import { VERSION } from '../app/version.js';
import { SETTINGS, type SettingName } from '../settings/table.js';
import type { Exit } from './exit.js';

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
  return program;
}

const EXAMPLES = `
Examples:
  supertask run -- cmd:echo hello                        run once, and remember it
  supertask run --when=@daily -- cmd:'pg_dump app > app.sql'
  supertask run --when='every 10s' -- ./poll.sh          until Ctrl-C
  supertask run --file timetable.yaml                    many tasks in one scheduler
  supertask list-jobs                                    what is scheduled, and how it went
  supertask logs NAME                                    what the last run printed`;

function addRun(program: Command, setExit: SetExit): void {
  const command = program
    .command('run')
    .description(
      'Run a target, a file or the timetable of this directory: once, or on a schedule until stopped.',
    )
    .argument('[target...]', 'SCHEME:TEXT and arguments, after --; without a scheme, a shell line')
    .option('-w, --when <schedule>', 'once, "every 10s", "*/5 * * * *", @daily, "in 10m", "daily at 09:30" …')
    .option('-c, --command <target>', 'the target as one text')
    .option(
      '-f, --file <file>',
      'a timetable (YAML, JSON), a Python, JavaScript or TypeScript file, a URL, or - ',
    )
    .option('--exec', 'run the words as a program, without a shell')
    .option('--name <name>', 'a name for people; the job id is made from it')
    .option('-e, --env <NAME=value>', 'set for the task only; repeatable', collect)
    .option('--env-file <file>', 'NAME=value lines; repeatable', collect)
    .option(
      '--secret <NAME>',
      'a variable whose value is hidden wherever it would be kept or shown; repeatable',
      collect,
    )
    .option('--cwd <dir>', 'where the task runs')
    .option(
      '--overlap <policy>',
      'when due while the last run is going: skip (default), queue, parallel, replace',
    )
    .option('--missed <policy>', 'instants that passed while nothing could run: skip, latest (default), all')
    .option('--deadline <duration>', 'how late a missed instant may still be run, or none (default: 1h)')
    .option('--persistent', 'catch up however late: the same as --deadline=none')
    .option('--now', 'run once at the start, too')
    .option('--times <n>', 'end after so many runs')
    .option('--for <duration>', 'end after so long')
    .option(
      '--until <what>',
      'end at the first success or failure (then the exit code says whether), or at an instant',
    )
    .option('--stop-on-failure <n>', 'end after so many failures in a row')
    .option('--standby', 'while another scheduler has this source: wait, and take over when it ends')
    .option('--join', 'while another scheduler has this source: run beside it; each instant fires once');
  addSettings(command, [
    'ns',
    'tz',
    'timeout',
    'onStop',
    'maxRunning',
    'mask',
    'docker',
    'hostId',
    'stateDir',
    'json',
    'quiet',
    'color',
  ]);
  command
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (words: string[], flags: Record<string, unknown>) => {
      const { runCommand } = await import('./commands/run.js');
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
