/** Codes, sessions and tokens: how long they are good, how often they may be guessed, and where they never stand. */
import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../../src/app/access/token.ts';
import { createAccess } from '../../../src/http/access.ts';
import { API_BASE } from '../../../src/http/route.ts';
import { ROUTES } from '../../../src/http/routes/table.ts';
import { createRate } from '../../../src/http/server/rate.ts';
import { serverRig, TOKENS } from '../../support/server.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function accessRig(isSecure = false) {
  let now = Date.parse('2026-05-01T12:00:00Z');
  let tokens: Tokens = TOKENS;
  const access = createAccess({ tokens: () => tokens, port: 4243, isSecure, now: () => now });
  const signIn = (code: string) => access.signIn(code)?.setCookie.replace(/;.*/, '');
  return {
    access,
    signIn,
    pass: (ms: number) => {
      now += ms;
    },
    rotate: (given: Tokens) => {
      tokens = given;
    },
  };
}

describe('a code', () => {
  it('is good for one browser', () => {
    const { access, signIn } = accessRig();
    const code = access.createCode('operate');
    expect(access.byCookie(signIn(code))).toMatchObject({ scope: 'operate' });
    expect(signIn(code)).toBeUndefined();
  });

  it('is good for ten minutes', () => {
    const { access, signIn, pass } = accessRig();
    const [first, second] = [access.createCode('read'), access.createCode('read')];
    pass(10 * MINUTE_MS - 1);
    expect(signIn(first)).toBeDefined();
    pass(1);
    expect(signIn(second)).toBeUndefined();
  });

  it('is nothing else than a code: no token, no cookie', () => {
    const { access } = accessRig();
    const code = access.createCode('admin');
    expect(access.byToken(`Bearer ${code}`)).toBeUndefined();
    expect(access.byCookie(`supertask-4243=${code}`)).toBeUndefined();
    expect(access.signIn(TOKENS.admin)).toBeUndefined();
    expect(access.signIn('')).toBeUndefined();
  });

  it('of a scope that has no token is of no use', () => {
    const { access, signIn, rotate } = accessRig();
    rotate({ admin: TOKENS.admin });
    expect(signIn(access.createCode('read'))).toBeUndefined();
  });
});

describe('a session', () => {
  it('is good for twelve hours', () => {
    const { access, signIn, pass } = accessRig();
    const cookie = signIn(access.createCode('read'));
    pass(12 * HOUR_MS - 1);
    expect(access.byCookie(cookie)).toMatchObject({ expiresAt: new Date('2026-05-02T00:00:00Z') });
    pass(1);
    expect(access.byCookie(cookie)).toBeUndefined();
  });

  it('ends when who has it signs out', () => {
    const { access, signIn } = accessRig();
    const cookie = signIn(access.createCode('read'));
    expect(access.signOut(cookie)).toMatch(/^supertask-4243=; .*Max-Age=0$/);
    expect(access.byCookie(cookie)).toBeUndefined();
  });

  it('ends with the token that it came from, and with no other', () => {
    const { access, signIn, rotate } = accessRig();
    const [reading, changing] = [signIn(access.createCode('read')), signIn(access.createCode('admin'))];
    rotate({ ...TOKENS, admin: 'another-'.padEnd(43, 'a') });
    expect(access.byCookie(changing)).toBeUndefined();
    expect(access.byCookie(reading)).toMatchObject({ scope: 'read' });
  });

  it('is found among other cookies, and not where there are two', () => {
    const { access, signIn } = accessRig();
    const cookie = signIn(access.createCode('read'));
    expect(access.byCookie(`a=b; ${cookie}; supertask-1=x`)).toBeDefined();
    // One of them may have been set by another server of this machine.
    expect(access.byCookie(`${cookie}; supertask-4243=x`)).toBeUndefined();
    expect(access.byCookie(`x${cookie}`)).toBeUndefined();
  });

  it('has a cookie that scripts do not see and other sites cannot send', () => {
    const plain = accessRig().access;
    expect(plain.signIn(plain.createCode('read'))?.setCookie).toMatch(
      /^supertask-4243=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/,
    );
    const secure = accessRig(true).access;
    expect(secure.signIn(secure.createCode('read'))?.setCookie).toMatch(
      /^__Host-supertask-4243=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Secure; Max-Age=43200$/,
    );
  });

  it('is one of at most a thousand: the oldest makes room', () => {
    const { access, signIn } = accessRig();
    const first = signIn(access.createCode('read'));
    for (let count = 0; count < 1_000; count++) signIn(access.createCode('read'));
    expect(access.byCookie(first)).toBeUndefined();
  });
});

