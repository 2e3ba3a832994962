/** Lets other terminals ask the scheduler of this process. */
import type { StartedRun } from '../app/run.js';
import type { FileStore } from '../store/file/store.js';

/**
 * Open the control socket.
 *
 * @returns What closes it.
 */
export async function listenForControl(
  started: StartedRun,
  store: FileStore,
  warn: (message: string) => void,
): Promise<() => void> {
  const { openSocket } = await import('../http/socket.js');
  const { createService } = await import('../app/service.js');
  const { namespace } = started;
  const service = createService({
    store,
    controls: [await started.control()],
    namespace,
    env: process.env,
  });
  const place = await store.placeControl(namespace, process.env['XDG_RUNTIME_DIR']);
  const socket = await openSocket(place.path, service, (error) => warn(`a request failed: ${String(error)}`));
  place.publish();
  return () => {
    place.withdraw();
    service.close();
    socket.close();
  };
}
