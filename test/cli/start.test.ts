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
import { BIN, place, runCli, startCommand } from '../support/cli.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

it.each(['--version', '-V'])('%s prints the version and nothing else', async (flag) => {
  expect(await runCli([flag])).toMatchObject({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
});

it.each(['--version', '--help', 'run --help'])(
  'says so when what %s prints cannot be written',
  async (line) => {
    const { stderr, exitCode } = await runCli(line.split(' '), { redirect: { stdout: '/dev/full' } });
    expect([stderr, exitCode]).toEqual(['error: standard output cannot be written: ENOSPC\n', 125]);
  },
);

it('takes what a run says on stderr for its output, too, where it cannot be written', async () => {
  const args = ['run', '--', 'cmd:echo wrong >&2'];
  expect(await runCli(args, { redirect: { stderr: '/dev/full' } })).toMatchObject({ exitCode: 125 });
});

it.each(['list-runs', 'run -- true', 'check', 'init'])(
  'says of %s that its directory is gone',
  async (line) => {
    const command = [
      'sh',
      '-c',
      `mkdir gone && cd gone && rmdir ../gone && exec "$@"`,
      'sh',
      process.execPath,
      BIN,
    ];
    expect(await startCommand([...command, ...line.split(' ')]).exit).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: the current directory is gone\nhint: .*\n$/),
    });
  },
);

/** Runs a command with a pipe in place of a stream, of which the reading end is closed before it starts. */
const UNREAD = 'mkfifo -- "$1"; exec 3<>"$1" 4>"$1" 3<&-; shift';

it('ends without complaint when nobody reads the version, or the help of any command', async () => {
  const { stdout: help } = await runCli(['--help']);
  const names = [...help.matchAll(/^ {2}([a-z-]+)[ |].*\[options\]/gm)].map(([, name]) => name ?? '');
  const lines = ['--version', '-V', '--help', ...names.map((name) => `${name} --help`)];
  const each = `for line do "$node" "$bin" $line >&4 4>&- || echo "$line: $?"; done`;
  const script = `${UNREAD}; node=$1 bin=$2; shift 2; ${each}`;
  const { stdout, stderr } = await startCommand([
    'sh',
    '-c',
    script,
    'sh',
    join(place().home, 'pipe'),
    process.execPath,
    BIN,
    ...lines,
  ]).exit;
  expect({ stdout, stderr, isWhole: names.length > 30 }).toEqual({ stdout: '', stderr: '', isWhole: true });
}, 120_000);

it.each([
  ['a command that there is not', ['no-such-command'], 2],
  ['a flag that there is not', ['next', '--no-such-flag'], 2],
  ['a file that there is not', ['run', '--file', 'missing.yaml'], 2],
])('ends with the same code when nobody reads what is wrong with %s', async (_, args, code) => {
  const command = ['sh', '-c', `${UNREAD}; "$@" 2>&4 4>&-`, 'sh', join(place().home, 'pipe')];
  const { exitCode } = await startCommand([...command, process.execPath, BIN, ...args]).exit;
  expect(exitCode).toBe(code);
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

/** @returns The copy's file to start. */
function copyProgram(directory: string): string {
  for (const part of ['bin', 'dist/cli'])
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  return join(directory, 'bin/supertask.cjs');
}

it('takes no compiled code of another build of the same sources', async () => {
  const { home } = place();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const listing = ['list-runs', '--json'];
  for (let round = 0; round < 2; round++) expect((await runCli(listing, { env })).stdout).toBe('[]\n');
  // Its chunks have other names of the same length; packages are found from beside the first.
  const other = mkdtempSync(join(CACHE, 'other-build-'));
  try {
    const bin = copyProgram(other);
    const directory = join(other, 'dist/cli');
    const chunk = readdirSync(directory).find((name) => name.startsWith('list-')) ?? '';
    const renamed = chunk.replace('list-', 'tsil-');
    renameSync(join(directory, chunk), join(directory, renamed));
    for (const name of readdirSync(directory)) {
      const text = readFileSync(join(directory, name), 'utf8');
      writeFileSync(join(directory, name), text.replaceAll(chunk, renamed));
    }
    const { exit } = startCommand([process.execPath, bin, ...listing], { env });
    expect(await exit).toMatchObject({ exitCode: 0, stdout: '[]\n', stderr: '' });
  } finally {
    rmSync(other, { recursive: true });
  }
});

it('ends its run and what that has started when it is told to after its files have been replaced', async () => {
  const other = mkdtempSync(join(CACHE, 'replaced-build-'));
  try {
    const line = 'cmd:echo up; sleep 300 & sleep 300';
    const running = startCommand([process.execPath, copyProgram(other), 'run', '--', line]);
    await running.waitForLine('stdout', /up/);
    rmSync(join(other, 'dist'), { recursive: true });
    running.signal('SIGINT');
    expect(await running.exit).toMatchObject({ signal: 'SIGINT', stderr: '' });
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

it.each([
  [['--', 'echo said; echo more >&2'], {}],
  [['--name=job', '--', 'cmd:echo said; echo more >&2'], {}],
  [['--exec', '--', 'sh', '-c', 'echo said; echo more >&2'], {}],
  [['--', 'echo said; echo more >&2'], { SUPERTASK_HOST_ID: 'here', SUPERTASK_STATUS_LINE: 'never' }],
])('a run that goes well loads one chunk of code: %j %j', async (args, env) => {
  // The first one makes directories.
  await runCli(['run', ...args], { env });
  const cache = join(place().home, 'fresh');
  expect(await runCli(['run', ...args], { env: { ...env, XDG_CACHE_HOME: cache } })).toMatchObject({
    stdout: 'said\n',
    stderr: 'more\n',
    exitCode: 0,
  });
  const chunks = readdirSync(join(cache, 'supertask')).map((name) => name.replace(/^.*-run-/, ''));
  expect(chunks).toEqual(['main.cjs.bin']);
});

const isTwenty = process.versions.node.startsWith('20.');

it.skipIf(!isTwenty)('a single run does without what Node starts processes with, under Node 20', async () => {
  const told = join(place().home, 'told.cjs');
  writeFileSync(
    told,
    `process.on('exit', () => require('node:fs').writeFileSync(process.env.TOLD, process.moduleLoadList.join('\\n')));`,
  );
  const env = { NODE_OPTIONS: `--require=${told}`, TOLD: join(place().home, 'loaded') };
  expect(await runCli(['run', '--', 'cmd:true'], { env })).toMatchObject({ stderr: '', exitCode: 0 });
  const loaded = readFileSync(join(place().home, 'loaded'), 'utf8').split('\n');
  expect(loaded).toContain('NativeModule vm');
  expect(loaded.filter((name) => /NativeModule (child_process|net|stream)$/.test(name))).toEqual([]);
});
