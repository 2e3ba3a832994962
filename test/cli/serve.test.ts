/** The server as a user starts it. */
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Running, runCli, startCli } from '../support/cli.ts';

const EVERY_HOUR = ['run', '--ns=shop', '--name=job', '--when=every 1h'];

async function addressOf(running: Running): Promise<string> {
  const [, url = ''] = await running.waitForLine('stderr', /http on (http:.*)\/$/);
  return url;
}

async function tokenOf(...args: string[]): Promise<string> {
  return (await runCli(['token', ...args])).stdout.trim();
}

async function ask(url: string, path: string, token: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'x-supertask': '1' };
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
