import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/executor/local.js';
import type { Stream } from '../../src/model/event.js';
import { parseTarget } from '../../src/model/target-text.js';
import { expectNoSurvivors, observe, survivors, sweep } from '../support/execution.js';

const executor = createExecutor();
const hasty = createExecutor({ drainMs: 50 });
const place = mkdtempSync(join(tmpdir(), 'supertask-output-'));
const run = (line: string, changes: Parameters<typeof observe>[2] = {}, by = executor) =>
  observe(by, parseTarget(`cmd:${line}`), { cwd: place, ...changes });

afterEach(expectNoSurvivors);
afterAll(() => rmSync(place, { recursive: true }));

describe('what a run writes', () => {
  it('comes back byte for byte on both streams at once', async () => {
    const line = 'head -c 1048576 /dev/urandom | tee a >&1 & head -c 1048576 /dev/urandom | tee b >&2 & wait';
    const { outcome, stdout, stderr } = await run(line).result();
    expect(outcome).toEqual({ status: 'succeeded', exitCode: 0 });
    expect(stdout.equals(readFileSync(join(place, 'a')))).toBe(true);
    expect(stderr.equals(readFileSync(join(place, 'b')))).toBe(true);
  });

  it('may be no text at all', async () => {
    const { stdout } = await run("printf '\\000\\377\\300\\200\\r\\n\\342\\200\\250no newline'").result();
    expect(stdout.toString('latin1')).toBe('\x00\xff\xc0\x80\r\n\xe2\x80\xa8no newline');
  });

  it('may be more than a string can hold with its exit code kept', async () => {
    let bytes = 0;
    const count = (_: Stream, chunk: Buffer) => {
      bytes += chunk.length;
      return undefined;
    };
    const { outcome } = await run('head -c 90000000 /dev/zero; exit 3', { output: count }).result();
    expect(outcome).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 3 });
    expect(bytes).toBe(90_000_000);
  });

  it('is read no faster than it is taken, and is complete all the same', async () => {
    const total = 8_388_608;
    const wanted = createHash('sha256').update(Buffer.alloc(total, 'y\n')).digest('hex');
    const taken = createHash('sha256');
    let pending = 0;
    let most = 0;
    const slowly = async (_: Stream, chunk: Buffer) => {
      most = Math.max(most, ++pending);
      await new Promise((resolve) => setImmediate(resolve));
      taken.update(chunk);
      pending -= 1;
    };
    await run(`yes 2>/dev/null | head -c ${total}`, { output: slowly }, hasty).execution.ended;
    expect(most).toBe(1);
    expect(taken.digest('hex')).toBe(wanted);
  });

  it('is not lost when whoever takes it needs longer than the drain', async () => {
    const chunks: Buffer[] = [];
    let exited = () => {};
    const end = new Promise<void>((resolve) => {
      exited = resolve;
    });
    const slowly = (_: Stream, chunk: Buffer) => {
      chunks.push(chunk);
      return end;
    };
    const going = run('head -c 150000 /dev/zero', { output: slowly }, hasty);
    const { pid = 0 } = (await going.started) ?? {};
    // A second run that takes several drains tells that time has passed.
    while (survivors(going.runId).includes(pid)) await run('true', {}, hasty).execution.ended;
    await run('sleep 0.3').execution.ended;
    exited();
    await going.execution.ended;
    expect(Buffer.concat(chunks).length).toBe(150_000);
  });

  it('may end before the run does', async () => {
    await run('mkfifo gate').execution.ended;
    const going = run('echo up; exec >&- 2>&-; read -r line < gate; exit "$line"');
    await going.seen('up');
    // What comes after the streams' end is the run's own: it waits for the gate.
    await run('echo 7 > gate').execution.ended;
    expect(await going.execution.ended).toEqual({ status: 'failed', reason: 'exit-code', exitCode: 7 });
  });
});

describe('streams by name', () => {
  const script = 'echo out > /dev/stdout; echo err > /dev/stderr';

  it('can be opened by a line that does so', async () => {
    const { outcome, stdout, stderr } = await run(script).result();
    expect([outcome.status, String(stdout), String(stderr)]).toEqual(['succeeded', 'out\n', 'err\n']);
  });

  it('can be opened by scripts where every run has real pipes, one after another and side by side', async () => {
    const thorough = createExecutor({ pipes: 'always', drainMs: 50 });
    writeFileSync(join(place, 'script.sh'), script);
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(
        Array.from({ length: 20 }, () => run('sh ./script.sh', {}, thorough).result()),
      );
      for (const { stdout, stderr } of results) expect(`${stdout}${stderr}`).toBe('out\nerr\n');
    }
  });

  it('are not handed on while somebody writes to them', async () => {
    const thorough = createExecutor({ pipes: 'always', drainMs: 50 });
    await run('true', {}, thorough).execution.ended;
    const daemon = run('(sleep 0.2; yes) & true', { output: () => undefined }, thorough);
    await daemon.execution.ended;
    for (let round = 0; round < 40; round++) {
      const { stdout } = await run('echo mine', {}, thorough).result();
      expect(String(stdout)).toBe('mine\n');
    }
    await sweep(daemon.runId);
  });

  it('leave no descriptor open when nothing was started', async () => {
    const thorough = createExecutor({ pipes: 'always' });
    const fail = () => run('true', { cwd: '/does/not/exist' }, thorough).execution.ended;
    await fail();
    await run('true', {}, thorough).execution.ended;
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 40; round++) {
      expect(await fail()).toMatchObject({ status: 'errored' });
      // Descriptors are closed at the end of a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });
});

describe('processes in the background', () => {
  it.each([
    ['holds both streams', 'sleep 300 & echo done'],
    ['left group and session and holds a stream', 'setsid sleep 300 & echo done'],
    ['holds nothing', 'sleep 300 >/dev/null 2>&1 & echo done'],
  ])('one that %s is counted and left alone', async (_, line) => {
    const going = run(line, {}, hasty);
    const { outcome, stdout } = await going.result();
    expect({ outcome, stdout: String(stdout) }).toEqual({
      outcome: { status: 'succeeded', exitCode: 0, leftovers: 1 },
      stdout: 'done\n',
    });
    expect(survivors(going.runId)).toHaveLength(1);
    await sweep(going.runId);
  });

  it('one that writes for ever does not keep the run going', async () => {
    const going = run('yes & true', { output: () => undefined }, hasty);
    expect(await going.execution.ended).toMatchObject({ status: 'succeeded', leftovers: 1 });
    await sweep(going.runId);
  });
});
