/**
 * Runs of this scheduler that wait for places in pools, in the order in which they are due.
 *
 * Who gets a place is decided by the store, over all processes. Only those at the front need ask it: of ten thousand
 * that wait, the last need not know that they still do.
 */
import type { Pool } from '../model/gate.js';

export type PoolQueue = {
  has(runId: string): boolean;
  add(runId: string, pools: readonly Pool[]): void;
  remove(runId: string): void;
  /** The pool in which it will not have a place soon; undefined: asking is worth while. */
  far(runId: string, pools: readonly Pool[]): Pool | undefined;
  /** It has looked, and does so again in a while. @returns Whether it is far from having a place. */
  rest(runId: string): boolean;
  /** Whom it concerns that a run has ended: those whose turn is next, and those that are not far any more. */
  next(): readonly string[];
};

type Queue = {
  max: number;
  /** Ids begin with the instant at which a run is due. */
  readonly ids: string[];
};

/** So many more than there are places ask, so that other schedulers see who is next here. */
const SPARE = 8;
/** One that ends makes room for one; the others find out by themselves. */
const NEXT = 2;

export function createPoolQueue(): PoolQueue {
  const queues = new Map<string, Queue>();
  const poolsOf = new Map<string, readonly Pool[]>();
  /** Those that were far when they looked. */
  const resting = new Set<string>();

  const far = (runId: string, pools: readonly Pool[]): Pool | undefined =>
    pools.find(({ name, max }) => positionOf(queues.get(name)?.ids ?? [], runId) >= max + SPARE);

  return {
    has: (runId) => poolsOf.has(runId),
    add(runId, pools) {
      if (poolsOf.has(runId)) return;
      poolsOf.set(runId, pools);
      for (const { name, max } of pools) {
        const queue = queues.get(name) ?? { max, ids: [] };
        queues.set(name, queue);
        queue.max = max;
        queue.ids.splice(positionOf(queue.ids, runId), 0, runId);
      }
    },
    remove(runId) {
      for (const { name } of poolsOf.get(runId) ?? []) {
        const { ids } = queues.get(name) ?? { ids: [] };
        ids.splice(positionOf(ids, runId), 1);
        if (ids.length === 0) queues.delete(name);
      }
      poolsOf.delete(runId);
      resting.delete(runId);
    },
    far,
    rest(runId) {
      const isFar = far(runId, poolsOf.get(runId) ?? []) !== undefined;
      if (isFar) resting.add(runId);
      else resting.delete(runId);
      return isFar;
    },
    next: () =>
      [...queues.values()].flatMap(({ max, ids }) =>
        ids.slice(0, max + SPARE).filter((runId, index) => index < NEXT || resting.has(runId)),
      ),
  };
}

/** How many come before it. */
function positionOf(ids: readonly string[], runId: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? '') < runId) low = middle + 1;
    else high = middle;
  }
  return low;
}
