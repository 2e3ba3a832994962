/** What a user gets from the registry: the packed archive, unpacked where there is nothing else. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from './support/build.ts';

type Packed = {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
};

const directory = mkdtempSync(join(tmpdir(), 'supertask-package-'));
const unpacked = join(directory, 'package');
let packed: Packed;

beforeAll(() => {
  const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [first] = JSON.parse(told) as Packed[];
  if (!first) throw new Error(`npm pack told of no archive: ${told}`);
  packed = first;
  execFileSync('tar', ['-xzf', join(directory, packed.filename), '-C', directory]);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function node(args: readonly string[], cwd = directory) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: directory },
  });
  return { status, stdout, stderr };
}

it('has the program, the library with its types, and nothing that only developers need', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'bin/supertask.cjs',
      'dist/cli/start.cjs',
      'dist/cli/main.cjs',
      'dist/uses/main.cjs',
      'dist/lib/index.js',
      'dist/lib/index.d.ts',
      'dist/supertask.1',
      'package.json',
    ]),
  );
  expect(
    paths.filter((path) => /^(src|test|\.ci|node_modules)\/|^(tsconfig|tsdown|vitest|biome|knip)/.test(path)),
  ).toEqual([]);
});

it('runs where nothing else is installed', () => {
  const { version } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as { version: string };
  const bin = join(unpacked, 'bin/supertask.cjs');
  expect(node([bin, '--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  expect(node([bin, 'run', '--', 'cmd:echo hello'])).toEqual({ status: 0, stdout: 'hello\n', stderr: '' });
});

it('brings what ready-made things need', () => {
  const mail = '{host: localhost, tls: none, port: 1, from: a@b, to: c@d, subject: s, text: t}';
  const tidy = '{path: no-such-directory, older-than: 1d}';
  const text = `tasks: {a: {uses: mail, with: ${mail}}, b: {uses: cleanup, with: ${tidy}}}`;
  writeFileSync(join(directory, 'uses.yaml'), text);
  const { stderr } = node([join(unpacked, 'bin/supertask.cjs'), 'run', '--file', 'uses.yaml']);
  expect(stderr).toContain('mail by way of localhost:1: the connection was refused');
  expect(stderr).toContain('no-such-directory cannot be cleaned up: it does not exist');
});

it('is imported by programs that have it among their dependencies', () => {
  const program = join(directory, 'program');
  mkdirSync(join(program, 'node_modules'), { recursive: true });
  symlinkSync(unpacked, join(program, 'node_modules/supertask'));
  symlinkSync(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'));
  writeFileSync(
    join(program, 'program.mjs'),
    "import * as supertask from 'supertask'; console.log(Object.keys(supertask).length > 0)",
  );
  expect(node(['program.mjs'], program)).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
});

it('has nothing that publint complains of, but for the shell that starts the bin', async () => {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false, strict: true });
  // The bin goes by way of sh, because `env node` takes some of our flags for Node's own: see bin/supertask.cjs.
  const others = messages.filter(({ code }) => code !== 'BIN_FILE_NOT_EXECUTABLE');
  expect(others.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  expect(readFileSync(join(unpacked, 'bin/supertask.cjs'), 'utf8')).toMatch(
    /^#!\/bin\/sh\n':' \/\/ .*; exec node -- /,
  );
});

it('has types that every resolver of ES modules finds', () => {
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, join(directory, packed.filename), '--profile', 'esm-only', '--no-color', '--no-emoji'];
  const { status, stdout } = node(args);
  expect({ status, stdout }).toMatchObject({ status: 0 });
});
