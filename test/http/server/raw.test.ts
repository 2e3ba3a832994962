/** Bytes that no browser sends. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { API_BASE } from '../../../src/http/route.ts';
import { ROUTES } from '../../../src/http/routes/table.ts';
import { serverRig, TOKENS } from '../../support/server.ts';

const AUTH = `Authorization: Bearer ${TOKENS.admin}\r\n`;

describe('a request', () => {
  const POST = `POST /api/v1/session HTTP/1.1\r\nHost: HOST\r\n${AUTH}X-Supertask: 1\r\nContent-Type: application/json\r\n`;
  const SECOND = `GET /api/v1/schedulers HTTP/1.1\r\nHost: HOST\r\n${AUTH}\r\n`;

  it.each([
    ['with a length and chunks', `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['with chunks and a length', `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    ['with two lengths', `${POST}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}`],
    ['with the same length twice', `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['with lengths in a list', `${POST}Content-Length: 2, 2\r\n\r\n{}`],
    ['with a negative length', `${POST}Content-Length: -2\r\n\r\n{}`],
    ['with a length in hexadecimal', `${POST}Content-Length: 0x2\r\n\r\n{}`],
    ['with a length that has no end', `${POST}Content-Length: ${'9'.repeat(40)}\r\n\r\n{}`],
    ['with chunks of another kind', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['with chunks that are not last', `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['with chunks in another one', `${POST}Transfer-Encoding: identity\r\n\r\n{}`],
    ['with a space before the colon', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['with a header in two lines', `${POST}X-A: b\r\n c\r\nContent-Length\r\n : 2\r\n\r\n{}`],
    ['with a chunk of a wrong size', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['with a size that overflows', `${POST}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`],
    ['with NUL in a header', `${POST}X-A: a\0b\r\n\r\n`],
    ['with a carriage return in a header', `${POST}X-A: a\rX-B: b\r\n\r\n`],
    ['with lines that end too soon', `${POST}X-A: a\nTransfer-Encoding: chunked\n\n0\r\n\r\n`],
    ['with two tokens', `GET / HTTP/1.1\r\nHost: HOST\r\n${AUTH}${AUTH}\r\n`],
    ['with two types', `${POST}Content-Type: text/plain\r\n\r\n`],
    ['for a whole address', `GET http://HOST/healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for another one', `GET http://evil.example/healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path without its beginning', `GET healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path with a space', `GET /health z HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path with other letters', `GET /h\u00e4 HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path with a part', `GET /healthz#x HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path with NUL', `GET /healthz%00 HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path the other way round', `GET /..\\..\\x HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path that goes up', `GET /assets/../healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path that goes up in other letters', `GET /x/%2E./healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path that goes nowhere', `GET /./healthz HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for a path that ends above', `GET /x/..?a=b HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['for all', `OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['to trace', `TRACE / HTTP/1.1\r\nHost: HOST\r\n${AUTH}\r\n`],
    ['of an unknown kind', `HACK / HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['in small letters', `get / HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['of a version that there is not', `GET / HTTP/9.9\r\nHost: HOST\r\n\r\n`],
    ['of the oldest version', 'GET /healthz\r\n\r\n'],
    ['of the newest version', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['in TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['that is nothing of the kind', '\0\x01\x02garbage\r\n\r\n'],
  ])('%s is refused, and what follows it is not answered', async (_, bytes) => {
    const { raw, port } = await serverRig({ limit: { headersMs: 300, requestMs: 300 } });
    const said = await raw((bytes + SECOND).replaceAll('HOST', `127.0.0.1:${port}`));
    expect(said).toMatch(/^HTTP\/1\.1 (?:400|431)/);
    expect(said).not.toMatch(/HTTP\/1\.1 2/);
  });

  it('with headers of more than 16 KiB is refused', async () => {
    const { raw, port } = await serverRig();
    const said = await raw(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(said).toMatch(/^HTTP\/1\.1 431/);
  });

  it('to open a tunnel or another protocol gets neither', async () => {
    const { raw, port } = await serverRig({ limit: { headersMs: 300, requestMs: 300, keepAliveMs: 100 } });
    const host = `Host: 127.0.0.1:${port}\r\n`;
    expect(await raw(`CONNECT evil.example:80 HTTP/1.1\r\n${host}\r\n`)).not.toMatch(/ 2\d\d /);
    for (const path of ['/', '/api/v1/events']) {
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
      const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
      expect(await raw(`GET ${path} HTTP/1.1\r\n${host}${upgrade}${key}\r\n`)).toMatch(/^HTTP\/1\.1 401/);
    }
  });

  it('one after another on a connection are each looked at', async () => {
    const { raw, port } = await serverRig({ limit: { keepAliveMs: 100 } });
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const asked = (path: string, more: string): string => `GET ${path} HTTP/1.1\r\n${host}${more}\r\n`;
    const said = await raw(
      asked('/api/v1/schedulers', AUTH) +
        asked('/api/v1/schedulers', '') +
        asked('/healthz', 'Origin: x\r\n'),
    );
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401', 'HTTP/1.1 403']);
  });
});

const OUTSIDE = [
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/..%5csecret.txt',
  '/%252e%252e%252fsecret.txt',
  '/..;/secret.txt',
  '/.../secret.txt',
  '//secret.txt',
  '/./secret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  '/link.txt',
  '/linked/secret.txt',
  '/.hidden.txt',
  '/assets',
  '/assets/',
  '/index.html/',
  '/%',
  '/%zz',
  '/constructor.txt',
  '/__proto__.js',
];

describe('the files of the page', () => {
  it.each(OUTSIDE)('are all there is: %s', async (path) => {
    const { ask, root } = await serverRig();
    const web = join(root, 'web');
    mkdirSync(join(web, 'assets'), { recursive: true });
    writeFileSync(join(web, 'index.html'), 'index');
    writeFileSync(join(web, 'assets/app-abcdefgh.js'), 'script');
    writeFileSync(join(web, '.hidden.txt'), 'SECRET');
    writeFileSync(join(root, 'secret.txt'), 'SECRET');
    symlinkSync(join(root, 'secret.txt'), join(web, 'link.txt'));
    symlinkSync(root, join(web, 'linked'));
    const { status, text } = await ask(path, { token: TOKENS.admin });
    expect(text).not.toContain('SECRET');
    // Without an ending it is a view of the page.
    if (status === 200) expect(text).toBe('index');
    else expect([400, 404]).toContain(status);
  });

  it('are sent with what they are, and kept by browsers only where their name tells their content', async () => {
    const { ask, root } = await serverRig();
    const web = join(root, 'web');
    mkdirSync(join(web, 'assets'), { recursive: true });
    writeFileSync(join(web, 'index.html'), 'index');
    writeFileSync(join(web, 'assets/app-abcdefgh.js'), 'script');
    expect(await ask('/', { token: TOKENS.read })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    });
    expect(await ask('/assets/app-abcdefgh.js', { token: TOKENS.read })).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'private, max-age=31536000, immutable',
      },
    });
    expect(await ask('/assets/app-abcdefgh.js', { token: TOKENS.read, method: 'POST' })).toMatchObject({
      status: 405,
    });
  });
});

it.each([
  '..%2f..%2fgone-elsewhere',
  '..',
  '%2e%2e',
  '.',
  'a%2fb',
  '%5c..',
  'a%0ab',
  '%ff',
  '__proto__',
  'x'.repeat(300),
])('no route takes %s for an id and goes elsewhere', async (id) => {
  const { ask, root } = await serverRig();
  for (const { method, path } of ROUTES.filter((row) => row.path.includes('{'))) {
    const asked = API_BASE + path.replaceAll(/\{\w+\}/g, id);
    const { status } = await ask(asked, { method, token: TOKENS.admin });
    expect([asked, status >= 400 && status < 500]).toEqual([asked, true]);
  }
  expect(existsSync(join(root, '../gone-elsewhere'))).toBe(false);
});
