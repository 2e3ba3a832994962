/** The command that does the work: `run`. */
import { type Command, Option } from 'commander';
import { runCommand } from '../commands/run.js';
import { RUN_OPTIONS, RUN_SETTINGS } from '../run-option.js';
import { addSettings, collect, onlyOnce, type SetExit } from './option.js';

export function registerRun(program: Command, setExit: SetExit): void {
  const command = program
    .command('run')
    .description(
      'Run a target, a file or the timetable of this directory: once, or on a schedule until stopped.',
    )
    .argument('[target...]', 'SCHEME:TEXT and arguments, after --; without a scheme, a shell line');
  for (const { flag, help, isRepeatable, onceOnly } of RUN_OPTIONS) {
    const option = new Option(flag, help);
    if (isRepeatable) option.argParser(collect);
    if (onceOnly !== undefined) option.argParser(onlyOnce(option.long ?? flag, onceOnly));
    command.addOption(option);
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
  supertask run --retry=5 --retry-on=7,timeout --timeout=30s -- curl -fsS localhost:8080/health
  supertask run --file timetable.yaml                    changes of it are taken over; so they are at SIGHUP
  supertask run --detach -- ./import.sh                  in the background; tells the run, for supertask attach
  supertask run --poll=30s --file https://example.org/timetable.yaml

Exit codes: the child's own; 124 timed out, 125 supertask failed, 126 not executable, 127 not found, 2 wrong usage,
75 already running, 130 after Ctrl-C; a schedule ends with 0 on SIGTERM; with --until, 0 when it
has happened and 1 when not.`;
