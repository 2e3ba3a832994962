/** Passes on what only a scheduler in another process can answer. */
import { liveSchedulers } from '../app/control/live.js';
import type { Service } from '../app/service.js';
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { exchange } from './client.js';
import { API_BASE, type Route } from './route.js';

/**
 * Ask the scheduler of a namespace by its control socket; its answer is the answer.
 *
 * @throws {SupertaskError} `NOT_RUNNING` where none lives, `UNANSWERED`
 */
export async function forward(
  { store }: Service,
  namespace: string,
  asked: { readonly row: Route; readonly path: string; readonly body: Json; readonly by: string },
): Promise<Response> {
  const live = await liveSchedulers(store, namespace);
  const socket = live.find((each) => each.socket !== undefined)?.socket;
  if (socket === undefined) throw notRunning(namespace, live.length > 0);
  const { status, text, type } = await exchange(socket, {
    method: asked.row.method,
    path: asked.path.slice(API_BASE.length),
    ...(asked.row.request === undefined ? {} : { body: asked.body }),
    by: asked.by,
  });
  return new Response(status === 204 ? null : text, { status, headers: { 'content-type': type } });
}

function notRunning(namespace: string, isDeaf: boolean): SupertaskError {
  if (isDeaf) return new SupertaskError('UNANSWERED', `the scheduler of ${namespace} has no control socket`);
  return new SupertaskError('NOT_RUNNING', `no scheduler of ${namespace} runs`, {
    hint: 'Start one with supertask run.',
  });
}
