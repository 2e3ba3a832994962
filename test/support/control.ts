/** The API over an engine whose clock is turned by hand. */
import type { Hono } from 'hono';
import { type Control, createControl } from '../../src/app/control/control.ts';
import { SupertaskError } from '../../src/errors.ts';
import { createApi } from '../../src/http/api.ts';
import type { Rig } from './rig.ts';

export type ApiRig = {
  readonly api: Hono;
  readonly control: Control;
  /** Bugs that requests brought to light. */
  readonly bugs: readonly unknown[];
  post(path: string, body?: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
};

export type Answer = { readonly status: number; readonly type: string; readonly body: unknown };

export function apiOf({ engine, time }: Rig): ApiRig {
  const control = createControl({
    engine,
    namespace: 'test',
    source: '/t.yaml',
    kind: 'file',
    startedAt: time.now(),
  });
  const bugs: unknown[] = [];
  const api = createApi({
    controls: {
      all: () => [control],
      of(namespace) {
        if (namespace === 'test') return control;
        throw new SupertaskError('ID_UNKNOWN', `no scheduler of namespace ${namespace} answers here`);
      },
    },
    callerOf: () => 'ada',
    onBug: (error) => bugs.push(error),
  });
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const asked = Promise.resolve(api.request(`/api/v1${path}`, init));
    await time.advance(0);
    const response = await asked;
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: await response.json() };
  };
  return {
    api,
    control,
    bugs,
    get: (path) => send(path, {}),
    post: (path, body) =>
      send(path, {
        method: 'POST',
        ...(body === undefined
          ? {}
          : {
              body: typeof body === 'string' ? body : JSON.stringify(body),
              headers: { 'content-type': 'application/json' },
            }),
      }),
  };
}
