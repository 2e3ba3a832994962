/** What is special about processes that are prepared; the contract is held for them in contract.test.ts. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { Executor, Preparation, Prepared } from '../../src/executor/executor.js';
import { createExecutor } from '../../src/executor/local.js';
import type { Target } from '../../src/model/target.js';
import { bundleSource } from '../bench/load-source.mjs';
import { expectNoSurvivors, gone, observe, survivors, sweep } from '../support/execution.js';

type Environment = Readonly<Record<string, string>>;

const executor = createExecutor();
const place = mkdtempSync(join(tmpdir(), 'supertask-gate-'));

afterEach(expectNoSurvivors);
afterAll(() => rmSync(place, { recursive: true }));

function cmd(line: string): Target {
  return { kind: 'cmd', line, words: [] };
}

/** What is known before the instant. */
function preparation(target: Target, changes: Partial<Preparation> = {}): Preparation {
  const runId = randomUUID();
  const env = { ...process.env, SUPERTASK_RUN_ID: runId, ...changes.env };
  return { runId, target, cwd: place, ...changes, env };
}

const STARTED = { SUPERTASK_STARTED_AT: '2026-01-01T00:00:00.001Z' };

/** Let a prepared process go with what the request of a real run would add. */
function letGo(prepared: Prepared | undefined, { runId, target }: Preparation, late: Environment = STARTED) {
  const start: Executor['start'] = (request) => {
    const execution = prepared?.start(request);
    if (execution === undefined) throw new Error('it was sent away');
    return execution;
  };
  return observe({ ...executor, start }, target, { runId, cwd: place, env: late });
}

it('knows what became known at its instant, and nothing of the gate', async () => {
  const line = 'echo "$SUPERTASK_STARTED_AT"; cd /proc/self/fd; echo *';
  const request = preparation(cmd(line));
  const late = { SUPERTASK_STARTED_AT: "2026-01-01T00:00:00.001Z \\'$" };
  const prepared = executor.prepare?.(request);
  const plain = await observe(executor, request.target, { cwd: place, env: late }).result();
  const { stdout } = await letGo(prepared, request, late).result();
  expect(String(stdout)).toBe(String(plain.stdout));
  expect(String(stdout).startsWith(`${late.SUPERTASK_STARTED_AT}\n`)).toBe(true);
});

it('runs nothing when it is sent away', async () => {
  const file = join(place, randomUUID());
  const request = preparation(cmd(`touch ${file}`));
  executor.prepare?.(request)?.discard();
  await gone(request.runId);
  expect(existsSync(file)).toBe(false);
});

it('runs nothing when supertask is killed', async () => {
  const file = join(place, randomUUID());
  const request = preparation(cmd(`touch ${file}`));
  const child = spawn(process.execPath, ['-e', PREPARE], {
    env: { BUNDLE: await bundleSource('executor/local.ts', place), REQUEST: JSON.stringify(request) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(survivors(request.runId)).toHaveLength(1);
  child.kill('SIGKILL');
  await gone(request.runId);
  expect(existsSync(file)).toBe(false);
});

/** A program that prepares a run and waits. */
const PREPARE = `
import(process.env.BUNDLE).then(({ createExecutor }) => {
  createExecutor().prepare(JSON.parse(process.env.REQUEST));
  console.log('ready');
  setInterval(() => {}, 1e6);
});`;

it('is sent away when the run turns out to be another one', async () => {
  const file = join(place, randomUUID());
  const request = preparation(cmd(`touch ${file}`));
  const prepared = executor.prepare?.(request);
  expect(() => letGo(prepared, request, { ...STARTED, SUPERTASK_TRIGGER: 'catch-up' })).toThrow(
    'it was sent away',
  );
  await gone(request.runId);
  expect(existsSync(file)).toBe(false);
});

it('is not let go when somebody has killed it', async () => {
  const request = preparation(cmd('echo hi'));
  const prepared = executor.prepare?.(request);
  await sweep(request.runId);
  // The end of a child is told by the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(() => letGo(prepared, request)).toThrow('it was sent away');
});

it.each<[string, Target, Environment]>([
  ['a program that does not exist', { kind: 'exec', program: 'no-such-program', words: [] }, {}],
  ['a script without its interpreter', { kind: 'exec', program: script('#!/no/such/sh\n'), words: [] }, {}],
  ['a file that is not executable', { kind: 'exec', program: script('', 0o644), words: [] }, {}],
  ['a variable that a shell would drop', cmd('true'), { 'a.b': '1' }],
  ['arguments of some size', { kind: 'exec', program: 'true', words: ['x'.repeat(100_000)] }, {}],
  ['a target that looks around first', { kind: 'python', code: 'pass', words: [] }, {}],
])('is not made for %s', (_, target, env) => {
  expect(executor.prepare?.(preparation(target, { env }))).toBeUndefined();
});

it('is not made in a directory that does not exist', () => {
  expect(executor.prepare?.(preparation(cmd('true'), { cwd: '/does/not/exist' }))).toBeUndefined();
});

function script(text: string, mode = 0o755): string {
  const path = join(place, randomUUID());
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
