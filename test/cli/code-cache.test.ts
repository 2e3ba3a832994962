import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeCacheDirectory, openCodeCache } from '../../src/cli/code-cache.ts';
import { place } from '../support/cli.ts';

const CODE = Buffer.from('compiled');

function rig() {
  const directory = join(place().work, 'cache/supertask');
  return { directory, cache: openCodeCache(directory, 'key'), reopen: () => openCodeCache(directory, 'key') };
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('the directory', () => {
  it.each([
    [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/supertask'],
    [{ HOME: '/h' }, '/h/.cache/supertask'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/supertask'],
    [{ XDG_CACHE_HOME: '', HOME: '' }, undefined],
    [{}, undefined],
    [{ HOME: 'relative' }, undefined],
    [{ HOME: '/h', NODE_DISABLE_COMPILE_CACHE: '1' }, undefined],
    [{ HOME: '/h', NODE_V8_COVERAGE: '/tmp' }, undefined],
  ])('of %j is %s', (env, expected) => {
    expect(codeCacheDirectory(env)).toBe(expected);
  });

  it('is made for nobody else, with what is in it', () => {
    const { directory, cache, reopen } = rig();
    cache.write('main.cjs', CODE);
    expect(reopen().read('main.cjs')).toEqual(CODE);
    expect([mode(directory), mode(join(directory, 'key-main.cjs.bin'))]).toEqual(['700', '600']);
  });

  it('is not made in a home that does not exist', () => {
    const home = join(place().work, 'nowhere');
    openCodeCache(join(home, '.cache/supertask'), 'key').write('main.cjs', CODE);
    expect(existsSync(home)).toBe(false);
  });

  it('is left alone when others may write to it', () => {
    const { directory, cache, reopen } = rig();
    cache.write('main.cjs', CODE);
    chmodSync(directory, 0o777);
    const opened = reopen();
    opened.write('other.cjs', CODE);
    expect(opened.read('main.cjs')).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['key-main.cjs.bin']);
  });

  it('is left alone when it is a link to another', () => {
    const { directory, cache, reopen } = rig();
    cache.write('main.cjs', CODE);
    renameSync(directory, `${directory}-moved`);
    symlinkSync(`${directory}-moved`, directory);
    expect(reopen().read('main.cjs')).toBeUndefined();
  });

  it('loses files of other builds after a week, not before', () => {
    const { directory, cache } = rig();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const names = ['old-main.cjs.bin', 'key-main.cjs.bin.7.123', 'recent-main.cjs.bin', 'key-kept.cjs.bin'];
    for (const name of names) writeFileSync(join(directory, name), CODE, { mode: 0o600 });
    const longAgo = new Date('2020-01-01T00:00:00Z');
    for (const name of names.filter((name) => !name.startsWith('recent')))
      utimesSync(join(directory, name), longAgo, longAgo);
    cache.write('main.cjs', CODE);
    expect(readdirSync(directory).sort()).toEqual([
      'key-kept.cjs.bin',
      'key-main.cjs.bin',
      'recent-main.cjs.bin',
    ]);
  });
});

describe('a file', () => {
  it('of another key is not seen', () => {
    const { directory, cache } = rig();
    cache.write('main.cjs', CODE);
    expect(openCodeCache(directory, 'other').read('main.cjs')).toBeUndefined();
  });

  it('that others may write to is not taken', () => {
    const { directory, cache } = rig();
    cache.write('main.cjs', CODE);
    chmodSync(join(directory, 'key-main.cjs.bin'), 0o622);
    expect(openCodeCache(directory, 'key').read('main.cjs')).toBeUndefined();
  });

  it('that is a link is not taken', () => {
    const { directory, cache, reopen } = rig();
    cache.write('main.cjs', CODE);
    symlinkSync(join(directory, 'key-main.cjs.bin'), join(directory, 'key-link.cjs.bin'));
    expect(reopen().read('link.cjs')).toBeUndefined();
  });

  it.runIf(process.getuid?.() === 0)('of another user is not taken', async () => {
    const { chownSync } = await import('node:fs');
    const { directory, cache, reopen } = rig();
    cache.write('main.cjs', CODE);
    chownSync(join(directory, 'key-main.cjs.bin'), 1, 1);
    expect(reopen().read('main.cjs')).toBeUndefined();
  });

  it('that cannot be written leaves nothing half done', () => {
    const { directory, cache } = rig();
    mkdirSync(join(directory, 'key-main.cjs.bin'), { recursive: true });
    cache.write('main.cjs', CODE);
    expect(readdirSync(directory)).toEqual(['key-main.cjs.bin']);
  });
});
