/** The edge: the only place that prints errors and decides how the process ends. */
import { SupertaskError } from '../errors.js';
import { formatProblem } from '../model/problem.js';
import { runCommand } from './commands/run.js';
import { EXIT, type Exit } from './exit.js';
import { readRun } from './quick.js';

/**
 * Run one command line to its end.
 *
 * @param argv - Without program and script.
 * @returns Whether the process may end at once.
 */
export async function main(argv: readonly string[]): Promise<boolean> {
  const exit = await run(argv);
  end(exit);
  return 'isAllDone' in exit && exit.isAllDone === true;
}

async function run(argv: readonly string[]): Promise<Exit> {
  try {
    const line = readRun(argv);
    return line === undefined ? await runProgram(argv) : await runCommand(line.words, line.flags);
  } catch (error) {
    return explain(error);
  }
}

async function runProgram(argv: readonly string[]): Promise<Exit> {
  const { createProgram } = await import('./program.js');
  // Help and what is wrong with a command line are printed by commander itself, and `| head` need not take all of it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let exit: Exit = { code: EXIT.ok };
  const program = createProgram((given) => {
    exit = given;
  });
  await program.parseAsync(argv, { from: 'user' });
  return exit;
}

function explain(error: unknown): Exit {
  if (error instanceof SupertaskError) {
    for (const problem of error.problems) complain(formatProblem(problem));
    return { code: error.exitCode };
  }
  if (isCommanderError(error)) {
    // Help and version are asked for; commander has printed everything else as well.
    return { code: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(`error: this is a bug in supertask, please report it\n${stack}`);
  return { code: EXIT.broken };
}

function complain(text: string): void {
  try {
    // Nobody reads: the exit code still says it. A pipe tells that later, a closed descriptor at once.
    process.stderr.on('error', () => {});
    process.stderr.write(`${text}\n`);
  } catch {
    // As above.
  }
}

function isCommanderError(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && error.name === 'CommanderError' && 'exitCode' in error;
}

function end(exit: Exit): void {
  if ('code' in exit) {
    process.exitCode = exit.code;
    return;
  }
  process.removeAllListeners(exit.signal);
  process.kill(process.pid, exit.signal);
}
