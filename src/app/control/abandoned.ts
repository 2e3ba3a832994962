/** Ends the processes of a run that no scheduler can be asked to end. */
import { createExecutor } from '../../executor/local.js';
import { DEFAULT_POLICY } from '../../model/policy.js';
import type { Run } from '../../model/run.js';

/**
 * Signal the processes of a run from here; whoever watches them, if anybody does, records the end.
 *
 * @returns false when it has no process that is known.
 */
export function endAbandoned(
  run: Run,
  how: { readonly signal?: NodeJS.Signals; readonly graceMs?: number; readonly kill?: boolean },
): boolean {
  if (run.process === undefined) return false;
  const { signal, graceMs } = DEFAULT_POLICY.stop;
  createExecutor().endOther(
    { id: run.id, process: run.process },
    { signal: how.kill ? 'SIGKILL' : (how.signal ?? signal), graceMs: how.graceMs ?? graceMs },
  );
  return true;
}
