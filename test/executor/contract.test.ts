/** What every kind of target promises alike: how it ends, what it says, and that nothing of it stays behind. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Executor } from '../../src/executor/executor.js';
import { createExecutor } from '../../src/executor/local.js';
import { NO_CALL, type Target } from '../../src/model/target.js';
import { createContainerRig } from '../support/container.js';
import { expectNoSurvivors, gone, observe, survivors } from '../support/execution.js';

/** Programs with one behaviour each, in the language of a target; what cannot be said in it is not asked. */
type Language = {
  /** Writes `out` and `err` to the two streams and exits with 3. */
  readonly speak?: string;
  readonly killItself?: string;
  /** The following say `up` when they are ready, and go on for ever. */
  readonly wait: string;
  readonly ignoreTerm?: string;
  readonly exitOnTerm?: string;
  /** Has a child that ignores TERM, and dies of it itself. */
  readonly stubbornChild?: string;
};

const STUBBORN = `trap "" TERM; echo up; while :; do sleep 1; done`;

const SHELL: Language = {
  speak: 'printf out; printf err >&2; exit 3',
  killItself: 'kill -KILL $$',
  wait: 'echo up; while :; do sleep 1; done',
  ignoreTerm: STUBBORN,
  exitOnTerm: 'trap "exit 0" TERM; echo up; while :; do sleep 0.01; done',
  stubbornChild: `(${STUBBORN}) & wait`,
};

const PYTHON: Language = {
  speak: 'import sys; sys.stdout.write("out"); sys.stderr.write("err"); sys.exit(3)',
  killItself: 'import os; os.kill(os.getpid(), 9)',
  wait: 'import time; print("up"); time.sleep(300)',
  ignoreTerm:
    'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print("up"); time.sleep(300)',
  exitOnTerm:
    'import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print("up"); time.sleep(300)',
  stubbornChild: `import subprocess; subprocess.run(["sh", "-c", '''${STUBBORN}'''])`,
};

const forever = 'setInterval(() => {}, 1e6); await new Promise(() => {});';
const NODE: Language = {
  speak: 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3;',
  killItself: `process.kill(process.pid, "SIGKILL"); ${forever}`,
  wait: `console.log("up"); ${forever}`,
  ignoreTerm: `process.on("SIGTERM", () => {}); console.log("up"); ${forever}`,
  exitOnTerm: `process.on("SIGTERM", () => process.exit(0)); console.log("up"); ${forever}`,
  stubbornChild: `(await import("node:child_process")).spawn("sh", ["-c", ${JSON.stringify(STUBBORN)}], { stdio: "inherit" }); ${forever}`,
};

type Kind = {
  readonly name: string;
  readonly language: Language;
  readonly target: (code: string) => Target;
  readonly env?: Readonly<Record<string, string>>;
  /** Its process stands ready before it is started, wherever that can be done. */
  readonly isPrepared?: boolean;
  /** The engine passes a death by signal on as 128 + n. */
  readonly signalAsCode?: boolean;
  /** How to name something that does not exist, and how the run ends then. */
  readonly missing?: { target: Target; env?: Record<string, string>; status: string; says?: string };
};

const place = mkdtempSync(join(tmpdir(), 'supertask-contract-'));
const nowhere = join(place, 'empty');
mkdirSync(nowhere);
const bin = join(import.meta.dirname, '../fixtures/executor/bin');
const rig = createContainerRig();
let files = 0;

/** Write a file of its own for one test; its path. */
function write(extension: string, text: string): string {
  const path = join(place, `file${++files}${extension}`);
  writeFileSync(path, text);
  return path;
}

const pythonFile = (code: string): Target => ({
  kind: 'python-file',
  path: write('.py', `def run():\n    ${code}\n`),
  func: undefined,
  words: [],
  call: NO_CALL,
});
const nodeFile = (extension: string, text: string): Target => ({
  kind: 'node-file',
  path: write(extension, text),
  func: undefined,
  words: [],
  call: NO_CALL,
});