describe('guessing', () => {
  it('is answered ten times a minute, and told of once', async () => {
    const { ask, warnings } = await serverRig();
    const statuses: number[] = [];
    for (let count = 0; count < 30; count++)
      statuses.push((await ask('/api/v1/schedulers', { token: `wrong-${count}` })).status);
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(20).fill(429)]);
    expect(warnings).toEqual(['10 wrong tokens or codes came from 127.0.0.1: it has to wait']);
    expect(await ask('/api/v1/schedulers', { token: 'wrong' })).toMatchObject({
      headers: { 'retry-after': expect.stringMatching(/^[1-9]$/) },
    });
  });

  it('codes counts as well, and does not keep out who is signed in', async () => {
    const { ask, server } = await serverRig();
    const cookie = server.access.signIn(server.access.createCode('read'))?.setCookie.replace(/;.*/, '') ?? '';
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++)
      statuses.push((await ask('/api/v1/session', { method: 'POST', body: { code: `x${count}` } })).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const code = server.access.createCode('read');
    expect(await ask('/api/v1/session', { method: 'POST', body: { code } })).toMatchObject({ status: 429 });
    expect(await ask('/api/v1/schedulers', { token: TOKENS.read })).toMatchObject({ status: 429 });
    expect(await ask('/api/v1/schedulers', { headers: { cookie } })).toMatchObject({ status: 200 });
  });

  it('takes up again after a while', () => {
    let now = 0;
    const rate = createRate({ burst: 10, perSecond: 10 / 60 }, () => now);
    for (let count = 0; count < 10; count++) expect(rate.take('a')).toBe(true);
    expect([rate.take('a'), rate.has('a'), rate.wait('a'), rate.take('b')]).toEqual([false, false, 6, true]);
    now = 6_000;
    expect([rate.take('a'), rate.take('a')]).toEqual([true, false]);
  });
});

it('asking more often than a person does is slowed down, for each token by itself', async () => {
  const { ask } = await serverRig({ limit: { requests: { burst: 3, perSecond: 0.001 } } });
  const statuses: number[] = [];
  for (let count = 0; count < 5; count++)
    statuses.push((await ask('/api/v1/schedulers', { token: TOKENS.read })).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  expect(await ask('/api/v1/schedulers', { token: TOKENS.admin })).toMatchObject({ status: 200 });
  for (let count = 0; count < 3; count++) await ask('/healthz');
  expect(await ask('/healthz')).toMatchObject({ status: 429 });
  expect(await ask('/')).toMatchObject({ status: 429 });
});

describe('every answer', () => {
  const WANTED = {
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    ),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': expect.stringMatching(/no-store|no-cache|immutable/),
  };

  it('keeps browsers from framing, guessing types, telling others and keeping it, and repeats no secret', async () => {
    const { ask, warnings } = await serverRig();
    const paths = [
      ...ROUTES.map(({ method, path }) => [method, API_BASE + path.replaceAll(/\{\w+\}/g, 'x')] as const),
      ...['/', '/healthz', '/sign-in.js', '/nothing.js', '/api/v9'].map((path) => ['GET', path] as const),
    ];
    const canary = 'canary-'.padEnd(43, 'c');
    for (const [method, path] of paths)
      for (const asking of [
        { token: TOKENS.admin },
        { token: TOKENS.admin, headers: { host: 'evil.example' } },
        { headers: { cookie: `supertask=${canary}`, accept: 'text/html' } },
      ]) {
        const { headers, text } = await ask(`${path}?token=${canary}`, { ...asking, method });
        expect(headers).toMatchObject(WANTED);
        expect(headers['server'] ?? headers['x-powered-by']).toBeUndefined();
        const said = JSON.stringify(headers) + text;
        for (const secret of [canary, ...Object.values(TOKENS)]) expect(said).not.toContain(secret);
      }
    expect(warnings).toEqual([]);
  });
});
