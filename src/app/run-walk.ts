/** Many runs, a portion at a time, so that other work goes on. */
import type { Run } from '../model/run.js';
import type { RunPosition, RunQuery } from '../store/store.js';
import { liveRunsOf } from './run-page.js';
import type { Service } from './service.js';

/** A portion takes about as long as others may have to wait. */
const AT_ONCE = 2_000;

/**
 * The newest runs that fit, newest first, as they are now.
 *
 * @returns Whether there are more than `most`.
 */
export async function* walkRuns(
  service: Service,
  query: Omit<RunQuery, 'limit' | 'after'>,
  most: number,
): AsyncGenerator<Run, boolean> {
  const live = liveRunsOf(service);
  const own = { ...query, namespace: service.namespace ?? query.namespace };
  let after: RunPosition | undefined;
  for (let left = most; ; left -= AT_ONCE) {
    const limit = Math.min(AT_ONCE, left);
    const runs = await service.store.runs({ ...own, after, limit: limit + 1 });
    for (const run of runs.slice(0, limit)) yield live.get(run.id) ?? run;
    if (runs.length <= limit || left <= AT_ONCE) return runs.length > limit;
    after = runs[limit - 1];
    await new Promise((resolve) => setImmediate(resolve));
  }
}
