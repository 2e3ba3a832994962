/** Containers outlive a killed supertask: those of runs that are over are removed when the next one starts. */
import { reapContainers } from '../executor/engine.js';
import { isEnded } from '../model/run.js';
import type { Store } from '../store/store.js';

/** Remove the containers of this namespace whose runs have ended. @returns The ids of these runs. */
export async function reapOldContainers(
  store: Store,
  namespace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const isLive = async (runId: string): Promise<boolean> => {
    const [run] = await store.runs({ namespace, idPrefix: runId, limit: 1 });
    return run !== undefined && !isEnded(run.status);
  };
  return reapContainers({ env, namespace, isLive });
}
