import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/build.ts';
import { BIN, place, startCli, startCommand } from './support/cli.ts';

const EXAMPLES = join(ROOT, 'examples');

/** A directory with a copy of the examples and a `supertask` on PATH, as after `npm install --global`. */
function setUp(extra: Readonly<Record<string, string>> = {}): { cwd: string; env: Record<string, string> } {
  const { home, work } = place();
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(EXAMPLES, join(work, 'examples'), { recursive: true });
  for (const [name, text] of Object.entries({
    supertask: `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`,
    ...extra,
  })) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return { cwd: work, env: { PATH: `${bin}:${process.env['PATH']}` } };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const UV = '#!/bin/sh\ntest "$1" = run && shift\nexec "$@"\n';

describe('the examples that run once', () => {
  it.each([
    ['once.sh', 'hello\n', {}],
    ['exec.sh', 'a b\n$HOME\n*\n', {}],
    ['node-snippet.sh', '1 4 9\n', {}],
    ['uv.sh', '42\n', { uv: UV.replace('exec "$@"', 'shift; exec python3 "$@"') }],
  ])('%s', async (file, stdout, programs) => {
    const result = await startCommand(['sh', `examples/${file}`], setUp(programs)).exit;
    expect(result.stdout).toContain(stdout);
    expect(result.exitCode).toBe(0);
  });
});

it('dependencies.yaml runs its tasks one after another', async () => {
  const result = await startCli(['run', '--file', 'examples/dependencies.yaml'], setUp()).exit;
  expect(result.stdout).toBe('extract | extract\nload | load\nreport | report\n');
  expect(result.exitCode).toBe(0);
});

it('retry.yaml is tried again until it is right', async () => {
  const result = await startCli(['run', '--file', 'examples/retry.yaml'], setUp()).exit;
  expect(result).toMatchObject({ stdout: 'attempt 1 of 3\nattempt 2 of 3\n', exitCode: 0 });
});

describe('the examples that run until they are stopped', () => {
  it.each([
    ['seconds.sh', 'stdout', /^\d\d$/],
    ['daily.sh', 'stderr', /next \d{4}-\d\d-\d\d 0[23]:[03]0:00/],
    ['watch-from-start.sh', 'stdout', /./],
    ['watch-after-finish.sh', 'stdout', /%/],
    ['python-snippet.sh', 'stdout', /^-?\d/],
  ] as const)('%s', async (file, stream, line) => {
    const running = startCommand(['sh', `examples/${file}`], setUp());
    await running.waitForLine(stream, line);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [['--file', 'examples/python-file.py'], /^hello Ada$/],
    [['--when=every 1s', '--', 'examples/node-task.ts'], /^hello at \d{4}/],
    [['--file', 'examples/timetable.yaml'], /^beat \| beat$/],
    [['--file', 'examples/timetable-canonical.yaml'], /^beat$/],
    [['--file', 'examples/timetable.json'], /^beat \| beat$/],
    [['--file', 'examples/parameters.yaml'], /the step before said hello on \d/],
    [['--file', 'examples/parameters.yaml', '--arg', 'who=$x'], /Hallo, \$x: it is \d\d:\d\d \+0\d:00/],
    [['--file', 'examples/directory'], /^db\.clean +\| cleaning$/],
    [['--file', 'examples/directory'], /^db\.backup\.dump +\| dumping in db$/],
    [['--file', 'examples/apscheduler.yaml'], /^beat +\| beat Ada$/],
  ] as const)('run %j', async (args, line) => {
    const running = startCli(['run', ...args], setUp());
    await running.waitForLine('stdout', line);
    running.signal('SIGTERM');
    expect(await running.exit).toMatchObject({ exitCode: 0 });
  });
});

it('actions.yaml tells the first failure and the recovery', async () => {
  const options = setUp();
  const file = join(options.cwd, 'examples/actions.yaml');
  const text = readFileSync(file, 'utf8').replaceAll('/tmp/supertask-example', join(options.cwd, 'kept'));
  writeFileSync(file, text);
  const running = startCli(['run', '--file', file], options);
  await running.waitForLine('stdout', /check has failed$/);
  writeFileSync(join(options.cwd, 'kept-up'), '');
  await running.waitForLine('stdout', /check works again$/);
  running.signal('SIGTERM');
  expect(await running.exit).toMatchObject({ exitCode: 0 });
});

it('the ready-made things, with a server, a port and a directory of their own', async () => {
  const options = setUp();
  const file = join(options.cwd, 'examples/ready-made.yaml');
  const kept = join(options.cwd, 'kept');
  const port = await freePort();
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll('8932', String(port)).replaceAll('/tmp/supertask-example', kept));
  const running = startCli(['run', '--file', file], options);
  await running.waitForLine('stdout', /^watch \| GET http:.*\/health: 200 OK, 16 B in \d+ ms$/);
  await running.waitForLine('stdout', /^prices \| removed 0 files, 0 B; \d matching files? left$/);
  running.signal('SIGTERM');
  expect(await running.exit).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(kept, 'prices.csv'), 'utf8')).toBe('tea;3');
});

describe('the systemd unit', () => {
  it('is one that systemd accepts', (context) => {
    try {
      execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    } catch {
      context.skip('systemd-analyze is not on this machine');
    }
    const { cwd } = setUp();
    const out = execFileSync(
      'systemd-analyze',
      ['verify', '--user', join(cwd, 'examples/supertask.service')],
      {
        env: { PATH: process.env['PATH'], HOME: cwd, XDG_RUNTIME_DIR: cwd },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    expect(out).toBe('');
  });
});

it('each say on top how to try them', () => {
  const files = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) {
    if (name.endsWith('.json')) continue;
    expect(readFileSync(join(EXAMPLES, name), 'utf8').slice(0, 500), name).toMatch(
      /examples\/|supertask run|systemctl/,
    );
  }
});
