import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  begin,
  certificate,
  closeAfterTest,
  directory,
  listen,
  type Site,
  serve,
  use,
} from '../support/loopback.js';

const SUCCEEDED = { status: 'succeeded', exitCode: 0 };
const failed = (exitCode: number) => ({ status: 'failed', reason: 'exit-code', exitCode });

const says = (body: string, status = 200, headers = {}): Promise<Site> =>
  serve((_, response) => response.writeHead(status, headers).end(body));

describe('a request', () => {
  it('succeeds with any status of success, and tells what came', async () => {
    const { url, received } = await says('hello', 201, { 'content-type': 'text/plain' });
    const { outcome, stdout, stderr, outputs } = await use('http', { url: `${url}/a?secret=1` });
    expect({ outcome, stderr }).toEqual({ outcome: SUCCEEDED, stderr: '' });
    expect(stdout).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/a: 201 Created, 5 B in \d+ ms\n$/);
    expect(outputs).toMatchObject({
      status: '201',
      bytes: '5',
      url: `${url}/a`,
      'content-type': 'text/plain',
    });
    expect(received).toMatchObject([
      { method: 'GET', path: '/a?secret=1', headers: { 'user-agent': 'supertask' } },
    ]);
  });

  it('sends JSON with POST, headers, and a token from the environment', async () => {
    const { url, received } = await says('');
    const json = { name: 'Ada "x" $(y)', env: ['NOT', { env: 'TOUCHED' }] };
    const headers = { 'X-From': { env: 'ME' } };
    const env = { ME: 'job', TOKEN: 'tell-nobody' };
    const { outcome, stdout } = await use('http', { url, json, headers, bearer: { env: 'TOKEN' } }, { env });
    expect(outcome).toEqual(SUCCEEDED);
    expect(received).toMatchObject([
      {
        method: 'POST',
        body: JSON.stringify(json),
        headers: { 'x-from': 'job', 'content-type': 'application/json', authorization: 'Bearer tell-nobody' },
      },
    ]);
    expect(stdout).not.toContain('tell-nobody');
  });

  it.each([
    ['basic', (url: string) => ({ url, basic: { user: 'ada', password: { env: 'PASSWORD' } } })],
    ['the address', (url: string) => ({ url: url.replace('//', '//ada:hunter%202@') })],
  ])('logs in with user and password from %s', async (_, configuration) => {
    const { url, received } = await says('');
    await use('http', configuration(url), { env: { PASSWORD: 'hunter 2' } });
    const authorization = `Basic ${Buffer.from('ada:hunter 2').toString('base64')}`;
    expect(received).toMatchObject([{ headers: { authorization } }]);
  });

  it('sends a body as it is, with its own method and type', async () => {
    const { url, received } = await says('');
    await use('http', { url, method: 'put', body: 'a=1\nb', headers: { 'Content-Type': 'text/x' } });
    expect(received).toMatchObject([
      { method: 'PUT', body: 'a=1\nb', headers: { 'content-type': 'text/x' } },
    ]);
  });

  it('has nothing of its configuration in its arguments', async () => {
    const { url } = await serve((_, response) => response.write('up'));
    const going = begin('http', { url, headers: { 'x-key': 'tell-nobody' }, print: true });
    await going.seen('up');
    const { pid } = (await going.started) ?? expect.fail('no process');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toMatch(/tell-nobody|127\.0\.0\.1/);
    going.execution.stop();
    await going.execution.ended;
  });
});

describe('what is expected of an answer', () => {
  it.each([
    [503, 'the database is\ndown', 75],
    [429, '', 75],
    [404, 'no such page', 1],
  ])('status %i is a failure that says so', async (status, body, exitCode) => {
    const { url } = await says(body, status);
    const { outcome, stderr, outputs } = await use('http', { url });
    expect(outcome).toEqual(failed(exitCode));
    expect(stderr).toMatch(new RegExp(`^GET ${url}/: status ${status} .+ when 2xx was expected\n`));
    expect(stderr.endsWith(body === '' ? 'expected\n' : `${body}\n`)).toBe(true);
    expect(outputs['status']).toBe(String(status));
  });

  it.each([
    [{ status: 404 }, SUCCEEDED],
    [{ status: ['2xx', '400-410'] }, SUCCEEDED],
    [{ status: '200-299' }, failed(1)],
    [{ status: 404, body: 'b.+ok' }, SUCCEEDED],
    [{ status: 404, body: '/B.+OK/i' }, SUCCEEDED],
    [{ status: 404, body: '^ok$' }, failed(1)],
    [{ status: 404, json: { state: 'is ok', parts: [{ n: 1 }] } }, SUCCEEDED],
    [{ status: 404, json: { parts: [{ n: 2 }] } }, failed(1)],
    [{ status: 404, json: { toString: 1 } }, failed(1)],
  ])('%j', async (expectation, outcome) => {
    const { url } = await says('{"state": "is ok", "parts": [{"n": 1, "m": 2}], "b": "b-ok"}', 404);
    expect((await use('http', { url, expect: expectation })).outcome).toEqual(outcome);
  });

  it('says where the JSON differs, and that there is none', async () => {
    const wanted = { expect: { json: { parts: [{ n: 2 }] } } };
    const { stderr } = await use('http', { url: (await says('{"parts": [{"n": 1}]}')).url, ...wanted });
    expect(stderr).toContain('"parts[0].n" in the JSON of the body is not what was expected\n{"parts"');
    const none = await use('http', { url: (await says('<html>')).url, ...wanted });
    expect(none.stderr).toContain('the body is no JSON\n<html>\n');
  });
});

