/** The attempts of which a run is one. */
import type { Run } from '../model/run.js';
import type { Store } from '../store/store.js';

/** All attempts at the moment of a run, oldest first; the run alone where it was not tried again. */
export async function findAttempts(store: Store, run: Run): Promise<readonly Run[]> {
  const { namespace, job, scheduledAt } = run;
  // All attempts are due at the instant of the first.
  const query = { namespace, job, since: scheduledAt, until: scheduledAt, limit: 10_000 };
  const others = await store.runs(query);
  const found = new Map([[run.id, run]]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const other of others)
      if (isNext(other, found) || isPrevious(other, found)) found.set(other.id, other);
  }
  return [...found.values()].sort((a, b) => a.attempt - b.attempt);
}

function isNext({ cause }: Run, found: ReadonlyMap<string, Run>): boolean {
  return cause?.kind === 'retry' && found.has(cause.run);
}

function isPrevious({ id }: Run, found: ReadonlyMap<string, Run>): boolean {
  return [...found.values()].some(({ cause }) => cause?.kind === 'retry' && cause.run === id);
}
