/**
 * Runs of this scheduler that wait for places in pools, in the order in which they are due.
 *
 * Who gets a place is decided by the store, over all processes. Only those at the front need ask it: of ten thousand
 * that wait, the last need not know that they still do.
 */
import type { Pool } from '../model/gate.js';

export type PoolQueue = {
  readonly size: number;
  has(runId: string): boolean;
  add(runId: string, pools: readonly Pool[]): void;
  remove(runId: string): void;
  /** The pool in which it will not have a place soon; undefined: asking is worth while. */
  far(runId: string, pools: readonly Pool[]): Pool | undefined;
};

/** So many more than there are places ask, so that other schedulers see who is next here. */
const SPARE = 8;

export function createPoolQueue(): PoolQueue {
  /** By pool: ids, which begin with the instant at which a run is due, in their order. */
  const queues = new Map<string, string[]>();
  const poolsOf = new Map<string, readonly Pool[]>();

  return {
    get size() {
      return poolsOf.size;
    },
    has: (runId) => poolsOf.has(runId),
    add(runId, pools) {
      if (poolsOf.has(runId)) return;
      poolsOf.set(runId, pools);
      for (const { name } of pools) {
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        queue.splice(positionOf(queue, runId), 0, runId);
      }
    },
    remove(runId) {
      for (const { name } of poolsOf.get(runId) ?? []) {
        const queue = queues.get(name) ?? [];
        queue.splice(positionOf(queue, runId), 1);
        if (queue.length === 0) queues.delete(name);
      }
      poolsOf.delete(runId);
    },
    far: (runId, pools) =>
      pools.find(({ name, max }) => positionOf(queues.get(name) ?? [], runId) >= max + SPARE),
  };
}

/** How many come before it. */
function positionOf(queue: readonly string[], runId: string): number {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((queue[middle] ?? '') < runId) low = middle + 1;
    else high = middle;
  }
  return low;
}
