/** What a scheduler answers to requests, by the table of routes. */
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/errors.ts';
import { ROUTES } from '../../src/http/routes/table.ts';
import type { Store } from '../../src/store/store.ts';
import { apiOf } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';
import { type Rig, rig } from '../support/rig.ts';
import { mistakesAgainst } from '../support/schema.ts';

const START = '2026-01-01T00:00:01Z';

/** What routes are asked with that need more than nothing. */
const BODIES: Readonly<Record<string, object>> = {
  '/next': { expr: 'every 5m' },
  '/explain': { expr: '30 2 * * mon-fri' },
  '/timetables/check': { text: 'tasks: {a: {when: every 1h, run: "cmd:true"}, b: {wen: x}}' },
  '/bulk': { operations: [{ method: 'GET', path: '/health' }] },
  '/namespaces/{namespace}/runs/{run}/mark': { status: 'succeeded' },
};

/** A scheduler with a run of `slow` that goes on, and one of `line` that waits for another one. */
async function busy(store?: Store): Promise<Rig> {
  const one = await rig(
    { slow: { when: 'every 10s' }, line: { when: 'every 10s', policy: { overlap: 'queue' } } },
    { at: START, ...(store === undefined ? {} : { store }) },
  );
  await one.time.advance(20_000);
  return one;
}

describe('the table of routes', () => {
  it('has each route once, with a summary that is a sentence', () => {
    const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { summary } of ROUTES) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('lets nobody change anything who may only look', () => {
    for (const { method, scope, isPure } of ROUTES)
      expect(scope === 'read').toBe(method === 'GET' || isPure === true);
  });

  it('describes what each route answers', async () => {
    const one = await busy(fileStore());
    const { api, get, post } = apiOf(one);
    const [running] = (await one.runs()).filter(({ status }) => status === 'running');
    const [ended] = (await one.runs()).filter(({ status }) => status === 'skipped');
    const answered = new Set<string>();
    // How one signs in is a matter of the server: see server/session.test.ts. Jobs made through the API: definition.test.ts.
    const routes = ROUTES.filter(({ path, where }) => path !== '/session' && where !== 'scheduler-first');
    for (const { method, path, response } of routes) {
      if (path.endsWith('/reload') || path.endsWith('/shutdown')) continue;
      const filled = path
        .replace('{namespace}', 'test')
        .replace('{job}', 'slow')
        .replace('{run}', (path.endsWith('/rerun') ? ended : running)?.id ?? '');
      answered.add(path);
      if (!('schema' in response)) {
        const streamed = await api.request(`/api/v1${filled}`);
        expect([path, streamed.headers.get('content-type')]).toEqual([
          path,
          expect.stringContaining('type' in response ? response.type : 'no type'),
        ]);
        await streamed.body?.cancel();
        continue;
      }
      const { status, body } = await (method === 'GET' ? get(filled) : post(filled, BODIES[path] ?? {}));
      // The run goes on.
      expect([path, status]).toEqual([path, 'isPending' in response ? 202 : response.status]);
      expect(mistakesAgainst(response.schema, body), path).toEqual([]);
    }
    expect(answered.size).toBe(routes.length - 2);
    const { status, body } = await post('/namespaces/test/shutdown', { drain: false });
    expect([status, body]).toMatchObject([202, { stopping: true }]);
    await one.engine.done;
  });
});

describe('a request', () => {
  it('triggers a job in the name of who asks', async () => {
    const one = await rig({ job: { when: 'every 1h' } }, { at: START });
    const { post } = apiOf(one);
    const { status, body } = await post('/namespaces/test/jobs/job/trigger', {
      note: 'why',
    });
    expect([status, body]).toMatchObject([
      201,
      { kind: 'started', run: { trigger: 'manual', by: 'ada', note: 'why' } },
    ]);
    const wrong = await post('/namespaces/test/jobs/job/trigger', { args: { day: 1 } });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'ARGS_INVALID' } });
    await one.stop();
  });

  it('has a run wait for an instant', async () => {
    const one = await rig({ job: { when: 'every 1h' } }, { at: START, store: fileStore() });
    const { get, post } = apiOf(one);
    const path = '/namespaces/test/jobs/job/trigger';
    const { status, body } = await post(path, { at: '2999-01-01T00:00:00Z' });
    const evidence = { plannedFor: '2999-01-01T00:00:00.000Z' };
    expect([status, body]).toMatchObject([201, { kind: 'waiting', run: { status: 'waiting', evidence } }]);
    const [job] = ((await get('/jobs?sort=due')).body as { items: unknown[] }).items;
    expect(job).toMatchObject({ planned: { at: evidence.plannedFor }, lastRun: null, recent: [] });
    for (const at of ['tomorrow', '2999-13-01T00:00:00Z'])
      expect(await post(path, { at })).toMatchObject({ status: 400, body: { code: 'USAGE' } });
    await one.stop();
  });

  it('stops a run, with the signal asked for, and its record says who asked', async () => {
    const one = await busy();
    const run = (await one.runs()).find(({ job, status }) => job === 'slow' && status === 'running');
    const { body } = await apiOf(one).post(`/namespaces/test/runs/${run?.id}/stop`, { signal: 'SIGINT' });
    await one.time.advance(0);
    expect(body).toMatchObject({ answer: 'stopping' });
    expect(one.executor.signals).toEqual(['SIGINT']);
    const record = (await one.runs()).find(({ id }) => id === run?.id);
    expect(record).toMatchObject({ status: 'failed', evidence: { stoppedBy: 'ada' } });
    await one.stop();
  });

  it('keeps a run that waits from starting', async () => {
    const one = await busy();
    const run = (await one.runs()).find(({ status }) => status === 'waiting');
    const { body } = await apiOf(one).post(`/namespaces/test/runs/${run?.id}/stop`, {});
    expect(body).toMatchObject({ answer: 'dropped' });
    expect((await one.runs()).find(({ id }) => id === run?.id)).toMatchObject({
      status: 'skipped',
      reason: 'operator',
      evidence: { by: 'ada' },
    });
    await one.stop();
  });

  it('drains where it is told to, and may be told to stop after all', async () => {
    const one = await busy(fileStore());
    const { post, get } = apiOf(one);
    await post('/namespaces/test/shutdown', { drain: true });
    expect(one.executor.signals).toEqual([]);
    expect((await post('/namespaces/test/jobs/slow/trigger')).body).toMatchObject({ code: 'REFUSED' });
    expect((await get('/schedulers')).body).toMatchObject([{ stopping: true, running: [{}, {}] }]);
    await post('/namespaces/test/shutdown');
    expect(one.executor.signals).toEqual(['SIGTERM', 'SIGTERM']);
    expect(await one.engine.done).toMatchObject({ reason: 'shutdown' });
  });
});

