/** Several requests in one. */
import { describe, expect, it } from 'vitest';
import { API_BASE, type Method } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes/table.ts';
import type { Scope } from '../../src/model/scope.ts';
import { apiOver } from '../support/control.ts';
import { keptRig } from '../support/kept.ts';
import { serverRig, TOKENS } from '../support/server.ts';

type Operation = {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
};

type Result = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly leftOut?: true;
};

const JOBS = '/namespaces/shop/jobs';
const TASK = { when: 'every 1h', run: 'echo hi' };

async function bulkRig(scope: Scope = 'admin') {
  const made = await keptRig();
  const { post, api, bugs } = apiOver(made.store, { now: () => new Date(), scope });
  const bulk = async (operations: readonly Operation[]): Promise<readonly Result[]> => {
    const { status, body } = await post('/bulk', { operations });
    expect(status).toBe(200);
    return (body as { results: readonly Result[] }).results;
  };
  return { ...made, api, post, bulk, bugs };
}

describe('a bulk of requests', () => {
  it('is done in order, goes on after what fails, and tells each part', async () => {
    const { bulk, ask } = await bulkRig();
    const results = await bulk([
      { method: 'POST', path: JOBS, body: { id: 'a', task: TASK } },
      { method: 'POST', path: JOBS, body: { id: 'a', task: TASK } },
      { method: 'POST', path: JOBS, body: { id: 'b', task: { rum: 'x' } } },
      { method: 'PATCH', path: `${JOBS}/a/definition`, body: { task: { timeout: '5m' } } },
      { method: 'GET', path: `${JOBS}/a/definition` },
      { method: 'GET', path: '/jobs?limit=1&search=a' },
      { method: 'DELETE', path: `${JOBS}/a/definition` },
      { method: 'GET', path: '/nothing' },
    ]);
    expect(results.map(({ status }) => status)).toEqual([201, 409, 422, 200, 200, 200, 204, 404]);
    expect(results.map(({ body }) => body?.['code'])).toEqual([
      undefined,
      'CONFLICT',
      'TIMETABLE_INVALID',
      ...Array(5).fill(undefined),
    ]);
    const [made, , , changed, shown, listed, gone] = results;
    expect(made?.headers).toEqual({
      etag: expect.stringMatching(/^".+"$/),
      location: `${API_BASE}${JOBS}/a/definition`,
    });
    expect(shown).toMatchObject({ headers: { etag: changed?.headers['etag'] }, body: { by: 'ada' } });
    expect(listed?.body).toMatchObject({ items: [{ id: 'a' }] });
    expect(gone).toEqual({ status: 204, headers: {}, body: null });
    expect((await ask('GET', '/jobs/a/definition')).status).toBe(404);
  });

  it('has conditions of its own for each part', async () => {
    const { bulk, ask } = await bulkRig();
    const made = await ask('POST', '/jobs', { id: 'a', task: TASK });
    const change = (timeout: string): Operation => ({
      method: 'PATCH',
      path: `${JOBS}/a/definition`,
      body: { task: { timeout } },
      ifMatch: made.headers.get('etag') ?? '',
    });
    const results = await bulk([change('1m'), change('2m')]);
    expect(results).toMatchObject([{ status: 200 }, { status: 412, body: { code: 'CHANGED' } }]);
    expect((await ask('GET', '/jobs/a/definition')).body).toMatchObject({ task: { timeout: '1m' } });
  });

  it.each([
    ['none', []],
    ['more than 100', Array(101).fill({ method: 'GET', path: '/health' })],
    ['one without a path', [{ method: 'GET' }]],
    ['one with a key too many', [{ method: 'GET', path: '/health', headers: {} }]],
    ['one of an unknown method', [{ method: 'TRACE', path: '/health' }]],
    ['a path of somewhere else', [{ method: 'GET', path: 'http://example.org/' }]],
    ['a path with a line break', [{ method: 'GET', path: '/health\r\nx: y' }]],
    ['a condition with a line break', [{ method: 'GET', path: '/health', ifMatch: '"x"\r\nx: y' }]],
  ])('with %s is refused whole', async (_, operations) => {
    const { post, bugs } = await bulkRig();
    expect(await post('/bulk', { operations })).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(bugs).toEqual([]);
  });

  it.each(['//example.org/x', '/../../etc/passwd', '/%2e%2e/%2e%2e/', '/#x', '/\\x', '/?a'])(
    'stays in the API: %s',
    async (path) => {
      const { bulk, bugs } = await bulkRig();
      expect(await bulk([{ method: 'GET', path }])).toMatchObject([{ status: 404 }]);
      expect(bugs).toEqual([]);
    },
  );

  it('that is nested without end is refused', async () => {
    const { post, bugs } = await bulkRig();
    const body = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const answer = await post('/bulk', `{"operations":[{"method":"POST","path":"/next","body":${body}}]}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    expect(bugs).toEqual([]);
  });

  it('refuses a body where there cannot be one', async () => {
    const { bulk } = await bulkRig();
    expect(await bulk([{ method: 'GET', path: '/health', body: {} }])).toMatchObject([{ status: 400 }]);
  });

  it('has no bulk in it, no signing in, no waiting and nothing but JSON, however it is written', async () => {
    const { bulk, ask } = await bulkRig();
    await ask('POST', '/jobs', { id: 'a', task: TASK });
    const alone = ROUTES.filter(({ isAlone, response }) => isAlone || 'type' in response);
    expect(alone.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['askBulk', 'signIn', 'signOut', 'showSession', 'waitForRun', 'followEvents']),
    );
    for (const { method, path } of alone) {
      const filled = path.replaceAll(/\{\w+\}/g, 'shop');
      const results = await bulk([filled, `/x/..${filled}`].map((each) => ({ method, path: each })));
      expect(results, path).toMatchObject([{ status: 400 }, { status: 400 }]);
      expect(results[1]?.body, path).toMatchObject({ title: 'This cannot be part of a bulk.' });
    }
  });

  it('is answered at a length that is bounded; what no longer fits is done, and not shown', async () => {
    const { bulk, ask } = await bulkRig();
    const long = { ...TASK, description: 'x'.repeat(900_000) };
    expect((await ask('POST', '/jobs', { id: 'long', task: long })).status).toBe(201);
    const results = await bulk([
      ...Array.from({ length: 20 }, () => ({ method: 'GET' as const, path: `${JOBS}/long/definition` })),
      { method: 'POST', path: JOBS, body: { id: 'last', task: TASK } },
    ]);
    expect(JSON.stringify(results).length).toBeLessThan(9 * 1024 * 1024);
    expect(results.at(0)).toMatchObject({ status: 200, body: { id: 'long' } });
    expect(results.at(-2)).toMatchObject({ status: 200, body: null, leftOut: true });
    expect(results.at(-1)).toMatchObject({ status: 201 });
    expect((await ask('GET', '/jobs/last/definition')).status).toBe(200);
  });
});

describe('who asks a bulk', () => {
  const RANKS = { read: 0, operate: 1, admin: 2 };

  it.each(['read', 'operate', 'admin'] as const)('with the scope %s may do no more by it', async (scope) => {
    const { bulk } = await bulkRig(scope);
    const rows = ROUTES.filter(({ isAlone, response }) => !isAlone && !('type' in response));
    for (const { method, path, name, scope: needed } of rows) {
      const [result] = await bulk([{ method, path: path.replaceAll(/\{\w+\}/g, 'x') }]);
      expect([name, result?.status === 403]).toEqual([name, RANKS[scope] < RANKS[needed]]);
    }
  });

  it('over TCP is whom the token names, in each part', async () => {
    const { ask } = await serverRig();
    const body = { operations: [{ method: 'POST', path: '/namespaces/x/resume' }] };
    const asked = (token: string) => ask(`${API_BASE}/bulk`, { method: 'POST', token, body });
    expect(await asked(TOKENS.read)).toMatchObject({ status: 200, body: { results: [{ status: 403 }] } });
    expect(await asked(TOKENS.admin)).toMatchObject({ status: 200, body: { results: [{ status: 404 }] } });
    expect(await asked('x')).toMatchObject({ status: 401 });
  });
});
