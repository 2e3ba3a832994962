/** Where the engine looks at conditions and at other runs of the namespace. */
import type { Surroundings } from '../engine/gate.js';
import type { Executor } from '../executor/executor.js';
import type { Probe } from '../executor/probe.js';
import type { Store } from '../store/store.js';

/** More runs than this do not go on at once. */
const GOING = 10_000;
/** Of a job, so many of its newest runs say how it stands. */
const NEWEST = 50;

export function createSurroundings(executor: Executor, store: Store, namespace: string): Surroundings {
  let probe: Probe | undefined;
  let isClosed = false;
  return {
    async look(condition, place) {
      const { createProbe } = await import('../executor/probe.js');
      if (isClosed) return { holds: false, found: 'supertask is stopping' };
      probe ??= createProbe(executor);
      return probe.look(condition, place);
    },
    past: (job, since) => store.runs({ namespace, job, since, limit: NEWEST }),
    going: () => store.runs({ namespace, status: ['starting', 'running', 'stopping'], limit: GOING }),
    close() {
      isClosed = true;
      probe?.close();
    },
  };
}
