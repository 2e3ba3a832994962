import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN, place, runCli, startCli, startCommand } from '../support/cli.ts';

/** One way to each documented code; the child's own is the row without a number. */
const WAYS: Readonly<Record<string, () => Promise<number | null>>> = {
  "the child's own": async () =>
    (await runCli(['run', '--', 'cmd:exit 42'])).exitCode === 42 ? Number.NaN : -1,
  0: async () => (await runCli(['run', '--', 'true'])).exitCode,
  1: async () => (await runCli(['run', '--when=in 10ms', '--', 'false'])).exitCode,
  2: async () => (await runCli(['run', '--when=never', '--', 'true'])).exitCode,
  75: async () => {
    const args = ['run', '--when=every 1h', '--', 'true'];
    const first = startCli(args);
    await first.waitForLine('stderr', /next /);
    const { exitCode } = await runCli(args);
    first.signal('SIGTERM');
    await first.exit;
    return exitCode;
  },
  69: async () => {
    const first = startCli(['serve', '--http=0']);
    const [, port] = await first.waitForLine('stderr', /http on .*:(\d+)\/$/);
    const { exitCode } = await runCli(['serve', `--http=${port}`]);
    first.signal('SIGTERM');
    await first.exit;
    return exitCode;
  },
  78: async () => (await runCli(['serve', '--http=0.0.0.0:0'])).exitCode,
  124: async () => (await runCli(['run', '--timeout=100ms', '--', 'exec sleep 9'])).exitCode,
  125: async () =>
    (await runCli(['run', '--', 'true'], { env: { SUPERTASK_STATE_DIR: '/dev/null/x' } })).exitCode,
  126: async () => (await runCli(['run', '--exec', '--', place().work])).exitCode,
  127: async () => (await runCli(['run', '--exec', '--', 'no-such-program'])).exitCode,
  129: async () => {
    const running = startCli(['run', '--when=every 1h', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    running.signal('SIGHUP');
    return (await running.exit).exitCode;
  },
  131: async () => {
    const running = startCli(['run', '--when=every 1h', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    running.signal('SIGQUIT');
    return (await running.exit).exitCode;
  },
  130: async () => {
    const running = startCli(['run', '--when=every 1h', '--', 'true']);
    await running.waitForLine('stderr', /next /);
    running.signal('SIGINT');
    return (await running.exit).exitCode;
  },
  141: async () => {
    await runCli(['run', '--output=quiet', '--', 'seq 1 200000']);
    const line = '"$@" | head -n 1 > /dev/null; exit ${PIPESTATUS[0]}';
    const logs = [process.execPath, BIN, 'logs', (await lastId()).slice(0, 18)];
    return (await startCommand(['bash', '-c', line, 'bash', ...logs]).exit).exitCode;
  },
};

async function lastId(): Promise<string> {
  const { stdout } = await runCli(['list-runs', '--json']);
  return (JSON.parse(stdout) as { id: string }[])[0]?.id ?? '';
}

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/exit-codes.md'), 'utf8');
const documented = [...DOCS.matchAll(/^\| (\d+|the child's own) \|/gm)].map(([, code]) => code ?? '');

it('documents each exit code that there is a way to, and no other', () => {
  expect([...documented].sort()).toEqual(Object.keys(WAYS).sort());
});

it.each(documented)('ends with %s', async (code) => {
  const exitCode = await WAYS[code]?.();
  expect(exitCode).toBe(Number(code));
});

const canBeFirst = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

it.skipIf(!canBeFirst).each(['TERM', 'INT', 'HUP', 'KILL'] as const)(
  'as the first process of a container it tells of SIG%s by a code (unshare and root needed)',
  async (name) => {
    const program = ['unshare', '--pid', '--fork', '--mount-proc', process.execPath, BIN];
    const { exitCode } = await startCommand([...program, 'run', '--', `kill -${name} $$`]).exit;
    expect(exitCode).toBe(128 + constants.signals[`SIG${name}`]);
  },
);
