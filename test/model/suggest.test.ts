import { expect, it } from 'vitest';
import { suggest } from '../../src/model/suggest.js';

const KEYS = ['when', 'run', 'name', 'description', 'timeout', 'overlap', 'missed', 'env', 'cwd', 'tz'];

it.each([
  ['wehn', 'when'],
  ['timout', 'timeout'],
  ['Timeout', 'timeout'],
  ['overlapp', 'overlap'],
  ['desc', 'description'],
  ['dsecripton', 'description'],
  ['runs', 'run'],
  ['nv', 'env'],
])('%s may mean %s', (word, meant) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

it.each(['', 'x', 'colour', 'zzz', 'qq', 'w'.repeat(100_000)])(
  '%.20s means none of the known words',
  (word) => {
    expect(suggest(word, KEYS)).toBeUndefined();
  },
);

it('prefers the nearest of several near words', () => {
  expect(suggest('crom', ['corn', 'cram', 'cron'])).toBe('cram');
  expect(suggest('python-fil', ['python', 'python-file'])).toBe('python-file');
});
