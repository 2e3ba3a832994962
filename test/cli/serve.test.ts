/** The server as a user starts it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { place, type Running, runCli, startCli } from '../support/cli.ts';
import { certificate } from '../support/loopback.ts';
import { listenTo } from '../support/sse.ts';

const EVERY_HOUR = ['run', '--ns=shop', '--name=job', '--when=every 1h'];

async function addressOf(running: Running): Promise<string> {
  const [, url = ''] = await running.waitForLine('stderr', /http on (http:.*)\/$/);
  return url;
}

async function tokenOf(...args: string[]): Promise<string> {
  return (await runCli(['token', ...args])).stdout.trim();
}

async function ask(url: string, path: string, token: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'x-supertask': '1', ...init.headers };
  const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  return { status: response.status, body: (await response.json()) as unknown };
}

async function end(running: Running): Promise<void> {
  running.signal('SIGTERM');
  expect(await running.exit).toMatchObject({ exitCode: 0 });
}

describe('run --http', () => {
  it('answers for its scheduler, with the token of its namespace', async () => {
    const running = startCli([...EVERY_HOUR, '--http=0', '--', 'true']);
    const url = await addressOf(running);
    expect(await ask(url, '/schedulers', await tokenOf('--ns=shop'))).toMatchObject({
      status: 200,
      body: [{ namespace: 'shop', pid: running.pid }],
    });
    expect(await ask(url, '/schedulers', await tokenOf())).toMatchObject({ status: 401 });
    const triggered = await ask(
      url,
      '/namespaces/shop/jobs/job/trigger',
      await tokenOf('--ns=shop', '--scope=operate'),
      { method: 'POST' },
    );
    expect(triggered).toMatchObject({ status: 201, body: { run: { trigger: 'manual' } } });
    await end(running);
  });

  it('starts nothing where the address is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { exitCode, stderr } = await runCli([...EVERY_HOUR, '--now', `--http=${port}`, '--', 'echo ran']);
    other.close();
    expect({ exitCode, stderr: stderr.replaceAll(String(port), 'PORT') }).toMatchInlineSnapshot(`
      {
        "exitCode": 69,
        "stderr": "error: cannot listen on 127.0.0.1:PORT: it is taken [ADDRESS_UNAVAILABLE]
      hint: Give another one with --http HOST:PORT; port 0 takes any that is free.
      ",
      }
    `);
    expect(JSON.parse((await runCli(['list-runs', '--ns=shop', '--json'])).stdout)).toEqual([]);
  });

  it('needs no task where a namespace is named and there is no timetable', async () => {
    const running = startCli(['run', '--ns=shop', '--http=0']);
    const url = await addressOf(running);
    const made = await ask(url, '/namespaces/shop/jobs', await tokenOf('--ns=shop', '--scope=admin'), {
      method: 'POST',
      body: JSON.stringify({ id: 'made', task: { when: '@yearly', run: 'true' } }),
      headers: { 'content-type': 'application/json' },
    });
    expect(made).toMatchObject({ status: 201, body: { id: 'made' } });
    await end(running);
    expect((await running.exit).stderr.split('\n')[0]).toBe(
      'supertask: no task is named, and there is no supertask.yaml here or above: jobs come through the API only',
    );
  });

  it('runs the timetable where there is one, and says what is lacking where nothing is named', async () => {
    expect(await runCli(['run', '--http=0'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('supertask run --ns NAME --http'),
    });
    writeFileSync(join(place().work, 'supertask.yaml'), 'tasks: { job: { when: "@yearly", run: "true" } }');
    const running = startCli(['run', '--ns=shop', '--http=0']);
    await running.waitForLine('stderr', /: 1 job in namespace shop/);
    await end(running);
    expect((await running.exit).stderr).not.toContain('API only');
  });

  it('is for schedules', async () => {
    expect(await runCli(['run', '--http', '--', 'true'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('--http is for schedules'),
    });
    // From the environment it concerns schedules only.
    expect(await runCli(['run', '--', 'echo fine'], { env: { SUPERTASK_HTTP: '0' } })).toMatchObject({
      exitCode: 0,
      stdout: 'fine\n',
    });
  });
});

describe('serve', () => {
  it('passes on to a scheduler in another process what only that can do', async () => {
    const scheduler = startCli([...EVERY_HOUR, '--', 'true']);
    await scheduler.waitForLine('stderr', /next /);
    const serving = startCli(['serve', '--http=0']);
    const url = await addressOf(serving);
    const token = await tokenOf('--scope=admin');
    let answer = await ask(url, '/namespaces/shop/scheduler/jobs', token);
    while (answer.status !== 200) answer = await ask(url, '/namespaces/shop/scheduler/jobs', token);
    expect(answer).toMatchObject({ body: [{ id: 'job' }] });
    await end(scheduler);
    await end(serving);
  });

  it('refuses what others could listen in to', async () => {
    expect(await runCli(['serve', '--http=0.0.0.0:0'])).toMatchInlineSnapshot(`
      {
        "exitCode": 78,
        "signal": null,
        "stderr": "error: 0.0.0.0:0 can be reached from elsewhere, without TLS [INSECURE]
      hint: Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy or an SSH tunnel; --insecure does it all the same, and then everybody on the way can read the token.
      ",
        "stdout": "",
        "stdoutBytes": {
          "data": [],
          "type": "Buffer",
        },
      }
    `);
  });
});

/** Without the cookie's attributes; undefined: not let in. */
async function signIn(link: string): Promise<string | undefined> {
  const { origin, hash } = new URL(link);
  const response = await fetch(`${origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-supertask': '1' },
    body: JSON.stringify({ code: hash.replace('#code=', '') }),
  });
  return response.status === 201 ? response.headers.get('set-cookie')?.replace(/;.*/, '') : undefined;
}

async function scopeOf(url: string, cookie = ''): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/session`, { headers: { cookie } });
  return response.status === 200 ? ((await response.json()) as { scope: unknown }).scope : response.status;
}

