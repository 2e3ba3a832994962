/** Whether the schedulers that live can be asked. */
import { SupertaskError } from '../../errors.js';
import type { FileStore } from '../../store/file/store.js';
import { type LiveScheduler, liveSchedulers } from '../control/live.js';
import { type Diagnosis, fail, ok, warn } from './diagnosis.js';

/** Asks a scheduler anything. @throws {SupertaskError} when it does not answer. */
export type Ping = (socket: string) => Promise<unknown>;

/** @param namespace - Only its schedulers. */
export async function examineSchedulers(
  store: FileStore,
  namespace: string | undefined,
  ping: Ping,
): Promise<readonly Diagnosis[]> {
  const ids = namespace === undefined ? (await store.namespaces()).map(({ id }) => id) : [namespace];
  const living = (await Promise.all(ids.map((id) => liveSchedulers(store, id)))).flat();
  if (living.length === 0) return [ok('scheduler', 'none is running')];
  return Promise.all(living.map((each) => examineScheduler(each, ping)));
}

async function examineScheduler(
  { namespace, process: { pid }, socket }: LiveScheduler,
  ping: Ping,
): Promise<Diagnosis> {
  const name = `the one of ${namespace} (pid ${pid})`;
  if (socket === undefined) {
    const hint = 'It has just been started, or could not make one: its first lines on stderr say why.';
    return warn('scheduler', `${name} has no control socket`, hint);
  }
  try {
    await ping(socket);
    return ok('scheduler', `${name} answers on ${socket}`);
  } catch (error) {
    if (!(error instanceof SupertaskError)) throw error;
    return fail(
      'scheduler',
      `${name} does not answer: ${error.message}`,
      error.hint ?? `Look at it: ps ${pid}`,
    );
  }
}
