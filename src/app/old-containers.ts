/** Removes the containers that a supertask has left that was killed. */
import type { RunOptions } from './run-option.js';

/** In the background: a container that a killed supertask left does not keep this one from starting. */
export function removeOldContainers(namespace: string, { store, env, reporter }: RunOptions): void {
  const warn = (message: string): void => void reporter.report({ type: 'warning', at: new Date(), message });
  import('./containers.js')
    .then(({ reapOldContainers }) => reapOldContainers(store, namespace, env))
    .then((runs) => runs.forEach((run) => void warn(`removed the container that run ${run} had left`)))
    .catch((error: unknown) => warn(`old containers could not be looked for: ${String(error)}`));
}