describe('a link', () => {
  it('signs one browser in, and another one from another terminal', async () => {
    const serving = startCli(['serve', '--http=0']);
    const url = await addressOf(serving);
    const [, first = ''] = await serving.waitForLine('stderr', /sign in: (http:.*)$/);
    expect(await scopeOf(url, await signIn(first))).toBe('admin');
    expect(await signIn(first)).toBeUndefined();
    const link = async (...args: string[]) => (await runCli(['token', 'link', ...args])).stdout.trim();
    await expect.poll(link).toMatch(/^http:.*#code=[\w-]{32}$/);
    const second = await link('--scope=read');
    expect(second).toMatch(url);
    // The code stands in no file.
    const codes = join(place().state, 'http/all/codes');
    const [, code = ''] = second.split('#code=');
    for (const name of readdirSync(codes))
      expect(name + readFileSync(join(codes, name), 'utf8')).not.toContain(code);
    expect(await scopeOf(url, await signIn(second))).toBe('read');
    expect(await signIn(second)).toBeUndefined();
    await end(serving);
  });

  it.each([
    ['by which it is allowed', ['--allow-host=tasks.test,other.test'], /^http:\/\/tasks\.test:\d+\/#code=/],
    ['and port', ['--allow-host=tasks.test:81'], /^http:\/\/tasks\.test:81\/#code=/],
    [
      'of the proxy, and its path',
      ['--trust-proxy', '--allow-host=tasks.test', '--base-path=/t/'],
      /^https:\/\/tasks\.test\/t\/#code=/,
    ],
  ])('has the name %s', async (_, args, expected) => {
    const serving = startCli(['serve', '--http=0', ...args]);
    const [, first] = await serving.waitForLine('stderr', /sign in: (.*)$/);
    expect(first).toMatch(expected);
    await expect.poll(async () => (await runCli(['token', 'link'])).stdout).toMatch(expected);
    await end(serving);
  });

  it('that is old or made by others is of no use, and is cleared away', async () => {
    const serving = startCli(['serve', '--http=0']);
    const url = await addressOf(serving);
    await expect.poll(() => runCli(['token', 'link'])).toMatchObject({ exitCode: 0 });
    const codes = join(place().state, 'http/all/codes');
    const link = (await runCli(['token', 'link'])).stdout.trim();
    for (const expiresAt of ['2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z', 'never']) {
      for (const name of readdirSync(codes))
        writeFileSync(join(codes, name), JSON.stringify({ scope: 'admin', expiresAt }));
      expect(await signIn(link)).toBeUndefined();
    }
    await runCli(['token', 'link']);
    expect(readdirSync(codes)).toHaveLength(1);
    expect(await scopeOf(url)).toBe(401);
    await end(serving);
  });

  it('needs a server, and says which there is', async () => {
    expect(await runCli(['token', 'link'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `error: no supertask serve runs [NOT_RUNNING]
hint: Start one with supertask serve, or with --http of a run; each prints a link as well.
`,
    });
    const running = startCli([...EVERY_HOUR, '--http=0', '--', 'true']);
    const url = await addressOf(running);
    await expect
      .poll(async () => (await runCli(['token', 'link'])).stderr)
      .toContain('There is one of shop: supertask token link --ns=shop');
    const link = (await runCli(['token', 'link', '--ns=shop'])).stdout.trim();
    expect(await scopeOf(url, await signIn(link))).toBe('admin');
    // What is killed cannot take leave.
    running.signal('SIGKILL');
    await running.exit;
    expect(await runCli(['token', 'link', '--ns=shop'])).toMatchObject({ exitCode: 1 });
  });
});

describe('tokens', () => {
  it('that are made anew hold at once, and end what the old ones allowed', async () => {
    const serving = startCli(['serve', '--http=0']);
    const url = await addressOf(serving);
    const [, link = ''] = await serving.waitForLine('stderr', /sign in: (http:.*)$/);
    const cookie = await signIn(link);
    const [reading, changing] = [await tokenOf(), await tokenOf('--scope=admin')];
    expect(await scopeOf(url, cookie)).toBe('admin');
    await runCli(['token', 'rotate', '--scope=admin']);
    expect(await ask(url, '/session', changing)).toMatchObject({ status: 401 });
    expect(await scopeOf(url, cookie)).toBe(401);
    expect(await ask(url, '/session', reading)).toMatchObject({ status: 200 });
    expect(await ask(url, '/session', await tokenOf('--scope=admin'))).toMatchObject({ status: 200 });
    await end(serving);
  });

  it('come from a file or the environment where they are named there, and are inherited by no run', async () => {
    const token = 'x'.repeat(40);
    const file = join(place().home, 'token');
    writeFileSync(file, `${token}\n`);
    const env = { SUPERTASK_HTTP_TOKEN_FILE: file, SUPERTASK_HTTP_TOKEN: token };
    const running = startCli([...EVERY_HOUR, '--http=0', '--', 'env'], { env: { ...env, SHOWN: 'yes' } });
    const url = await addressOf(running);
    expect(await ask(url, '/session', token)).toMatchObject({ body: { scope: 'admin' } });
    expect(await runCli(['token'], { env })).toMatchObject({ stdout: `${token}\n` });
    expect(await runCli(['token', '--scope=read'], { env })).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await runCli(['token', 'rotate'], { env })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('they come from the environment'),
    });
    await expect
      .poll(() => runCli(['token', 'link', '--ns=shop', '--scope=read']))
      .toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has no token for read') });
    await ask(url, '/namespaces/shop/jobs/job/trigger', token, { method: 'POST' });
    await running.waitForLine('stderr', /job succeeded/);
    await end(running);
    const { stdout, stderr } = await running.exit;
    expect(stdout).toContain('SHOWN=yes');
    expect(stdout + stderr).not.toContain('SUPERTASK_HTTP');
    expect(stdout + stderr).not.toContain(token);
  });

  it.each([
    ['is empty', ''],
    ['is short', 'secret'],
    ['has two words', `${'x'.repeat(40)} ${'y'.repeat(40)}`],
    ['has a scope twice', `read ${'x'.repeat(40)}\nread ${'y'.repeat(40)}`],
  ])('that %s is refused, and not repeated', async (_, text) => {
    const file = join(place().home, 'token');
    writeFileSync(file, text);
    const { exitCode, stderr } = await runCli(['serve', '--http=0'], {
      env: { SUPERTASK_HTTP_TOKEN_FILE: file },
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: SUPERTASK_HTTP_TOKEN_FILE/)]);
    for (const word of text.split(/\s+/).filter((each) => each.length > 5))
      expect(stderr).not.toContain(word);
  });

  it('stand neither in the arguments of a process nor in what is printed', async () => {
    const serving = startCli(['serve', '--http=0']);
    const url = await addressOf(serving);
    const tokens = [await tokenOf(), await tokenOf('--scope=operate'), await tokenOf('--scope=admin')];
    for (const token of [...tokens, 'wrong']) await ask(url, `/session?token=${token}`, token);
    await fetch(`${url}/nothing?${tokens[2]}`);
    const args = readFileSync(`/proc/${serving.pid}/cmdline`, 'utf8');
    await end(serving);
    const { stdout, stderr } = await serving.exit;
    for (const token of tokens) expect(stdout + stderr + args).not.toContain(token);
  });
});

describe('a server that ends', () => {
  it.each([
    ['serve', ['serve']],
    ['run', EVERY_HOUR],
  ])('as %s ends its streams in order, and does not wait for who does not read', async (name, args) => {
    const running = startCli([...args, '--http=0', ...(name === 'run' ? ['--', 'true'] : [])]);
    const url = await addressOf(running);
    const token = await tokenOf(...(name === 'run' ? ['--ns=shop'] : []));
    const headers = { authorization: `Bearer ${token}` };
    const [heard, deaf] = [
      await fetch(`${url}/api/v1/events`, { headers }),
      await fetch(`${url}/api/v1/events`, { headers }),
    ];
    expect([heard.status, deaf.status]).toEqual([200, 200]);
    const listener = listenTo(heard);
    await end(running);
    await listener.ended;
    await deaf.body?.cancel().catch(() => {});
  });
});

describe('TLS', () => {
  /** What is answered, and whose certificate it was. */
  function askSecurely(url: string, ca: string): Promise<{ status: number | undefined }> {
    return new Promise((resolve, reject) => {
      const asked = request(`${url}/healthz`, { ca, agent: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode });
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  it('takes another certificate at SIGHUP, and keeps the last good one', async () => {
    const [first, second] = [certificate('IP:127.0.0.1'), certificate('IP:127.0.0.1')];
    const [cert, key] = [join(place().home, 'cert.pem'), join(place().home, 'key.pem')];
    const put = (made: { cert: string; key: string }): void => {
      writeFileSync(cert, made.cert);
      writeFileSync(key, made.key);
    };
    put(first);
    const serving = startCli(['serve', '--http=0', `--tls-cert=${cert}`, `--tls-key=${key}`]);
    const [, url = ''] = await serving.waitForLine('stderr', /http on (https:.*)\/$/);
    expect(await askSecurely(url, first.cert)).toEqual({ status: 200 });
    put({ ...second, key: 'garbage' });
    serving.signal('SIGHUP');
    await serving.waitForLine('stderr', /warning: certificate and key cannot be used/);
    expect(await askSecurely(url, first.cert)).toEqual({ status: 200 });
    put(second);
    serving.signal('SIGHUP');
    await expect.poll(() => askSecurely(url, second.cert).catch(() => undefined)).toEqual({ status: 200 });
    await expect(askSecurely(url, first.cert)).rejects.toThrow(/self-signed|signature/);
    const old = new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      connect({ host: hostname, port: Number(port), ca: second.cert, maxVersion: 'TLSv1.1' }, () =>
        resolve('connected'),
      ).once('error', reject);
    });
    await expect(old).rejects.toThrow();
    await end(serving);
  });

  it.each([
    ['one of the two', ['--tls-cert=cert.pem'], 2, 'is given without --tls-key'],
    ['a file that is not there', ['--tls-cert=none.pem', '--tls-key=none.pem'], 2, 'none.pem'],
    ['what is no certificate', ['--tls-cert=cert.pem', '--tls-key=cert.pem'], 2, 'cannot be used'],
  ])('with %s is refused', async (_, args, exitCode, said) => {
    writeFileSync(join(place().work, 'cert.pem'), 'garbage');
    const done = await runCli(['serve', '--http=0', ...args]);
    expect(done).toMatchObject({ exitCode, stderr: expect.stringContaining(said) });
  });
});
