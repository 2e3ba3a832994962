/** Where a server may listen, and what it says where it may not. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { formatAddress, isLoopback, parseAddress } from '../../../src/http/server/address.ts';
import { openServer } from '../../../src/http/server/server.ts';
import { certificate } from '../../support/loopback.ts';
import { serverRig, TOKENS } from '../../support/server.ts';

const HAS_IPV6 = (networkInterfaces()['lo'] ?? []).some(({ address }) => address === '::1');

describe('an address', () => {
  it.each([
    ['', '127.0.0.1:4243'],
    ['true', '127.0.0.1:4243'],
    ['8080', '127.0.0.1:8080'],
    [':8080', '127.0.0.1:8080'],
    ['0', '127.0.0.1:0'],
    ['localhost', 'localhost:4243'],
    ['tasks.example.org:443', 'tasks.example.org:443'],
    ['0.0.0.0:80', '0.0.0.0:80'],
    ['[::1]:80', '[::1]:80'],
    ['[::]', '[::]:4243'],
    ['::1', '[::1]:4243'],
  ])('%j is %s', (text, expected) => {
    expect(formatAddress(parseAddress(text))).toBe(expected);
  });

  it.each([
    '65536',
    ':x',
    'a:b:c',
    '1.2.3',
    '256.0.0.1:80',
    '[1.2.3.4]:80',
    '[::1',
    'http://x',
    'a b',
    '/run/x',
    ':80:',
  ])('%j is none', (text) => {
    expect(() => parseAddress(text)).toThrow(/is no address to listen on/);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example', false],
    ['fe80::1', false],
  ])('%s is of this machine only: %s', (ip, expected) => {
    expect(isLoopback(ip)).toBe(expected);
  });
});

describe('a server', () => {
  const options = {
    tokens: () => TOKENS,
    isInsecure: false,
    allowed: [],
    isBehindProxy: false,
    basePath: '',
    webDirectory: '/nonexistent',
    warn: () => {},
  };

  it.each(['0.0.0.0', '::', '192.0.2.1', '::ffff:0.0.0.0'])(
    'does not listen on %s, where others could listen in',
    async (host) => {
      await expect(openServer({ ...options, address: { host, port: 0 } })).rejects.toMatchObject({
        code: 'INSECURE',
      });
    },
  );

  it.each([
    ['with TLS', { tls: certificate('IP:127.0.0.1') }],
    ['when that is meant', { isInsecure: true }],
  ])('does so %s', async (_, more) => {
    const server = await openServer({ ...options, ...more, address: { host: '0.0.0.0', port: 0 } });
    expect(server.url).toMatch(/^https?:\/\/127\.0\.0\.1:\d+$/);
    await server.close();
  });

  it.each([
    ['that this machine does not have', { host: '192.0.2.1', port: 0 }, 'this machine does not have it'],
    ['that nobody knows', { host: 'name.invalid', port: 0 }, 'name.invalid:0: '],
  ])('says so on an address %s', async (_, address, said) => {
    await expect(openServer({ ...options, isInsecure: true, address })).rejects.toMatchObject({
      code: 'ADDRESS_UNAVAILABLE',
      message: expect.stringContaining(said),
    });
  });

  it('answers that it is starting until it knows what of', async () => {
    const server = await openServer({ ...options, address: { host: '127.0.0.1', port: 0 } });
    const response = await fetch(`${server.url}/api/v1/schedulers`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    await server.close();
  });

  it.skipIf(!HAS_IPV6)('on IPv6 answers to its address there', async () => {
    const { server } = await serverRig({ address: { host: '::1', port: 0 } });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});
