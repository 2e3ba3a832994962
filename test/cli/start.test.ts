import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CACHE, ROOT } from '../support/build.ts';
import { place, runCli, startCommand } from '../support/cli.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

it.each(['--version', '-V'])('%s prints the version and nothing else', async (flag) => {
  expect(await runCli([flag])).toMatchObject({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
});

it('says so when the version cannot be written', async () => {
  const { stderr, exitCode } = await runCli(['--version'], { redirect: { stdout: '/dev/full' } });
  expect([stderr.includes('ENOSPC'), exitCode]).toEqual([true, 125]);
});

it('starts with its compiled code the second time, and with the same answer', async () => {
  const { home } = place();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const first = await runCli(['--help'], { env });
  const kept = readdirSync(join(home, 'cache/supertask'));
  expect(await runCli(['--help'], { env })).toEqual(first);
  expect([kept.length > 0, readdirSync(join(home, 'cache/supertask'))]).toEqual([true, kept]);
});

it.each([
  ['is noise', (file: string) => writeFileSync(file, 'noise')],
  ['is empty', (file: string) => writeFileSync(file, '')],
  ['was cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100))],
])('starts when its compiled code %s', async (_, damage) => {
  const { home } = place();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const first = await runCli(['--help'], { env });
  for (const name of readdirSync(join(home, 'cache/supertask'))) damage(join(home, 'cache/supertask', name));
  expect(await runCli(['--help'], { env })).toEqual(first);
});

it.each([
  ['without a home', { HOME: undefined, XDG_CACHE_HOME: undefined }],
  ['with a home that does not exist', { HOME: '/nonexistent', XDG_CACHE_HOME: undefined }],
  ['with a cache directory that is a file', { XDG_CACHE_HOME: '/etc/hostname' }],
])('starts %s', async (_, env) => {
  expect(await runCli(['--help'], { env })).toMatchObject({ stderr: '', exitCode: 0 });
});

it('keeps nothing of a command line that was refused', async () => {
  const { home } = place();
  mkdirSync(join(home, 'cache'));
  const { exitCode } = await runCli(['no-such-command'], { env: { XDG_CACHE_HOME: join(home, 'cache') } });
  expect([exitCode, readdirSync(join(home, 'cache'))]).toEqual([2, []]);
});

it('reads one file of code for a one-shot that goes well', async () => {
  const { home } = place();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  await runCli(['run', '--', 'cmd:echo hello'], { env });
  const kept = readdirSync(join(home, 'cache/supertask'));
  expect(kept.map((name) => name.replace(/^.*-run-/, ''))).toEqual(['main.cjs.bin']);
});

it('takes no compiled code of another build of the same sources', async () => {
  const { home } = place();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const listing = ['list-runs', '--json'];
  for (let round = 0; round < 2; round++) expect((await runCli(listing, { env })).stdout).toBe('[]\n');
  // Its chunks have other names of the same length; packages are found from beside the first.
  const other = mkdtempSync(join(CACHE, 'other-build-'));
  try {
    cpSync(join(ROOT, 'dist/cli'), join(other, 'cli'), { recursive: true });
    const chunk = readdirSync(join(other, 'cli')).find((name) => name.startsWith('list-')) ?? '';
    const renamed = chunk.replace('list-', 'tsil-');
    renameSync(join(other, 'cli', chunk), join(other, 'cli', renamed));
    for (const name of readdirSync(join(other, 'cli'))) {
      const text = readFileSync(join(other, 'cli', name), 'utf8');
      writeFileSync(join(other, 'cli', name), text.replaceAll(chunk, renamed));
    }
    const { exit } = startCommand([process.execPath, join(other, 'cli/start.cjs'), ...listing], { env });
    expect(await exit).toMatchObject({ exitCode: 0, stdout: '[]\n', stderr: '' });
  } finally {
    rmSync(other, { recursive: true });
  }
});
