/** Passes on what only a scheduler in another process can answer. */
import { liveSchedulers } from '../app/control/live.js';
import type { Service } from '../app/service.js';
import { SupertaskError } from '../errors.js';
import type { Json } from '../model/json.js';
import { exchange } from './client.js';
import { API_BASE, type Route } from './route.js';

/** Headers that say under which condition something is done, and what was found. */
const ASKED = ['if-match', 'if-none-match'];
const ANSWERED = ['content-type', 'etag', 'location'];

/**
 * Ask the scheduler of a namespace by its control socket; its answer is the answer.
 *
 * @returns Undefined where none can be asked, and the route can be answered without.
 * @throws {SupertaskError} `NOT_RUNNING` where none lives, `UNANSWERED`
 */
export async function forward(
  { store }: Service,
  namespace: string,
  asked: {
    readonly row: Route;
    readonly path: string;
    readonly headers: Headers;
    readonly body: Json;
    readonly by: string;
  },
): Promise<Response | undefined> {
  const live = await liveSchedulers(store, namespace);
  const { socket, process } = live.find((each) => each.socket !== undefined) ?? {};
  if (socket === undefined && asked.row.where === 'scheduler-first') return undefined;
  if (socket === undefined) throw notRunning(namespace, live.length > 0);
  const { status, text, headers } = await exchange(socket, {
    method: asked.row.method,
    path: asked.path.slice(API_BASE.length),
    ...(asked.row.request === undefined ? {} : { body: asked.body }),
    by: asked.by,
    process,
    headers: pick(ASKED, (name) => asked.headers.get(name)),
  });
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : text, { status, headers: pick(ANSWERED, (name) => headers[name]) });
}

function pick(
  names: readonly string[],
  find: (name: string) => string | readonly string[] | null | undefined,
): Record<string, string> {
  const found = names.map((name) => [name, find(name)] as const);
  return Object.fromEntries(
    found.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function notRunning(namespace: string, isDeaf: boolean): SupertaskError {
  if (isDeaf) return new SupertaskError('UNANSWERED', `the scheduler of ${namespace} has no control socket`);
  return new SupertaskError('NOT_RUNNING', `no scheduler of ${namespace} runs`, {
    hint: 'Start one with supertask run.',
  });
}
