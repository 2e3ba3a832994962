/** Requests that somebody else's page makes a browser send, or that reach this machine by a name of somebody else. */
import { describe, expect, it } from 'vitest';
import { namesOf } from '../../../src/http/server/origin.ts';
import { type Asking, serverRig, TOKENS } from '../../support/server.ts';

const ASKED = '/api/v1/schedulers';
const CHANGED = '/api/v1/namespaces/x/jobs/y/trigger';

describe('a request to another name', () => {
  it.each([
    ['of somebody who has given this machine a name', 'evil.example'],
    ['that only begins like ours', 'localhost.evil.example'],
    ['that only ends like ours', 'evil.localhost'],
    ['that a public service resolves to this machine', '127.0.0.1.nip.io:PORT'],
    ['with the port of another server', 'localhost:1'],
    ['without our port', '127.0.0.1'],
    ['as a number', '2130706433:PORT'],
    ['in hexadecimal', '0x7f000001:PORT'],
    ['in octal', '0177.0.0.1:PORT'],
    ['in short', '127.1:PORT'],
    ['for any address', '0.0.0.0:PORT'],
    ['for any address of IPv6', '[::]:PORT'],
    ['of IPv4 in IPv6', '[::ffff:127.0.0.1]:PORT'],
    ['with a full stop', 'localhost.:PORT'],
    ['with a user', 'localhost:PORT@evil.example'],
    ['of two', 'localhost:PORT, evil.example'],
  ])('%s is refused before anybody looks who asks: %s', async (_, host) => {
    const { ask, port } = await serverRig();
    const headers = { host: host.replace('PORT', String(port)) };
    for (const path of [ASKED, '/', '/healthz', '/sign-in.js', '/api/v1/session'])
      expect(await ask(path, { token: TOKENS.admin, headers })).toMatchObject({ status: 421 });
  });

  it('is refused where there is none, or where there are two', async () => {
    const { raw, port } = await serverRig();
    expect(await raw('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    expect(await raw('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 421/);
    expect(await raw('GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 421/,
    );
    expect(
      await raw(
        `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1.1 400/);
  });

  it('is answered where the name is ours, or was allowed', async () => {
    const { ask, port } = await serverRig({ allowed: ['tasks.example.org', 'other.example.org:8443'] });
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LocalHost:${port}`,
      `[::1]:${port}`,
      `tasks.example.org:${port}`,
      'other.example.org:8443',
    ])
      expect(await ask(ASKED, { token: TOKENS.read, headers: { host } })).toMatchObject({ status: 200 });
    for (const host of ['tasks.example.org', 'other.example.org', `a.tasks.example.org:${port}`])
      expect(await ask(ASKED, { token: TOKENS.read, headers: { host } })).toMatchObject({ status: 421 });
  });
});

describe('a page of somebody else', () => {
  const OTHERS: readonly (readonly [string, Record<string, string>])[] = [
    ['elsewhere', { origin: 'https://evil.example' }],
    ['in a frame of its own', { origin: 'null' }],
    ['on another port of this machine', { origin: 'http://localhost:1' }],
    ['on this port by another scheme', { origin: 'https://127.0.0.1:PORT' }],
    ['in a file', { origin: 'file://' }],
    ['with an empty origin', { origin: '' }],
    ['that says no origin', { 'sec-fetch-site': 'cross-site' }],
    ['on another port, that says no origin', { 'sec-fetch-site': 'same-site' }],
    ['with a word that is not known', { 'sec-fetch-site': 'whatever' }],
  ];

  it.each(OTHERS)('%s is refused, whoever is signed in', async (_, given) => {
    const { ask, port, server } = await serverRig();
    const cookie = cookieOf(server.access.signIn(server.access.createCode('admin'))?.setCookie);
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    );
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
      for (const path of [ASKED, CHANGED, '/api/v1/events', '/', '/healthz', '/api/v1/session']) {
        const answer = await ask(path, { method, headers: { ...headers, cookie } });
        expect([method, path, answer.status]).toEqual([method, path, 403]);
        expect(allowing(answer.headers)).toEqual([]);
      }
  });

  it('is never told that it may ask, by a preflight or otherwise', async () => {
    const { ask, port } = await serverRig();
    for (const origin of ['https://evil.example', `http://127.0.0.1:${port}`]) {
      const { headers } = await ask(CHANGED, {
        method: 'OPTIONS',
        token: TOKENS.admin,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(allowing(headers)).toEqual([]);
    }
  });

  it('is not taken for our own page, which may ask', async () => {
    const { ask, port } = await serverRig();
    for (const headers of [
      { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
      { origin: `http://localhost:${port}` },
      { 'sec-fetch-site': 'none' },
    ])
      expect(await ask(ASKED, { token: TOKENS.read, headers })).toMatchObject({ status: 200 });
  });
});

describe('what a form can send', () => {
  const signedIn = async () => {
    const rig = await serverRig();
    const { access } = rig.server;
    return { ...rig, cookie: cookieOf(access.signIn(access.createCode('admin'))?.setCookie) };
  };

  it.each<readonly [string, Asking, number]>([
    ['as plain text', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['as fields', { body: 'args=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['in parts', { body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 415],
    ['with JSON, of no type', { body: '{}', headers: { 'content-type': '' } }, 415],
    ['with JSON, but without our header', { body: '{}', headers: { 'x-supertask': '' } }, 403],
    ['with our header twice over', { body: '{}', headers: { 'x-supertask': '1, 1' } }, 403],
    ['with nothing', { headers: { 'x-supertask': '' } }, 403],
  ])('%s is refused with the cookie of who is signed in', async (_, asking, status) => {
    const { ask, cookie } = await signedIn();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(await ask(CHANGED, { ...asking, method, headers: { ...asking.headers, cookie } })).toMatchObject(
        { status },
      );
  });

  it('does not change the method', async () => {
    const { ask, cookie } = await signedIn();
    for (const headers of [{ 'x-http-method-override': 'POST' }, { 'x-method-override': 'POST' }])
      expect(
        await ask(`${CHANGED}?_method=POST`, { headers: { ...headers, 'x-supertask': '1', cookie } }),
      ).toMatchObject({ status: 404 });
  });
});

describe('behind a proxy', () => {
  const FORWARDED = {
    'x-forwarded-host': 'tasks.example.org',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-prefix': '/tasks',
  };

  it('what it says is not believed unless that is asked for', async () => {
    const { ask } = await serverRig({ allowed: ['tasks.example.org'] });
    const html = { ...FORWARDED, accept: 'text/html' };
    const { text } = await ask('/', { headers: html });
    expect(text).toContain('src="/sign-in.js"');
    const headers = { ...FORWARDED, host: 'evil.example', forwarded: 'host=tasks.example.org' };
    expect(await ask('/healthz', { headers })).toMatchObject({ status: 421 });
  });

  it('names are those that were allowed, and no others', async () => {
    const { ask } = await serverRig({ allowed: ['tasks.example.org'], isBehindProxy: true });
    expect(await ask('/healthz', { headers: FORWARDED })).toMatchObject({ status: 200 });
    for (const host of ['evil.example', 'tasks.example.org, evil.example', 'tasks.example.org.evil.example'])
      expect(await ask('/healthz', { headers: { ...FORWARDED, 'x-forwarded-host': host } })).toMatchObject({
        status: 421,
      });
    // What a client has said stands before what the proxy adds.
    expect(
      await ask('/healthz', {
        headers: { ...FORWARDED, 'x-forwarded-host': 'evil.example, tasks.example.org' },
      }),
    ).toMatchObject({ status: 200 });
    for (const [origin, status] of [
      ['https://tasks.example.org', 200],
      ['https://evil.example', 403],
    ])
      expect(await ask('/healthz', { headers: { ...FORWARDED, origin: String(origin) } })).toMatchObject({
        status,
      });
  });

  it('signing in sets a cookie that is sent by HTTPS only', async () => {
    const { ask, server } = await serverRig({ allowed: ['tasks.example.org'], isBehindProxy: true });
    const signIn = async (headers: Record<string, string>) =>
      await ask('/api/v1/session', {
        method: 'POST',
        body: { code: server.access.createCode('read') },
        headers,
      });
    expect((await signIn(FORWARDED)).headers['set-cookie']).toEqual([expect.stringMatching(/; Secure$/)]);
    expect((await signIn({})).headers['set-cookie']).toEqual([expect.not.stringMatching(/Secure/)]);
  });

  it('wrong tokens count for the client that the proxy names', async () => {
    const { ask } = await serverRig({
      isBehindProxy: true,
      limit: { failures: { burst: 2, perSecond: 0.001 } },
    });
    const from = (peer: string) => ask(ASKED, { token: 'wrong', headers: { 'x-forwarded-for': peer } });
    const statuses = [];
    for (const peer of ['a', 'a', 'a', 'x, a', 'a, b']) statuses.push((await from(peer)).status);
    expect(statuses).toEqual([401, 401, 429, 429, 401]);
  });

  it('it may be below a path, which says nothing of what is beside it', async () => {
    const { ask } = await serverRig({ basePath: '/tasks' });
    const token = TOKENS.read;
    expect(await ask(`/tasks${ASKED}`, { token })).toMatchObject({ status: 200 });
    expect(await ask('/tasks/healthz')).toMatchObject({ status: 200 });
    for (const path of [ASKED, '/healthz', '/tasksx/healthz', '/'])
      expect([path, (await ask(path, { token })).status]).toEqual([path, 404]);
    expect(await ask('/tasks/', { headers: { accept: 'text/html' } })).toMatchObject({
      status: 401,
      text: expect.stringContaining('src="/tasks/sign-in.js"'),
    });
  });

  it('a prefix that is no path is not put into the page', async () => {
    const { ask } = await serverRig({ isBehindProxy: true });
    for (const prefix of ['"><script>alert(1)</script>', '//evil.example', '/x" y="', 'javascript:'])
      expect(
        (await ask('/', { headers: { accept: 'text/html', 'x-forwarded-prefix': prefix } })).text,
      ).toContain('src="/sign-in.js"');
  });
});

it('names of IPv6 and default ports are as browsers write them', () => {
  const { hosts, origins } = namesOf({
    ip: '2001:db8::1',
    port: 443,
    isSecure: true,
    allowed: ['Tasks.example.org', '[2001:db8::2]', '2001:db8::3'],
    isBehindProxy: false,
  });
  expect([...hosts].sort()).toEqual([
    '[2001:db8::1]',
    '[2001:db8::1]:443',
    '[2001:db8::2]',
    '[2001:db8::2]:443',
    '[2001:db8::3]',
    '[2001:db8::3]:443',
    'tasks.example.org',
    'tasks.example.org:443',
  ]);
  expect([...origins].sort()).toEqual([
    'https://[2001:db8::1]',
    'https://[2001:db8::2]',
    'https://[2001:db8::3]',
    'https://tasks.example.org',
  ]);
});

function allowing(headers: object): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
}

function cookieOf(setCookie = ''): string {
  return setCookie.replace(/;.*/, '');
}