const kinds: Kind[] = [
  {
    name: 'cmd',
    language: SHELL,
    target: (line) => ({ kind: 'cmd', line, words: [] }),
    missing: { target: { kind: 'cmd', line: 'no-such-program', words: [] }, status: 'failed' },
  },
  {
    name: 'exec',
    language: SHELL,
    target: (code) => ({ kind: 'exec', program: 'sh', words: ['-c', code] }),
    missing: {
      target: { kind: 'exec', program: 'no-such-program', words: [] },
      status: 'errored',
      says: '"no-such-program" was not found on PATH',
    },
  },
  {
    name: 'python',
    language: PYTHON,
    target: (code) => ({ kind: 'python', code, words: [] }),
    missing: {
      target: { kind: 'python', code: 'pass', words: [] },
      env: { PATH: nowhere },
      status: 'errored',
      says: '"python3" was not found on PATH; install Python 3',
    },
  },
  {
    name: 'python-file',
    language: PYTHON,
    target: pythonFile,
    missing: {
      target: { kind: 'python-file', path: 'no.py', func: undefined, words: [], call: NO_CALL },
      status: 'errored',
      says: 'no.py does not exist',
    },
  },
  {
    name: 'python-entrypoint',
    language: PYTHON,
    target: (code) => {
      const path = write('.py', `def main():\n    ${code}\n`);
      return {
        kind: 'python-entrypoint',
        entrypoint: `${path.slice(place.length + 1, -3)}:main`,
        call: NO_CALL,
      };
    },
    missing: {
      target: { kind: 'python-entrypoint', entrypoint: 'a:b', call: NO_CALL },
      env: { PATH: nowhere },
      status: 'errored',
      says: '"python3" was not found on PATH',
    },
  },
  {
    name: 'uv (stand-in)',
    language: PYTHON,
    target: (code) => ({ kind: 'uv', words: ['python', '-c', code] }),
    env: { PATH: `${bin}:${process.env['PATH']}` },
    missing: {
      target: { kind: 'uv', words: ['python'] },
      env: { PATH: nowhere },
      status: 'errored',
      says: '"uv" was not found on PATH; install uv: https://',
    },
  },
  {
    name: 'docker',
    language: SHELL,
    target: (code) => ({
      kind: 'docker',
      image: typeof rig === 'string' ? '' : rig.image,
      words: ['sh', '-c', code],
    }),
    env: typeof rig === 'string' ? {} : rig.env,
    signalAsCode: true,
    missing: {
      target: { kind: 'docker', image: 'any', words: [] },
      env: { PATH: nowhere, SUPERTASK_DOCKER: '' },
      status: 'errored',
      says: 'no container engine was found on PATH; install docker or podman',
    },
  },
  { name: 'node', language: NODE, target: (code) => ({ kind: 'node', code, words: [] }) },
  {
    name: 'node-file (.mjs)',
    language: NODE,
    target: (code) => nodeFile('.mjs', `export default async () => { ${code} };`),
    missing: {
      target: { kind: 'node-file', path: 'no.js', func: undefined, words: [], call: NO_CALL },
      status: 'errored',
      says: 'no.js does not exist',
    },
  },
  {
    name: 'node-file (.cjs)',
    language: NODE,
    target: (code) => nodeFile('.cjs', `exports.run = async () => { ${code} };`),
  },
  {
    name: 'node-file (.ts)',
    language: NODE,
    target: (code) => nodeFile('.ts', `export async function run(): Promise<void> { ${code} }`),
  },
];

const server = createServer((_, response) => response.write('up'));
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;

kinds.push({
  name: 'uses',
  language: { wait: '/wait' },
  target: (path) => ({
    kind: 'uses',
    name: 'http',
    with: { url: `http://127.0.0.1:${port}${path}`, print: true },
  }),
});

const late = { SUPERTASK_STARTED_AT: '2026-01-02T03:04:06.000Z' };
for (const kind of kinds.slice(0, 2)) {
  kinds.push({ ...kind, name: `${kind.name}, prepared`, env: late, isPrepared: true });
}

const plain = createExecutor();
const preparing: Executor = {
  ...plain,
  start(request) {
    const prepared = plain.prepare?.(request);
    if (prepared === undefined) return plain.start(request);
    return prepared.start(request) ?? expect.fail('it was sent away');
  },
};

afterEach(expectNoSurvivors);
afterAll(() => {
  server.close();
  server.closeAllConnections();
  if (typeof rig !== 'string') rig.dispose();
  rmSync(place, { recursive: true });
});

