/** The edge: the only place that prints errors and decides how the process ends. */
import { SupertaskError } from '../errors.js';
import { printable } from '../model/printable.js';
import { formatProblem } from '../model/problem.js';
import { runCommand } from './commands/run.js';
import { EXIT, type Exit } from './exit.js';
import { leaveLostTerminals, takeHangup } from './hangup.js';
import { readRun } from './quick.js';
import { ReaderLeft } from './reader.js';
import { signalCode, signalExit } from './signal-exit.js';
import { lostOutput, noteLoss } from './streams.js';
import { letWait } from './unblock.js';

/**
 * Run one command line to its end.
 *
 * @param argv - Without program and script.
 * @returns Whether the process may end at once.
 */
export async function main(argv: readonly string[]): Promise<boolean> {
  takeHangup(process.env);
  process.once('exit', leaveLostTerminals);
  const exit = withLoss(await run(argv));
  end(exit);
  return 'isAllDone' in exit && exit.isAllDone === true;
}

async function run(argv: readonly string[]): Promise<Exit> {
  try {
    if (argv.some((word) => word.includes('\ufffd'))) (await import('./word-bytes.js')).checkWordBytes(argv);
    const line = readRun(argv);
    return line === undefined ? await runProgram(argv) : await runCommand(line.words, line.flags);
  } catch (error) {
    return explain(error);
  }
}

async function runProgram(argv: readonly string[]): Promise<Exit> {
  const { createProgram } = await import('./program.js');
  // Help is printed by commander itself, and `| head` need not take all of it.
  process.stdout.on('error', (error) => noteLoss('stdout', error));
  process.stderr.on('error', (error) => noteLoss('stderr', error));
  let exit: Exit = { code: EXIT.ok };
  const program = createProgram((given) => {
    exit = given;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } finally {
    // What became of the help that commander has printed is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return exit;
}

/** What was printed is not what there is: nobody should take it for that. */
function withLoss(exit: Exit): Exit {
  const loss = lostOutput();
  if (loss === undefined) return exit;
  complain(`error: ${loss}`);
  return 'code' in exit && exit.code === EXIT.ok && !exit.isTold ? { ...exit, code: EXIT.broken } : exit;
}

function explain(error: unknown): Exit {
  if (error instanceof ReaderLeft) return signalExit('SIGPIPE');
  if (error instanceof SupertaskError) {
    // What was wrong in a file from elsewhere is repeated, and must not take the terminal over.
    for (const problem of error.problems)
      complain(formatProblem(problem).split('\n').map(printable).join('\n'));
    return { code: error.exitCode };
  }
  // Help and version, which commander has printed.
  if (error instanceof Error && error.name === 'CommanderError') return { code: EXIT.ok };
  // It may be anything at all that asks for the directory, and nothing can be done in none.
  if (error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd') {
    complain('error: the current directory is gone\nhint: Change to one that is there, for example with cd.');
    return { code: EXIT.usage };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(`error: this is a bug in supertask, please report it\n${stack}`);
  return { code: EXIT.broken };
}

function complain(text: string): void {
  try {
    // Nobody reads: the exit code still says it. A pipe tells that later, a closed descriptor at once.
    if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
    process.stderr.write(`${text}\n`);
  } catch {
    // As above.
  }
}

function end(exit: Exit): void {
  if ('code' in exit) {
    process.exitCode = exit.code;
    return;
  }
  // Of the first process of a container, which its own signals do not end.
  process.exitCode = signalCode(exit.signal);
  process.removeAllListeners(exit.signal);
  for (const stream of [process.stdout, process.stderr]) letWait(stream);
  process.kill(process.pid, exit.signal);
}
