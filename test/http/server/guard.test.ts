/** The wall: who is let in, and to what. */
import { describe, expect, it } from 'vitest';
import { API_BASE } from '../../../src/http/route.ts';
import { ROUTES } from '../../../src/http/routes/table.ts';
import { OPEN } from '../../../src/http/server/guard.ts';
import { type Asking, serverRig, TOKENS } from '../../support/server.ts';

/** All that can be asked, and what nobody has thought of. */
const REQUESTS: readonly (readonly [string, string])[] = [
  ...ROUTES.map(
    ({ method, path }) => [method, API_BASE + path.replaceAll(/\{\w+\}/g, 'x')] as [string, string],
  ),
  ...ROUTES.flatMap(({ path }) =>
    ['HEAD', 'OPTIONS', 'PUT'].map(
      (method) => [method, API_BASE + path.replaceAll(/\{\w+\}/g, 'x')] as [string, string],
    ),
  ),
  ['GET', '/'],
  ['GET', '/index.html'],
  ['GET', '/assets/index-abcdefgh.js'],
  ['HEAD', '/'],
  ['OPTIONS', '*'.replace('*', '/')],
  ['GET', '/api'],
  ['GET', '/api/v1'],
  ['GET', '/api/v2/jobs'],
  ['GET', '/nothing'],
  ['POST', '/nothing'],
  ['HEAD', '/healthz'],
  ['POST', '/healthz'],
  ['GET', '/healthz/'],
  ['GET', '//healthz'],
  ['HEAD', '/sign-in.js'],
  ['PROPFIND', '/'],
].filter(([method, path]) => !(OPEN as readonly string[]).includes(`${method} ${path}`)) as [
  string,
  string,
][];

const STRANGERS: readonly (readonly [string, Asking & { readonly query?: string }])[] = [
  ['without a token', {}],
  ['with an empty one', { headers: { authorization: 'Bearer ' } }],
  ['with a wrong one', { token: TOKENS.admin.replace(/.$/, 'x') }],
  ['with the beginning of one', { token: TOKENS.admin.slice(0, 20) }],
  ['with Bearer twice', { headers: { authorization: `Bearer Bearer ${TOKENS.admin}` } }],
  ['by another scheme', { headers: { authorization: `Basic ${TOKENS.admin}` } }],
  ['with the token as a password', { headers: { authorization: `Basic ${btoa(`x:${TOKENS.admin}`)}` } }],
  ['with the token in the query', { query: `?token=${TOKENS.admin}&access_token=${TOKENS.admin}` }],
  ['with the token in a cookie', { headers: { cookie: `token=${TOKENS.admin}; supertask=${TOKENS.admin}` } }],
  ['with the token in a header of its own', { headers: { 'x-api-key': TOKENS.admin } }],
];

describe('a stranger', () => {
  it.each(STRANGERS)('%s gets 401 whatever is asked', async (_, { query = '', ...asking }) => {
    const { ask } = await serverRig({
      limit: {
        requests: { burst: 1_000, perSecond: 0 },
        failures: { burst: 1_000, perSecond: 0 },
      },
    });
    for (const [method, path] of REQUESTS) {
      const { status, headers } = await ask(path + query, { ...asking, method });
      expect([method, path, status]).toEqual([method, path, 401]);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it('finds open what signing in needs, and nothing else', async () => {
    expect(OPEN).toEqual(['GET /healthz', 'GET /sign-in.js', 'POST /api/v1/session']);
    const { ask } = await serverRig();
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await ask('/sign-in.js')).toMatchObject({ status: 200 });
    expect(await ask('/api/v1/session', { method: 'POST', body: { code: 'x' } })).toMatchObject({
      status: 401,
    });
  });

  it('with a browser gets the page to sign in with, for any view', async () => {
    const { ask } = await serverRig();
    for (const path of ['/', '/jobs/x']) {
      const { status, headers, text } = await ask(path, { headers: { accept: 'text/html' } });
      expect([status, headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
      expect(text).toContain('<script src="/sign-in.js">');
    }
  });
});

describe('who has a token', () => {
  it.each(['read', 'operate', 'admin'] as const)('may do what its scope says: %s', async (scope) => {
    const { ask } = await serverRig();
    const ranks = { read: 0, operate: 1, admin: 2 };
    for (const { method, path, scope: needed } of ROUTES) {
      const asked = API_BASE + path.replaceAll(/\{\w+\}/g, 'x');
      const { status } = await ask(asked, { method, token: TOKENS[scope] });
      expect([path, status === 401, status === 403]).toEqual([path, false, ranks[scope] < ranks[needed]]);
    }
  });
});
