/** Finds processes by a mark in their environment, which children inherit whatever else they do. */
import { readdirSync, readFileSync } from 'node:fs';

/** The name of the variable that holds the mark. */
export const MARK = 'SUPERTASK_TEST_MARK';

type Survivor = { readonly pid: number; readonly command: string };

/** Living processes that carry a mark. The dead that nobody has waited for yet (state Z) do not count. */
function survivors(mark: string): Survivor[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(`${MARK}=${mark}`))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }))
    .filter(({ pid, command }) => command !== '' && pid !== process.pid);
}

/**
 * Wait until no process carries a mark.
 *
 * @param patienceMs - Those that still live then are killed, and are the answer.
 */
export async function outlived(mark: string, patienceMs: number): Promise<Survivor[]> {
  const end = process.hrtime.bigint() + BigInt(patienceMs) * 1_000_000n;
  for (;;) {
    const alive = survivors(mark);
    if (alive.length === 0) return [];
    if (process.hrtime.bigint() > end) {
      for (const { pid } of alive) kill(pid);
      return alive;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** Empty for a process that is gone, is not ours, or is a zombie. */
function environmentOf(pid: string): string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

function commandOf(pid: string): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
