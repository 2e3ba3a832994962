/**
 * The command tree: names, flags, help and examples, a file for each group of commands in `register/`. What a command
 * does is loaded when it is asked for.
 */
import { Command, type CommanderError } from 'commander';
import { VERSION } from '../app/version.js';
import { SupertaskError } from '../errors.js';
import { suggest } from '../model/suggest.js';
import { misuseOf } from './misuse.js';
import { registerAgain } from './register/again.js';
import { registerCompletion } from './register/completion.js';
import { registerEnvironment } from './register/environment.js';
import { registerFile } from './register/file.js';
import { registerHttp } from './register/http.js';
import { registerList } from './register/list.js';
import { registerLive } from './register/live.js';
import type { SetExit } from './register/option.js';
import { registerPast } from './register/past.js';
import { registerPlan } from './register/plan.js';
import { registerRun } from './register/run.js';
import { registerSteer } from './register/steer.js';
import { registerTop } from './register/top.js';
import { registerUpkeep } from './register/upkeep.js';

export function createProgram(setExit: SetExit): Command {
  const program = new Command('supertask')
    .description('Put anything on a schedule from one command line, with a memory.')
    .version(VERSION, '-V, --version')
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', EXAMPLES);
  program.action(() => {
    const [word] = program.args;
    if (word === undefined) return program.outputHelp();
    throw unknownCommand(word, program);
  });
  program.helpCommand('help [command]', 'The same as COMMAND --help.');
  registerRun(program, setExit);
  registerLive(program, setExit);
  registerSteer(program, setExit);
  registerAgain(program, setExit);
  registerList(program);
  registerPast(program);
  registerTop(program, setExit);
  registerHttp(program, setExit);
  registerUpkeep(program, setExit);
  registerPlan(program, setExit);
  registerFile(program, setExit);
  registerEnvironment(program, setExit);
  registerCompletion(program);
  // Not before: each command would be made with it, and pass over words that it does not take.
  program.allowExcessArguments();
  for (const command of [program, ...program.commands])
    command.exitOverride((error) => {
      throw error.exitCode === 0 ? error : refusal(error, command, program);
    });
  return program;
}

/** A wrong command explains its wrong flags; help is refused for such a one only. */
function refusal(error: CommanderError, command: Command, program: Command): SupertaskError {
  const [word = '-', topic = ''] = program.args;
  if (error.code === 'commander.help') return unknownCommand(topic, program);
  return command === program && !word.startsWith('-')
    ? unknownCommand(word, program)
    : misuseOf(error, command);
}

function unknownCommand(word: string, { commands }: Command): SupertaskError {
  const near = suggest(
    word,
    commands
      .flatMap((command) => [command.name(), ...command.aliases()])
      .filter((name) => !name.startsWith('_')),
  );
  return new SupertaskError('USAGE', `there is no command "${word}"`, {
    hint:
      near === undefined
        ? 'supertask --help shows the commands. To run a program: supertask run -- PROGRAM'
        : `Did you mean "supertask ${near}"?`,
  });
}

const EXAMPLES = `
Examples:
  supertask run -- cmd:echo hello                        run once, and remember it
  supertask run --when=@daily -- cmd:'pg_dump app > app.sql'
  supertask run --when='every 10s' -- ./poll.sh          until Ctrl-C
  supertask init                                         write a timetable to start from
  supertask run --file timetable.yaml                    many tasks in one scheduler
  supertask check                                        what is wrong with the timetable here
  supertask next '0 2 * * mon-fri'                       when it would run
  supertask simulate timetable.yaml --to=7d              what would run, overlap or be missed
  supertask list-jobs                                    what is scheduled, and how it went
  supertask logs NAME                                    what the last run printed
  supertask ps                                           what is running now
  supertask trigger NAME --follow                        one more run of it, now
  supertask top                                          all of it, live`;
