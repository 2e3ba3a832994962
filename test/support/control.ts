/** The API over an engine whose clock is turned by hand. */
import type { Hono } from 'hono';
import { type Control, createControl } from '../../src/app/control/control.ts';
import { createService } from '../../src/app/service.ts';
import { createApi } from '../../src/http/api.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { FileStore } from '../../src/store/file/store.ts';
import type { Rig } from './rig.ts';

export type ApiRig = {
  readonly api: Hono;
  /** Bugs that requests brought to light. */
  readonly bugs: readonly unknown[];
  post(path: string, body?: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
};

export type Answer = { readonly status: number; readonly type: string; readonly body: unknown };

/** Routes that need a store on disk need a rig that has one. */
export function apiOf({ engine, time, store }: Rig): ApiRig & { readonly control: Control } {
  const control = createControl({
    engine,
    namespace: 'test',
    source: '/t.yaml',
    kind: 'file',
    startedAt: time.now(),
    find: async (id) => (await store.runs({ idPrefix: id, limit: 1 }))[0],
  });
  const api = apiOver(store as FileStore, {
    controls: [control],
    namespace: 'test',
    now: () => time.now(),
    settle: () => time.advance(0),
  });
  return { ...api, control };
}

/** The API over a bookkeeping, without a scheduler unless there is one. */
export function apiOver(
  store: FileStore,
  {
    controls = [],
    namespace,
    now,
    scope = 'admin',
    env = {},
    settle = async () => {},
  }: {
    readonly controls?: readonly Control[];
    readonly namespace?: string;
    readonly now: () => Date;
    /** Of who asks. */
    readonly scope?: Scope;
    readonly env?: Readonly<Record<string, string>>;
    /** Gives what was asked the time it needs. */
    readonly settle?: () => Promise<void>;
  },
): ApiRig {
  const bugs: unknown[] = [];
  const api = createApi({
    service: createService({ store, controls, namespace, env, now }),
    principalOf: () => ({ by: 'ada', scope }),
    onBug: (error) => bugs.push(error),
  });
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const asked = Promise.resolve(api.request(`/api/v1${path}`, init));
    await settle();
    const response = await asked;
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: await response.json() };
  };
  return {
    api,
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
