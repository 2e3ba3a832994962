/** Where the engine looks at conditions and at other runs of the namespace. */
import type { Surroundings } from '../engine/gate.js';
import type { Executor } from '../executor/executor.js';
import type { Probe } from '../executor/probe.js';
import type { Store } from '../store/store.js';

/** More runs than this do not go on at once. */
const GOING = 10_000;
/** Of a job, so many of its newest runs say how it stands. */
const NEWEST = 50;

/** Commands of conditions beside the runs: for one of four the system has files to spare, and more are no use. */
const placesBeside = (maxRunning: number): number => Math.min(64, Math.max(1, Math.floor(maxRunning / 4)));

export function createSurroundings(
  executor: Executor,
  store: Store,
  { namespace, maxRunning }: { readonly namespace: string; readonly maxRunning: number },
): Surroundings {
  let probe: Probe | undefined;
  let isClosed = false;
  return {
    async look(condition, place) {
      const { CLOSED, createProbe } = await import('../executor/probe.js');
      if (isClosed) return CLOSED;
      probe ??= createProbe(executor, placesBeside(maxRunning));
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
