/** The jobs of a namespace that are made through the API, read and replaced as one timetable. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TIMETABLE_ROUTES } from '../../src/http/routes/timetable.ts';
import { apiOver } from '../support/control.ts';
import { fileStore } from '../support/file-store.ts';
import { type KeptRig, keptRig } from '../support/kept.ts';
import { mistakesAgainst } from '../support/schema.ts';

const [A, B] = [
  { when: 'every 1h', run: 'echo a' },
  { when: 'every 2h', run: 'echo b' },
];

async function tasksOf({ ask }: KeptRig): Promise<unknown> {
  return (await ask('GET', '/timetable')).body['tasks'];
}

describe('a timetable', () => {
  it('takes the place of what there is; what is the same stays as it is', async () => {
    const made = await keptRig();
    const { ask } = made;
    expect((await ask('PUT', '/timetable', { tasks: { a: A, b: B } })).body).toMatchObject({
      namespace: 'shop',
      dryRun: false,
      added: ['a', 'b'],
      changed: [],
      removed: [],
      unchanged: [],
      shadowed: [],
    });
    const before = (await ask('GET', '/jobs/a/definition')).headers.get('etag');
    const put = await ask('PUT', '/timetable', {
      tasks: { c: { run: 'true' }, a: A, b: { ...B, timeout: '5m' } },
    });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ added: ['c'], changed: ['b'], removed: [], unchanged: ['a'] });
    expect((await ask('GET', '/jobs/a/definition')).headers.get('etag')).toBe(before);
    const shown = await ask('GET', '/timetable');
    expect(shown.body['tasks']).toEqual({ c: { run: 'true' }, a: A, b: { ...B, timeout: '5m' } });
    expect(shown.headers.get('etag')).toBe(put.headers.get('etag'));
    for (const [row, { body }] of [
      [TIMETABLE_ROUTES[0], shown],
      [TIMETABLE_ROUTES[1], put],
    ] as const)
      expect(mistakesAgainst((row?.response as { schema: object } | undefined)?.schema ?? {}, body)).toEqual(
        [],
      );
    expect((await ask('PUT', '/timetable', { tasks: {} })).body).toMatchObject({ removed: ['c', 'a', 'b'] });
    expect(await tasksOf(made)).toEqual({});
  });

  it('is read from YAML and JSON, with what check finds in it', async () => {
    const made = await keptRig();
    const text =
      'tasks:\n  a: {when: every 1h, run: echo a}\n  b: {when: every 1h, run: "nothing-of-that-name x"}\n';
    const { body } = await made.ask('PUT', '/timetable', { text, name: 'shop.yaml' });
    expect(body).toMatchObject({ added: ['a', 'b'] });
    expect(body['findings']).toMatchObject([
      { severity: 'error', code: 'PROGRAM_MISSING', file: 'shop.yaml', line: 3, task: 'b' },
    ]);
    expect(await tasksOf(made)).toEqual({ a: A, b: { when: 'every 1h', run: 'nothing-of-that-name x' } });
    const again = await made.ask('PUT', '/timetable', { text: JSON.stringify({ tasks: { a: A } }) });
    expect(again.body).toMatchObject({ unchanged: ['a'], removed: ['b'], findings: [] });
  });

  it('changes nothing in a dry run, whose tag holds for the real one', async () => {
    const made = await keptRig();
    const { ask } = made;
    await ask('PUT', '/timetable', { tasks: { a: A } });
    const dry = await ask('PUT', '/timetable', { tasks: { b: B }, dryRun: true });
    expect(dry.body).toMatchObject({ dryRun: true, added: ['b'], removed: ['a'] });
    expect(await tasksOf(made)).toEqual({ a: A });
    const condition = { 'if-match': dry.headers.get('etag') ?? '' };
    const wrong = { tasks: { b: { rum: 'x' } }, dryRun: true };
    expect((await ask('PUT', '/timetable', wrong)).status).toBe(422);
    expect((await ask('PUT', '/timetable', { tasks: { b: B } }, condition)).status).toBe(200);
    expect(await ask('PUT', '/timetable', { tasks: {} }, condition)).toMatchObject({
      status: 412,
      body: { code: 'CHANGED' },
    });
    expect(await tasksOf(made)).toEqual({ b: B });
  });

  it('is another one after each change of a job, whoever makes it', async () => {
    const { ask } = await keptRig();
    await ask('PUT', '/timetable', { tasks: { a: A } });
    const tag = async () => (await ask('GET', '/timetable')).headers.get('etag') ?? '';
    const first = await tag();
    expect((await ask('GET', '/timetable', undefined, { 'if-none-match': first })).status).toBe(304);
    await ask('POST', '/jobs/a/disable');
    await ask('POST', '/jobs/a/enable');
    // It says the same, and has been changed all the same.
    const second = await tag();
    expect(second).not.toBe(first);
    await ask('PUT', '/timetable', { tasks: { a: (await ask('GET', '/jobs/a/definition')).body['task'] } });
    expect(await tag()).toBe(second);
  });
});

describe('a timetable is refused whole', () => {
  it.each([
    [
      'calendars',
      'tasks: {a: {run: x}}\ncalendars: {free: ["2026-01-01"]}',
      '2:1',
      'calendars cannot be kept',
    ],
    ['defaults', 'defaults: {tz: UTC}\ntasks: {a: {run: x}}', '1:1', 'defaults cannot be kept'],
    ['meta', 'meta: {namespace: b}\ntasks: {a: {run: x}}', '1:1', 'meta cannot be kept'],
    ['what nobody knows', 'tasks: {a: {run: x}}\ntaks: {}', '2:1', '"taks"'],
    ['a list', 'tasks:\n- {meta: {id: a}, steps: [{run: x}]}', '2:1', 'expected a map of tasks'],
    ['jobs of APScheduler', '[{"id": "a", "func": "os:getcwd", "trigger": "cron"}]', '1:1', 'expected a map'],
    ['a mistake in a task', 'tasks:\n  a: {run: x, when: sometimes}', '2:21', '"sometimes"'],
    ['a mistake in the notation', '{"tasks": ', '1:11', 'expected'],
    ['a number that would be another one', 'tasks: {a: {run: x, env: {V: 1.10}}}', '1:30', 'kept as 1.1'],
    ['nothing', '', '1:1', 'empty'],
  ])('that has %s, with the place', async (_, text, place, words) => {
    const made = await keptRig();
    await made.ask('PUT', '/timetable', { tasks: { b: B } });
    const { status, body } = await made.ask('PUT', '/timetable', { text });
    const errors = body['errors'] as { detail: string; location: { line: number; column: number } }[];
    expect([status, body['code']]).toEqual([422, 'TIMETABLE_INVALID']);
    expect(
      errors.map(({ detail, location: { line, column } }) => `${line}:${column} ${detail}`),
    ).toContainEqual(expect.stringMatching(new RegExp(`^${place} .*${words}`)));
    expect(await tasksOf(made)).toEqual({ b: B });
    expect(made.bugs).toEqual([]);
  });

  it.each([
    [{}, 400, 'USAGE'],
    [{ tasks: { a: A }, text: 'tasks: {}' }, 400, 'USAGE'],
    [{ tasks: { a: 'echo' } }, 400, 'USAGE'],
    [{ tasks: { '../a': A } }, 400, 'ID_INVALID'],
    [{ tasks: { 'a@x=1': A } }, 400, 'ID_INVALID'],
    [{ tasks: { a: A, A } }, 422, 'TIMETABLE_INVALID'],
    [{ tasks: { a: A, b: { run: 'x', after: 'c' } } }, 422, 'TIMETABLE_INVALID'],
    [{ tasks: { a: A, b: { run: 'x', env: { LD_PRELOAD: 'x' } } } }, 403, 'NOT_ALLOWED'],
    [{ text: 'print(1)', name: 'a.py' }, 422, 'TIMETABLE_INVALID'],
    [JSON.parse('{"tasks": {"__proto__": {"run": "x"}}}'), 400, 'USAGE'],
  ])('that is %j', async (body, status, code) => {
    const made = await keptRig();
    expect(await made.ask('PUT', '/timetable', body)).toMatchObject({ status, body: { code } });
    expect(await tasksOf(made)).toEqual({});
    expect(made.bugs).toEqual([]);
  });

  it('by those who may only operate', async () => {
    const { ask } = await keptRig('operate');
    expect((await ask('PUT', '/timetable', { tasks: {} })).status).toBe(403);
    expect((await ask('GET', '/timetable')).status).toBe(200);
  });
});

it('may move what others wait for, with those that wait', async () => {
  const { ask } = await keptRig();
  const [first, second] = [{ run: 'true' }, { run: 'true', after: 'first' }];
  await ask('PUT', '/timetable', { tasks: { first, second } });
  expect((await ask('DELETE', '/jobs/first/definition')).status).toBe(409);
  expect((await ask('PUT', '/timetable', { tasks: {} })).body).toMatchObject({
    removed: ['first', 'second'],
  });
});

it('cannot take a name that the file of the namespace has; what lost one to it stays, and is told', async () => {
  const store = fileStore();
  const source = join(mkdtempSync(join(tmpdir(), 'supertask-file-')), 'shop.yaml');
  onTestFinished(() => rmSync(dirname(source), { recursive: true }));
  const origin = { host: 'h', user: 'u', source, kind: 'file', author: undefined } as const;
  await (await store.open('shop', origin, { mode: 'schedule', startedAt: new Date() })).close('test');
  const { api } = apiOver(store, { now: () => new Date() });
  const put = async (tasks: object) => {
    const headers = { 'content-type': 'application/json' };
    const asked = { method: 'PUT', headers, body: JSON.stringify({ tasks }) };
    const response = await api.request('/api/v1/namespaces/shop/timetable', asked);
    return { status: response.status, body: await response.json() };
  };
  writeFileSync(source, 'tasks: {mine: {run: "true"}}');
  expect((await put({ a: A })).status).toBe(200);
  writeFileSync(source, 'tasks: {A: {run: "true"}, mine: {run: "true"}}');
  expect(await put({ a: A, mine: B, b: B })).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT', errors: [{ location: { file: 'mine' } }] },
  });
  expect((await put({ a: A, b: B })).body).toMatchObject({
    added: ['b'],
    unchanged: ['a'],
    shadowed: ['a'],
  });
});
