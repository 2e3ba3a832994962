/** `completion`: scripts by which shells complete; and what these ask when Tab is pressed. */
import type { Command } from 'commander';
import { complete } from '../complete/answer.js';
import { completionScript } from '../complete/script.js';
import type { Shell } from '../complete/shell.js';
import { createPrinting } from '../printing.js';
import { createStreams } from '../streams.js';

export async function completionCommand(shell: Shell): Promise<void> {
  const { streams } = createPrinting({});
  await streams.write('stdout', completionScript(shell));
  await streams.flush();
}

/**
 * Answer a shell: a line for each candidate, value, tab, description; then a line of directives, after a colon.
 *
 * @param before - The words before the one at the cursor, without the program.
 */
export async function answerShell(
  program: Command,
  before: readonly string[],
  current: string,
): Promise<void> {
  const streams = createStreams();
  // Somebody is typing: whatever is wrong is told when the line is run.
  const answer = await complete(program, before, current).catch(() => undefined);
  if (answer === undefined) return;
  const lines = answer.candidates
    .filter(({ value }) => !/[\n\t]/.test(value))
    .map(({ value, about }) => `${value}\t${about.replace(/\s+/g, ' ')}\n`);
  await streams.write('stdout', `${lines.join('')}:${answer.directives.join(' ')}\n`);
  await streams.flush();
}
