/** Making, changing and removing jobs by requests, where no scheduler lives. */
import { describe, expect, it } from 'vitest';
import { listJobs } from '../../src/app/read.ts';
import { DEFINITION_ROUTES } from '../../src/http/routes/definition.ts';
import { keptRig } from '../support/kept.ts';
import { mistakesAgainst } from '../support/schema.ts';

const TASK = { when: 'every 1h', run: 'echo hi', env: { COLOUR: 'red' } };

describe('a job', () => {
  it('is made, found where the answer says, and seen by whoever lists jobs', async () => {
    const { ask, store } = await keptRig();
    const made = await ask('POST', '/jobs', { id: 'tick', task: TASK });
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'tick', origin: 'api', task: TASK, enabled: true, shadowed: false, by: 'ada' },
    });
    expect(made.headers.get('location')).toBe('/api/v1/namespaces/shop/jobs/tick/definition');
    const shown = await ask('GET', '/jobs/tick/definition');
    expect(shown.body).toEqual(made.body);
    expect(shown.headers.get('etag')).toBe(made.headers.get('etag'));
    const schema = DEFINITION_ROUTES.find(({ name }) => name === 'showDefinition')?.response;
    expect(mistakesAgainst((schema as { schema: object }).schema, shown.body)).toEqual([]);
    const jobs = await listJobs(store, 'shop', new Date());
    expect(jobs).toMatchObject([{ id: 'tick', origin: 'api', schedules: ['every 1h'] }]);
  });

  it('is changed whole and in parts, enabled and disabled, and removed', async () => {
    const { ask } = await keptRig();
    await ask('POST', '/jobs', { id: 'tick', task: TASK });
    const put = await ask('PUT', '/jobs/tick/definition', { task: { ...TASK, timeout: '5m' } });
    expect(put.body['task']).toEqual({ ...TASK, timeout: '5m' });
    const patched = await ask('PATCH', '/jobs/tick/definition', {
      task: { timeout: null, env: { SIZE: 'L', COLOUR: null } },
    });
    expect(patched.body['task']).toEqual({ ...TASK, env: { SIZE: 'L' } });
    expect((await ask('POST', '/jobs/tick/disable')).body).toMatchObject({ enabled: false });
    expect((await ask('POST', '/jobs/tick/enable')).body).toMatchObject({ enabled: true });
    expect((await ask('DELETE', '/jobs/tick/definition')).status).toBe(204);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { task: TASK }],
      ['PATCH', { task: {} }],
      ['DELETE', undefined],
    ] as const)
      expect(await ask(method, '/jobs/tick/definition', body)).toMatchObject({
        status: 404,
        body: { code: 'ID_UNKNOWN' },
      });
    expect((await ask('POST', '/jobs/tick/enable')).status).toBe(404);
  });

  it('is changed only as it was read, where the request says so', async () => {
    const { ask } = await keptRig();
    const made = await ask('POST', '/jobs', { id: 'tick', task: TASK });
    const tag = made.headers.get('etag') ?? '';
    const put = (ifMatch: string, timeout: string) =>
      ask('PUT', '/jobs/tick/definition', { task: { ...TASK, timeout } }, { 'if-match': ifMatch });
    expect((await put(`"other", ${tag}`, '1m')).status).toBe(200);
    expect(await put(tag, '2m')).toMatchObject({ status: 412, body: { code: 'CHANGED' } });
    expect((await put('*', '3m')).status).toBe(200);
    expect((await ask('DELETE', '/jobs/tick/definition', undefined, { 'if-match': tag })).status).toBe(412);
    const now = await ask('GET', '/jobs/tick/definition');
    const again = { 'if-none-match': now.headers.get('etag') ?? '' };
    expect((await ask('GET', '/jobs/tick/definition', undefined, again)).status).toBe(304);
    // Changed to what it was before, it is another state all the same.
    await put('*', '9m');
    await put('*', '3m');
    expect((await ask('GET', '/jobs/tick/definition', undefined, again)).status).toBe(200);
  });

  it('has one name only, capitals notwithstanding', async () => {
    const { ask } = await keptRig();
    await ask('POST', '/jobs', { id: 'tick', task: TASK });
    expect(await ask('POST', '/jobs', { id: 'TICK', task: TASK })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
  });

  it('may wait for others, which then cannot be removed', async () => {
    const { ask } = await keptRig();
    await ask('POST', '/jobs', { id: 'first', task: { run: 'true' } });
    await ask('POST', '/jobs', { id: 'second', task: { run: 'true', after: 'first' } });
    const refused = await ask('DELETE', '/jobs/first/definition');
    expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(refused.body['errors']).toMatchObject([{ location: { file: 'second', path: 'task.after' } }]);
  });
});

