import { describe, expect, it } from 'vitest';
import { findSecrets, isSecretName, withoutUrlSecrets } from '../../src/model/secret.ts';

const LONG = 'long-enough';

describe('a variable holds a secret by its name', () => {
  it.each([
    'PASSWORD',
    'PGPASSWORD',
    'DB_PASSWD',
    'GPG_PASSPHRASE',
    'MYSQL_PASS',
    'CLIENT_SECRET',
    'github_token',
    'API_KEY',
    'APIKEY',
    'HTTP_AUTHORIZATION',
    'SSH_PRIVATE_KEY',
    'AWS_CREDENTIALS',
    'SENTRY_DSN',
  ])('%s', (name) => expect(isSecretName(name)).toBe(true));

  it.each(['PATH', 'HOME', 'LANG', 'KEY', 'PUBLIC_KEY', 'EDITOR'])('not %s', (name) =>
    expect(isSecretName(name)).toBe(false),
  );
});

describe('secrets are', () => {
  const task = (env: Record<string, string>, secrets: readonly string[] = []) => ({
    env,
    steps: [],
    secrets,
  });

  it('declared ones, wherever they are set', () => {
    const steps = [{ env: { CODE: 'of-the-step' } }];
    const found = findSecrets([{ env: { CODE: 'of-the-task' }, steps, secrets: ['CODE'] }], {
      CODE: 'inherited-one',
    });
    expect([...found.values].sort()).toEqual(['inherited-one', 'of-the-step', 'of-the-task']);
  });

  it('those whose name says it, set or inherited', () => {
    const found = findSecrets([task({ A_TOKEN: `${LONG}-1`, B: LONG })], { C_SECRET: `${LONG}-2`, D: LONG });
    expect([...found.values].sort()).toEqual([`${LONG}-1`, `${LONG}-2`]);
  });

  it('not what is too short to be found again; if it was declared, that is said', () => {
    const found = findSecrets([task({ CODE: '1234567', A_TOKEN: '1234567' }, ['CODE', 'GONE'])], {});
    expect(found).toEqual({ values: new Set(), tooShort: ['CODE'], unset: ['GONE'] });
  });

  it('not paths, unless declared', () => {
    const isPath = (value: string): boolean => value === '/usr/bin/askpass';
    const env = { SSH_ASKPASS: '/usr/bin/askpass' };
    expect(findSecrets([task({})], env, isPath).values.size).toBe(0);
    expect(findSecrets([task({}, ['SSH_ASKPASS'])], env, isPath).values.size).toBe(1);
  });
});

it.each([
  ['curl https://me:pw@example.org/x', 'curl https://***@example.org/x'],
  ['curl https://ghp_abc@example.org', 'curl https://***@example.org'],
  ['psql postgres://u:p@ss@db/app?a=b@c', 'psql postgres://***@db/app?a=b@c'],
  ['a http://x:y@h/ http://h/?q=a@b', 'a http://***@h/ http://h/?q=a@b'],
  ['git clone ssh://git@example.org/x', 'git clone ssh://git@example.org/x'],
  ['git clone ssh://me:pw@example.org/x', 'git clone ssh://***@example.org/x'],
  [`curl "https://$USER:\${TOKEN}@example.org"`, `curl "https://$USER:\${TOKEN}@example.org"`],
  ['curl "https://h/x?token=abc&page=2"', 'curl "https://h/x?token=***&page=2"'],
  ['curl https://h/?api_key=a;true', 'curl https://h/?api_key=***;true'],
  ['http://me:pw@h/?X-Amz-Signature=a%2F', 'http://***@h/?X-Amz-Signature=***'],
  ['http://h/#access_token=a', 'http://h/#access_token=***'],
  ['http://h/?key=AIzaSyD4example0000', 'http://h/?key=***'],
  ['http://h/?key=tables/week.yaml&code=DE', 'http://h/?key=tables/week.yaml&code=DE'],
  ['http://h/?ref=0123456789abcdef0123&design=2', 'http://h/?ref=0123456789abcdef0123&design=2'],
  [
    `curl "http://h/?token=$TOKEN&sig=$(cat sig)&auth=\${{ env.X }}"`,
    `curl "http://h/?token=$TOKEN&sig=$(cat sig)&auth=\${{ env.X }}"`,
  ],
  [
    'curl http://h/x\\?a\\=1\\&token\\=a\\;b\\=\\=\\&page=2',
    'curl http://h/x\\?a\\=1\\&token\\=***\\&page=2',
  ],
  ['<a href="http://h/?a=1&amp;token=abc&amp;page=2">', '<a href="http://h/?a=1&amp;token=***&amp;page=2">'],
  [
    '{"url": "http://h/?a=1\\u0026token=abc\\u0026b=2"}',
    '{"url": "http://h/?a=1\\u0026token=***\\u0026b=2"}',
  ],
  ['curl https://me:p\\@w\\$d@example.org/', 'curl https://***@example.org/'],
  [
    '"{\\"url\\": \\"http://h/?token=abc\\", \\"b\\": 2}"',
    '"{\\"url\\": \\"http://h/?token=***\\", \\"b\\": 2}"',
  ],
  ['printf "http://h/?token=abc\\n&token=d"', 'printf "http://h/?token=***\\n&token=d"'],
  ['make a && test x&token=abc # http://h/', 'make a && test x&token=abc # http://h/'],
  ['mail a@b.org # see http://b.org', 'mail a@b.org # see http://b.org'],
])('%s is kept as %s', (text, expected) => expect(withoutUrlSecrets(text)).toBe(expected));