describe('a mistake', () => {
  it.each([
    ['an unknown route', 'GET', '/nothing', undefined, 404, undefined],
    ['an unknown namespace', 'GET', '/namespaces/other/scheduler', undefined, 404, 'ID_UNKNOWN'],
    ['an unknown job', 'POST', '/namespaces/test/jobs/none/trigger', {}, 404, 'ID_UNKNOWN'],
    ['an unknown run', 'POST', '/namespaces/test/runs/none/stop', {}, 404, 'ID_UNKNOWN'],
    ['a key too many', 'POST', '/namespaces/test/jobs/job/trigger', { nte: 1 }, 400, 'USAGE'],
    ['a wrong type', 'POST', '/namespaces/test/jobs/job/trigger', { note: 1 }, 400, 'USAGE'],
    ['a list', 'POST', '/namespaces/test/jobs/job/trigger', [], 400, 'USAGE'],
    ['no signal', 'POST', '/namespaces/test/runs/x/stop', { signal: 'TERM; rm' }, 400, 'USAGE'],
    ['a grace below nothing', 'POST', '/namespaces/test/runs/x/stop', { graceMs: -1 }, 400, 'USAGE'],
    ['half an object', 'POST', '/namespaces/test/jobs/job/trigger', '{"note":', 400, 'USAGE'],
    ['a source that cannot be read again', 'POST', '/namespaces/test/reload', {}, 503, 'REFUSED'],
  ] as const)('that is %s is a problem document', async (_, method, path, body, status, code) => {
    const one = await rig({ job: { when: 'every 1h' } }, { at: START });
    const { get, post, bugs } = apiOf(one);
    const answer = await (method === 'GET' ? get(path) : post(path, body));
    expect(answer).toMatchObject({ status, type: 'application/problem+json' });
    expect(answer.body).toMatchObject({
      status,
      ...(code === undefined
        ? {}
        : { code, title: ERRORS[code].summary, type: `urn:supertask:error:${code}` }),
    });
    expect(bugs).toEqual([]);
    await one.stop();
  });

  it('in the type of the body is refused, and so is a body without end', async () => {
    const one = await rig({ job: { when: 'every 1h' } }, { at: START });
    const { api } = apiOf(one);
    const path = '/api/v1/namespaces/test/jobs/job/trigger';
    const asForm = await api.request(path, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(asForm.status).toBe(415);
    const long = await api.request(path, {
      method: 'POST',
      body: 'x'.repeat(1024 * 1024 + 1),
      headers: { 'content-type': 'application/json' },
    });
    expect(long.status).toBe(413);
    await one.stop();
  });
});