describe('a mistake in a job', () => {
  it('is told with all others, each with its place', async () => {
    const { ask, bugs } = await keptRig();
    const task = { when: ['@daily', 'sometimes'], rum: 'true', env: { 'A B': 1, LD_PRELOAD: 'x' }, on: 3 };
    const { status, body } = await ask('POST', '/jobs', { id: 'bad', task });
    expect([status, body['code'], body['detail']]).toEqual([
      422,
      'TIMETABLE_INVALID',
      'the task has 5 problems',
    ]);
    const errors = body['errors'] as readonly { code: string; location: { path: string } }[];
    expect(errors.map(({ code, location }) => `${location.path} ${code}`)).toMatchInlineSnapshot(`
      [
        "task TIMETABLE_INVALID",
        "task.when[1] SCHEDULE_INVALID",
        "task.rum TIMETABLE_INVALID",
        "task.on TIMETABLE_INVALID",
        "task.env.LD_PRELOAD NOT_ALLOWED",
      ]
    `);
    expect(bugs).toEqual([]);
  });

  it.each([
    '../x',
    '..',
    '.',
    'a/b',
    'x'.repeat(300),
    '☃',
    'a\nb',
    'a\0b',
    '-rf',
    '',
    '__proto__',
    'job@x=1',
  ])('in its name is refused: %j', async (id) => {
    const { ask } = await keptRig();
    const { status, body } = await ask('POST', '/jobs', { id, task: TASK });
    expect([status, ['ID_INVALID', 'USAGE'].includes(String(body['code']))]).toEqual([400, true]);
  });

  it.each([
    ['no task', { id: 'a' }, 400],
    ['a task that is text', { id: 'a', task: 'true' }, 400],
    ['a key too many', { id: 'a', task: TASK, more: 1 }, 400],
    ['a refused key', JSON.parse('{"id":"a","task":{"run":"true","env":{"__proto__":"x"}}}'), 400],
    [
      'a calendar that is not there',
      { id: 'a', task: { run: 'true', when: { daily: '9:00', calendar: 'x' } } },
      422,
    ],
  ])('that is %s is refused', async (_, body, status) => {
    const { ask, bugs } = await keptRig();
    expect((await ask('POST', '/jobs', body)).status).toBe(status);
    expect((await ask('GET', '/jobs/a/definition')).status).toBe(404);
    expect(bugs).toEqual([]);
  });
});

it('lets nobody but an admin make or change jobs', async () => {
  const { ask } = await keptRig('operate');
  expect((await ask('POST', '/jobs', { id: 'a', task: TASK })).status).toBe(403);
  for (const { method, path, scope } of DEFINITION_ROUTES)
    if (!path.endsWith('/refresh'))
      expect(`${path} ${scope}`).toBe(`${path} ${method === 'GET' ? 'read' : 'admin'}`);
});

describe('what a job may say of variables and directories', () => {
  it.each([
    ['env', { env: { PATH: '/tmp' } }],
    ['env', { env: { node_options: '-r x' } }],
    ['env', { run: [{ run: 'true', env: { LD_LIBRARY_PATH: '.' } }] }],
    ['env', { on: { failed: { run: 'true', env: { BASH_ENV: 'x' } } } }],
    ['inherit', { inherit: 'all' }],
    ['inherit', { inherit: ['AWS_PROFILE'] }],
    ['read-env', { 'read-env': 'AWS_PROFILE' }],
    ['cwd', { cwd: '/root' }],
    ['cwd', { cwd: '..' }],
    ['cwd', { cwd: 'a/../../b' }],
    ['cwd', { cwd: '${{ params.x }}', params: { x: '/root' } }],
  ])('does not include %s: %j', async (key, part) => {
    const { ask } = await keptRig();
    const { status, body } = await ask('POST', '/jobs', { id: 'a', task: { run: 'true', ...part } });
    expect([status, body['code']]).toEqual([403, 'NOT_ALLOWED']);
    expect(JSON.stringify(body['errors'])).toContain(`.${key}`);
  });

  it.each([
    { env: { COLOUR: 'red', PATHS: 'x' } },
    { inherit: 'minimal' },
    { inherit: ['PATH', 'LANG'] },
    { cwd: 'below' },
    { uses: 'cleanup', with: { path: '/nothing', 'older-than': '1d' } },
  ])('includes %j', async (part) => {
    const { ask } = await keptRig();
    const task = 'uses' in part ? part : { run: 'true', ...part };
    const made = await ask('POST', '/jobs', { id: 'a', task });
    expect([made.status, made.body['errors']]).toEqual([201, undefined]);
  });
});

it('gives each of 20 clients that change the same jobs one outcome, and loses none of them', async () => {
  const { ask, bugs } = await keptRig();
  await ask('POST', '/jobs', { id: 'count', task: { run: 'true', name: '0' } });
  let won = 0;
  const client = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      const seen = await ask('GET', '/jobs/count/definition');
      const name = String(Number((seen.body['task'] as { name: string }).name) + 1);
      const condition = { 'if-match': seen.headers.get('etag') ?? '' };
      const { status } = await ask('PATCH', '/jobs/count/definition', { task: { name } }, condition);
      expect([200, 412]).toContain(status);
      if (status === 200) won++;
    }
  };
  await Promise.all(Array.from({ length: 20 }, client));
  const { body } = await ask('GET', '/jobs/count/definition');
  expect(body['task']).toMatchObject({ name: String(won) });
  const made = await Promise.all(
    Array.from({ length: 20 }, () => ask('POST', '/jobs', { id: 'one', task: TASK })),
  );
  expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(made.filter(({ status }) => status === 409)).toHaveLength(19);
  const gone = await Promise.all(Array.from({ length: 20 }, () => ask('DELETE', '/jobs/one/definition')));
  expect(gone.filter(({ status }) => status === 204)).toHaveLength(1);
  expect(bugs).toEqual([]);
});
