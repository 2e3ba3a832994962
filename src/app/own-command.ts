/** Commands of supertask, asked for from within: the page does exactly what the command line would. */
import { askTool } from '../executor/tool.js';

/** Longer than any of these commands waits for a scheduler. */
const PATIENCE_MS = 30_000;

/** @returns What it said, on one line: its answer, or what was wrong. */
export async function runOwnCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const program = process.argv[1] ?? '';
  const plain = { ...env, SUPERTASK_JSON: undefined, SUPERTASK_COLOR: 'never', FORCE_COLOR: undefined };
  const answer = await askTool(process.execPath, [program, ...args], { env: plain, timeoutMs: PATIENCE_MS });
  const said = answer.stdout.trim() === '' ? answer.stderr : answer.stdout;
  if (said.trim() === '' && answer.exitCode === undefined) return `${args[0]} took too long`;
  return said.trim().replace(/\s*\n\s*/g, ' · ');
}