describe.each(kinds)('$name', ({ name, language, target, env = {}, isPrepared, signalAsCode, missing }) => {
  const executor = isPrepared ? preparing : plain;
  const reason = name === 'docker' && typeof rig === 'string' ? rig : undefined;
  const lacks = (word: keyof Language) => reason ?? language[word] === undefined;
  const start = (code: string | undefined, changes: Parameters<typeof observe>[2] = {}) =>
    observe(executor, target(code ?? ''), { cwd: place, ...changes, env: { ...env, ...changes.env } });
  const expectGone = async (runId: string) => {
    if (name !== 'docker' || typeof rig === 'string') {
      expect(survivors(runId)).toEqual([]);
      return;
    }
    expect(rig.podman('ps', '--all', '--quiet')).toBe('');
    await gone(runId);
  };
  const brief = { signal: 'SIGTERM', graceMs: 300 } as const;
  const died = (signal: 'SIGTERM' | 'SIGKILL') =>
    signalAsCode ? { exitCode: signal === 'SIGTERM' ? 143 : 137 } : { signal };

  it.skipIf(lacks('speak'))(
    `passes exit code and both streams on${reason ? ` [skipped: ${reason}]` : ''}`,
    async () => {
      const { outcome, stdout, stderr } = await start(language.speak).result();
      expect({ outcome, stdout: String(stdout), stderr: String(stderr) }).toEqual({
        outcome: { status: 'failed', reason: 'exit-code', exitCode: 3 },
        stdout: 'out',
        stderr: 'err',
      });
    },
  );

  it.skipIf(lacks('killItself'))('tells a death by signal', async () => {
    const outcome = await start(language.killItself).execution.ended;
    expect(outcome).toEqual({
      status: 'failed',
      reason: signalAsCode ? 'exit-code' : 'signal',
      ...died('SIGKILL'),
    });
  });

  it.skipIf(reason)('knows its process while it runs', async () => {
    const going = start(language.wait);
    await going.seen('up');
    expect(await going.started).toMatchObject({
      pid: expect.any(Number),
      start: expect.stringMatching(/^\d+$/),
    });
    going.execution.kill();
    expect(await going.execution.ended).toMatchObject({ reason: 'stopped', sent: ['SIGKILL'] });
    await expectGone(going.runId);
  });

  it.skipIf(reason)('fails when it is stopped', async () => {
    const going = start(language.wait);
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toEqual({
      status: 'failed',
      reason: 'stopped',
      ...died('SIGTERM'),
      sent: ['SIGTERM'],
    });
    await expectGone(going.runId);
  });

  it.skipIf(lacks('exitOnTerm'))('succeeds when it is stopped and exits with 0', async () => {
    const going = start(language.exitOnTerm);
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toEqual({ status: 'succeeded', exitCode: 0, sent: ['SIGTERM'] });
  });

  it.skipIf(lacks('ignoreTerm'))('is killed when it ignores the signal', async () => {
    const going = start(language.ignoreTerm, { stop: brief });
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toEqual({
      status: 'failed',
      reason: 'stopped',
      ...died('SIGKILL'),
      sent: ['SIGTERM', 'SIGKILL'],
    });
    await expectGone(going.runId);
  });

  it.skipIf(lacks('stubbornChild'))('takes a grandchild along that ignores the signal', async () => {
    const going = start(language.stubbornChild, { stop: brief });
    await going.seen('up');
    going.execution.stop();
    expect(await going.execution.ended).toMatchObject({ status: 'failed', reason: 'stopped' });
    await expectGone(going.runId);
  });

  it.skipIf(reason)('fails when its time is up', async () => {
    const going = start(language.wait, { timeoutMs: 300 });
    expect(await going.execution.ended).toMatchObject({
      status: 'failed',
      reason: 'timeout',
      sent: ['SIGTERM'],
    });
    await expectGone(going.runId);
  });

  it.runIf(missing)('says what was not found', async () => {
    if (missing === undefined) return;
    const { ended } = observe(executor, missing.target, { env: { ...env, ...missing.env } }).execution;
    const outcome = await ended;
    expect(outcome).toMatchObject({ status: missing.status, exitCode: 127 });
    if (missing.says !== undefined) expect(outcome.message).toContain(missing.says);
  });

  it('names a working directory that does not exist', async () => {
    const { ended } = start(language.wait, { cwd: '/does/not/exist' }).execution;
    expect(await ended).toEqual({
      status: 'errored',
      reason: 'spawn',
      message: 'the working directory /does/not/exist does not exist',
    });
  });
});
