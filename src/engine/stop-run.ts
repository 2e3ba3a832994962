/** Ends one run that somebody wants to end: one that is going is stopped, one that waits is recorded as skipped. */
import type { StopAnswer, StopRequest } from './door.js';
import { drop } from './drop.js';
import type { FiringState } from './firing-state.js';

export async function stopRun(state: FiringState, id: string, how: StopRequest): Promise<StopAnswer> {
  const { gates, held, live, turns } = state;
  const run = [...live].find((each) => each.run.id === id);
  if (run !== undefined) {
    const isFirst = !run.isStopping();
    if (how.kill) run.kill(how);
    else run.stop(how.signal, how);
    return isFirst ? 'stopping' : 'stopping-already';
  }
  if (gates?.stop(id, how)) return 'dropped';
  const waiting = turns.take(id) ?? held?.take(id);
  if (waiting === undefined) return 'unknown';
  gates?.leave(id);
  await drop(state, [waiting], 'operator', { cause: 'it was stopped before its turn came', ...byOf(how) });
  return 'dropped';
}

function byOf({ by }: StopRequest): { readonly by?: string } {
  return by === undefined ? {} : { by };
}