describe('the body', () => {
  it('is printed and saved as it came', async () => {
    const { url } = await says('a\r\nb');
    const cwd = directory();
    const { stdout, stderr, outputs } = await use('http', { url, print: true, save: 'a.txt' }, { cwd });
    expect([stdout, readFileSync(join(cwd, 'a.txt'), 'utf8')]).toEqual(['a\r\nb', 'a\r\nb']);
    expect(stderr).toContain('saved as a.txt');
    expect(outputs['saved']).toBe('a.txt');
  });

  it('takes the place of a file behind a link', async () => {
    const { url } = await says('new');
    const cwd = directory();
    writeFileSync(join(cwd, 'real'), 'old');
    symlinkSync('real', join(cwd, 'link'));
    await use('http', { url, save: 'link' }, { cwd });
    expect(readFileSync(join(cwd, 'real'), 'utf8')).toBe('new');
  });

  it.each([
    [
      'is too long',
      (url: string) => ({ url: `${url}/huge`, 'max-bytes': '1MiB' }),
      /the body is longer than 1.0 MiB/,
    ],
    ['breaks off', (url: string) => ({ url: `${url}/cut` }), /the connection was cut by the other side/],
    ['comes with the wrong status', (url: string) => ({ url: `${url}/500` }), /status 500/],
    ['is not what is expected', (url: string) => ({ url, expect: { body: 'other' } }), /does not match/],
  ])('leaves what was there when it %s', async (_, configuration, message) => {
    const { url } = await serve(({ path }, response) => {
      if (path === '/cut') response.write('beginning', () => response.destroy());
      else if (path !== '/huge') response.writeHead(path === '/500' ? 500 : 200).end('body');
      if (path !== '/huge') return;
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more).on('error', () => {});
      more();
    });
    const cwd = directory();
    writeFileSync(join(cwd, 'page'), 'old');
    const { outcome, stderr } = await use('http', { ...configuration(url), save: 'page' }, { cwd });
    expect(outcome.status).toBe('failed');
    expect(stderr).toMatch(message);
    expect([readdirSync(cwd), readFileSync(join(cwd, 'page'), 'utf8')]).toEqual([['page'], 'old']);
  });

  it('leaves nothing half when the run is stopped', async () => {
    const { url } = await serve((_, response) => response.write('up'));
    const cwd = directory();
    const going = begin('http', { url, save: 'page', print: true }, { cwd });
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({
      reason: 'stopped',
      signal: 'SIGTERM',
      sent: ['SIGTERM'],
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    ['no/such/page', 'its directory does not exist (ENOENT)'],
    ['taken', 'taken is no file'],
  ])('says that it cannot be saved as %s', async (save, message) => {
    const { url } = await says('body');
    const cwd = directory();
    mkdirSync(join(cwd, 'taken'));
    const { outcome, stderr } = await use('http', { url, save }, { cwd });
    expect([outcome.status, stderr.includes(message)]).toEqual(['failed', true]);
    expect(existsSync(join(cwd, 'no'))).toBe(false);
  });
});

describe('redirects', () => {
  const chain = () =>
    serve(({ path }, response) => {
      if (path === '/loop') return response.writeHead(302, { location: '/loop' }).end();
      if (path === '/form') return response.writeHead(303, { location: '/end' }).end();
      if (path === '/kept') return response.writeHead(307, { location: '/end' }).end();
      if (path === '/file') return response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      return response.end('end');
    });

  it.each([
    ['/form', 'GET', ''],
    ['/kept', 'POST', 'body'],
  ])('%s goes on with %s', async (path, method, body) => {
    const { url, received } = await chain();
    const { outcome, outputs } = await use('http', { url: `${url}${path}`, body: 'body' });
    expect([outcome, outputs['url']]).toEqual([SUCCEEDED, `${url}/end`]);
    expect(received[1]).toMatchObject({ path: '/end', method, body });
  });

  it.each([
    ['/loop', 'more than 10 redirects'],
    ['/file', 'it redirects to "file:///etc/passwd", which is no address'],
  ])('%s is given up', async (path, message) => {
    const { url } = await chain();
    const { outcome, stderr } = await use('http', { url: `${url}${path}` });
    expect([outcome, stderr.includes(message)]).toEqual([failed(1), true]);
  });

  it('are answers like others where they are not followed', async () => {
    const { url, received } = await chain();
    const { outcome } = await use('http', { url: `${url}/form`, follow: false, expect: { status: 303 } });
    expect([outcome, received.length]).toEqual([SUCCEEDED, 1]);
  });

  it('take no token and no header of ours to another host', async () => {
    const other = await says('there');
    const { url } = await says('', 302, { location: `${other.url}/x` });
    const configuration = { url, bearer: { env: 'TOKEN' }, headers: { 'x-key': 'mine' } };
    expect((await use('http', configuration, { env: { TOKEN: 'tell-nobody' } })).outcome).toEqual(SUCCEEDED);
    const headers = other.received[0]?.headers;
    expect([headers?.authorization, headers?.['x-key'], headers?.['user-agent']]).toEqual([
      undefined,
      undefined,
      'supertask',
    ]);
  });

  it('do not leave encryption', async () => {
    const plain = await says('there');
    const tls = certificate('IP:127.0.0.1');
    const { url } = await serve((_, response) => response.writeHead(302, { location: plain.url }).end(), tls);
    const { stderr } = await use('http', { url }, { env: { NODE_EXTRA_CA_CERTS: tls.path } });
    expect(stderr).toContain('which is not encrypted');
    expect(plain.received).toEqual([]);
  });
});

describe('a connection that goes wrong', () => {
  it('is refused', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((closed) => server.close(closed));
    const { outcome, stderr } = await use('http', { url: `http://127.0.0.1:${port}/` });
    expect(outcome).toEqual(failed(75));
    expect(stderr).toBe(
      `GET http://127.0.0.1:${port}/: the connection was refused: nothing listens there (ECONNREFUSED)\n`,
    );
  });

  it('is cut before an answer', async () => {
    const { url } = await serve((_, response) => response.destroy());
    const { outcome, stderr } = await use('http', { url });
    expect([outcome, stderr.includes('the connection was cut by the other side')]).toEqual([
      failed(75),
      true,
    ]);
  });

  it.each([
    ['no answer', () => {}],
    ['half an answer', (_: unknown, response: { write(text: string): unknown }) => response.write('half')],
  ])('brings %s in time', async (_, answer) => {
    const { url } = await serve((request, response) => void answer(request, response));
    const { outcome, stderr } = await use('http', { url, timeout: '200ms' });
    expect([outcome, stderr]).toEqual([failed(75), `GET ${url}/: no complete answer within 200 ms\n`]);
  });

  it('has a name that does not exist', async () => {
    const { outcome, stderr } = await use('http', { url: 'http://no-such-host.invalid/' });
    expect([outcome.exitCode, stderr]).toEqual([
      75,
      expect.stringMatching(/name of the host .*\((?:ENOTFOUND|EAI_AGAIN)\)/),
    ]);
  });

  it('has a certificate that nobody signed, until it is trusted', async () => {
    const tls = certificate('IP:127.0.0.1');
    const { url } = await serve((_, response) => response.end('ok'), tls);
    const { outcome, stderr } = await use('http', { url });
    expect(outcome).toEqual(failed(1));
    expect(stderr).toContain(
      'the certificate of the server is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect((await use('http', { url }, { env: { NODE_EXTRA_CA_CERTS: tls.path } })).outcome).toEqual(
      SUCCEEDED,
    );
  });

  it('has a certificate for another host', async () => {
    const tls = certificate('DNS:example.test');
    const { url } = await serve((_, response) => response.end('ok'), tls);
    const { stderr } = await use('http', { url }, { env: { NODE_EXTRA_CA_CERTS: tls.path } });
    expect(stderr).toContain('the certificate of the server is for another host');
  });

  it('speaks no TLS', async () => {
    const { url } = await says('plain');
    const { outcome, stderr } = await use('http', { url: url.replace('http:', 'https:') });
    expect([outcome.status, stderr]).toEqual([
      'failed',
      expect.stringContaining('no TLS connection came about'),
    ]);
  });

  it('stops in the middle of nothing when the run is stopped', async () => {
    const server = createServer();
    const connected = new Promise((resolve) => server.once('connection', resolve));
    closeAfterTest(() => server.close());
    server.on('connection', (socket) => closeAfterTest(() => socket.destroy()));
    const going = begin('http', { url: `http://127.0.0.1:${await listen(server)}/` });
    await connected;
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped', signal: 'SIGTERM' });
  });
});

it.each([
  [{ url: { env: 'NOT_SET' } }, 'url: the variable NOT_SET is not set. Set it'],
  [{ url: { env: 'EMPTY' } }, 'url: the variable EMPTY is empty'],
  [{ url: { env: 'BAD' } }, 'url: this is not an http or https URL. Begin it with https://.'],
  [{ url: 'http://a/', expect: { body: '(' } }, 'expect.body: Invalid regular expression'],
  [{ url: 'http://a/', headers: { 'a b': 'c' } }, 'headers.a b: "a b" is not the name of a header'],
])('%j is refused with 2 when it runs', async (configuration, message) => {
  const { outcome, stderr } = await use('http', configuration, { env: { EMPTY: '', BAD: 'example.org/x' } });
  expect([outcome, stderr.includes(message) || stderr]).toEqual([failed(2), true]);
});
