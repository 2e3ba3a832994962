/** The API over a real store, with no scheduler anywhere: jobs are kept for the next one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createService } from '../../src/app/service.ts';
import { createApi } from '../../src/http/api.ts';
import type { Scope } from '../../src/model/scope.ts';
import { createFileStore, type FileStore } from '../../src/store/file/store.ts';

export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

export type KeptRig = {
  readonly store: FileStore;
  /** Of the namespace `shop`. */
  readonly directory: string;
  readonly bugs: readonly unknown[];
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
};

export async function keptRig(scope: Scope = 'admin'): Promise<KeptRig> {
  const root = mkdtempSync(join(tmpdir(), 'supertask-api-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const store = createFileStore({ root: join(root, 'state'), version: '1' });
  const origin = { host: 'h', user: 'u', source: root, kind: 'api', author: undefined } as const;
  await (await store.open('shop', origin, { mode: 'schedule', startedAt: new Date() })).close('test');
  const bugs: unknown[] = [];
  const api = createApi({
    service: createService({ store, controls: [], env: {} }),
    principalOf: () => ({ by: 'ada', scope }),
    onBug: (error) => bugs.push(error),
  });
  return {
    store,
    directory: root,
    bugs,
    async ask(method, path, body, headers = {}) {
      const response = await api.request(`/api/v1/namespaces/shop${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status } = response;
      return { status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}
