import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directory, use } from '../support/loopback.js';

const DAY = 86_400_000;

/** A directory `logs` with files of some ages in days; names that end in `/` are directories. */
function tree(files: Readonly<Record<string, number>>): string {
  const place = directory();
  const made = Object.entries(files).map(([name, days]) => [join(place, 'logs', name), days] as const);
  for (const [path] of made) {
    mkdirSync(path.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(path, 'four');
  }
  for (const [path, days] of made) utimesSync(path, new Date(), new Date(Date.now() - days * DAY));
  return place;
}

function left(place: string): string[] {
  return readdirSync(join(place, 'logs'), { recursive: true, encoding: 'utf8' }).sort();
}

const AGES = {
  'new.log': 1,
  'old.log': 9,
  'older.log': 20,
  'old.txt': 9,
  '.hidden.log': 9,
  'sub/old.log': 9,
};

describe('what goes', () => {
  it.each([
    [{ 'older-than': '7d' }, ['.hidden.log', 'new.log', 'sub', 'sub/old.log']],
    [{ 'older-than': '7d', pattern: '*.log' }, ['.hidden.log', 'new.log', 'old.txt', 'sub', 'sub/old.log']],
    [{ 'older-than': '7d', pattern: '**/*.log' }, ['.hidden.log', 'new.log', 'old.txt', 'sub']],
    [
      { 'older-than': '7d', pattern: ['*.txt', '.*'] },
      ['new.log', 'old.log', 'older.log', 'sub', 'sub/old.log'],
    ],
    [
      { 'older-than': '7d', except: 'old.*' },
      ['.hidden.log', 'new.log', 'old.log', 'old.txt', 'sub', 'sub/old.log'],
    ],
    [
      { 'min-keep': 2, pattern: '*.log' },
      ['.hidden.log', 'new.log', 'old.log', 'old.txt', 'sub', 'sub/old.log'],
    ],
    [
      { 'min-keep': 3, 'older-than': '0s', pattern: '**/*.log' },
      ['.hidden.log', 'new.log', 'old.log', 'old.txt', 'sub', 'sub/old.log'],
    ],
    [{ 'older-than': '0s', pattern: '**', 'empty-dirs': true }, ['.hidden.log']],
    [
      { 'older-than': '30d', pattern: '**' },
      ['.hidden.log', 'new.log', 'old.log', 'old.txt', 'older.log', 'sub', 'sub/old.log'],
    ],
  ])('%j', async (configuration, stays) => {
    const place = tree(AGES);
    const dry = await use('cleanup', { path: 'logs', ...configuration, 'dry-run': true }, { cwd: place });
    expect(left(place)).toHaveLength(7);
    const { outcome, stdout, outputs } = await use(
      'cleanup',
      { path: 'logs', ...configuration },
      { cwd: place },
    );
    expect(outcome).toEqual({ status: 'succeeded', exitCode: 0 });
    expect(left(place)).toEqual(stays);
    expect(dry.stdout.replaceAll('would remove', 'removed')).toBe(stdout);
    const gone = 7 - stays.length;
    expect(Number(outputs['removed']) + Number(outputs['directories'])).toBe(gone);
    expect(stdout.trim().split('\n')).toHaveLength(gone + 1);
  });

  it('is told, oldest first', async () => {
    const place = tree(AGES);
    const { stdout } = await use(
      'cleanup',
      { path: 'logs', 'older-than': '7d', pattern: '*.log' },
      { cwd: place },
    );
    expect(stdout).toMatch(
      /^removed older\.log \(4 B, changed \d{4}-\d\d-\d\d\)\nremoved old\.log \(4 B, .*\)\nremoved 2 files, 8 B; 1 matching file left\n$/,
    );
  });

  it('is shown on one line each, whatever the names are', async () => {
    const place = tree({ 'a\nremoved b\u001b[31m': 9 });
    const { stdout } = await use('cleanup', { path: 'logs', 'older-than': '7d' }, { cwd: place });
    expect(stdout).toContain('removed a\\nremoved b\\x1b[31m (4 B');
  });
});

describe('empty directories', () => {
  it('go when they are old, or when their last file goes', async () => {
    const place = tree({ 'a/b/old.log': 9, 'empty-old/': 9, 'empty-new/': 0, 'kept/new.log': 1 });
    const configuration = { path: 'logs', pattern: '**', 'older-than': '7d', 'empty-dirs': true };
    const dry = await use('cleanup', { ...configuration, 'dry-run': true }, { cwd: place });
    const { stdout } = await use('cleanup', configuration, { cwd: place });
    expect(left(place)).toEqual(['empty-new', 'kept', 'kept/new.log']);
    expect(dry.stdout.replaceAll('would remove', 'removed')).toBe(stdout);
  });
});

describe('links', () => {
  it('are neither followed nor removed', async () => {
    const place = tree({ 'old.log': 9, 'sub/old.log': 9 });
    const outside = tree({ 'precious.log': 99 });
    symlinkSync(join(outside, 'logs'), join(place, 'logs/elsewhere'));
    symlinkSync(join(outside, 'logs/precious.log'), join(place, 'logs/link.log'));
    const configuration = { path: 'logs', pattern: '**', 'older-than': '0s', 'empty-dirs': true };
    const { outcome } = await use('cleanup', configuration, { cwd: place });
    expect([outcome.status, left(outside)]).toEqual(['succeeded', ['precious.log']]);
    expect(readdirSync(join(place, 'logs')).sort()).toEqual(['elsewhere', 'link.log']);
  });

  it('may lead to the directory itself', async () => {
    const place = tree({ 'old.log': 9 });
    symlinkSync('logs', join(place, 'current'));
    await use('cleanup', { path: 'current', 'older-than': '7d' }, { cwd: place });
    expect(left(place)).toEqual([]);
  });
});

describe('what is not cleaned up', () => {
  it.each([
    [{ path: '.' }, { HOME: '.' }, 'which is not cleaned up', 2],
    [{ path: 'no' }, {}, 'no cannot be cleaned up: it does not exist', 1],
    [{ path: 'file' }, {}, 'file cannot be cleaned up: it is no directory', 1],
    [{ path: { env: 'DIR' } }, { DIR: '//./' }, 'path: "//./" is not cleaned up', 2],
    [{ path: 'x', pattern: '../*' }, {}, 'leads out of its directory', 2],
    [{ path: 'root' }, {}, 'root is /, which is not cleaned up', 2],
  ])('%j', async (configuration, env, message, exitCode) => {
    const place = directory();
    writeFileSync(join(place, 'file'), '');
    symlinkSync('/', join(place, 'root'));
    const home = 'HOME' in env ? { HOME: place } : {};
    const { outcome, stderr } = await use(
      'cleanup',
      { 'older-than': '9999d', ...configuration },
      { cwd: place, env: { ...env, ...home } },
    );
    expect([outcome.exitCode, stderr.includes(message) || stderr]).toEqual([exitCode, true]);
    expect(existsSync(join(place, 'file'))).toBe(true);
  });

  it('is told, and the rest goes', async (context) => {
    const place = tree({ 'a.log': 9, 'sub/b.log': 9 });
    const sub = join(place, 'logs/sub');
    try {
      execFileSync('chattr', ['+i', sub], { stdio: 'ignore' });
    } catch {
      if (process.getuid?.() === 0) context.skip('root may remove everything on this file system');
      chmodSync(sub, 0o500);
    }
    try {
      const { outcome, stderr, outputs } = await use(
        'cleanup',
        { path: 'logs', pattern: '**', 'older-than': '7d' },
        { cwd: place },
      );
      expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 });
      expect(stderr).toContain(
        'sub/b.log could not be removed: permission denied\n1 of logs could not be removed',
      );
      expect(outputs).toMatchObject({ removed: '1', failed: '1' });
      expect(left(place)).toEqual(['sub', 'sub/b.log']);
    } finally {
      if (process.getuid?.() === 0) execFileSync('chattr', ['-i', sub]);
      chmodSync(sub, 0o700);
    }
  });
});

it('finds its way through ten thousand files and deep directories', async () => {
  const place = directory();
  const deep = join(place, 'logs', ...Array.from({ length: 60 }, (_, index) => `d${index}`));
  mkdirSync(deep, { recursive: true });
  for (let index = 0; index < 10_000; index++) writeFileSync(join(place, 'logs', `f${index}`), '');
  writeFileSync(join(deep, 'last'), '');
  const configuration = { path: 'logs', pattern: '**', 'older-than': '0s', 'empty-dirs': true };
  const { outcome, outputs } = await use('cleanup', configuration, { cwd: place });
  expect([outcome.status, outputs['removed'], outputs['directories']]).toEqual(['succeeded', '10001', '60']);
  expect(left(place)).toEqual([]);
});
