/** The store among real processes: races, kills, and what is left after them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isProcessAlive } from '../../../src/store/file/identity.js';
import { createFileStore, type FileStore } from '../../../src/store/file/store.js';

import { definition, dueRun, ORIGIN, owned } from '../conformance.js';
import { bundleStore } from './bundle.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/store');

let bundle: Awaited<ReturnType<typeof bundleStore>>;
let directory: string;
let root: string;
let store: FileStore;
const children: ChildProcess[] = [];

beforeAll(async () => {
  bundle = await bundleStore();
});
afterAll(() => bundle.dispose());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'supertask-'));
  root = join(directory, 'state');
  store = createFileStore({ root, version: '1.0.0' });
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(directory, { recursive: true });
});

function start(
  file: string,
  words: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const args = [join(FIXTURES, file), bundle.path, root, ...words];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  children.push(child);
  return child;
}

function linesOf(child: ChildProcess): AsyncIterableIterator<string> {
  if (child.stdout === null) throw new Error('no stdout');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('many processes', () => {
  it('never claim a run twice, and claim all of them', async () => {
    const claimants = Array.from({ length: 16 }, () => start('claim-same-runs.mjs', ['40']));
    const outputs = claimants.map((child) => linesOf(child));
    for (const lines of outputs) expect((await lines.next()).value).toBe('ready');
    for (const child of claimants) child.stdin?.end();
    const won = await Promise.all(
      outputs.map(async (lines) => JSON.parse((await lines.next()).value) as string[]),
    );
    expect(won.flat()).toHaveLength(40);
    expect(new Set(won.flat()).size).toBe(40);
    const runs = await store.runs({ limit: 100 });
    expect(runs.map((run) => run.status)).toEqual(Array.from({ length: 40 }, () => 'succeeded'));
  });

  it('leave one journal when they come one after the other', async () => {
    for (let index = 0; index < 20; index++) {
      const writer = await store.open('n1', ORIGIN, { mode: 'once', startedAt: new Date() });
      await writer.claim([{ run: dueRun('a', `2026-05-01T00:00:${10 + index}Z`, { status: 'skipped' }) }]);
      await writer.close('done');
    }
    expect(readdirSync(join(root, 'namespaces/n1/journal'))).toHaveLength(1);
    expect(await store.runs({ limit: 100 })).toHaveLength(20);
  });
});

describe('kill -9', () => {
  it('at random instants loses no record that was acknowledged, and leaves nothing running', async () => {
    const claimed = new Set<string>();
    const ended = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const child = start('run-for-ever.mjs');
      const stopAfter = 1 + Math.floor(Math.random() * 60);
      let seen = 0;
      for await (const line of linesOf(child)) {
        const [what, id = ''] = line.split(' ');
        (what === 'claimed' ? claimed : ended).add(id);
        if (++seen === stopAfter) child.kill('SIGKILL');
      }
    }
    const runs = new Map((await store.runs({ limit: 10_000 })).map((run) => [run.id, run]));
    expect([...claimed].filter((id) => !runs.has(id))).toEqual([]);
    expect([...ended].filter((id) => runs.get(id)?.status !== 'succeeded')).toEqual([]);
    const open = [...runs.values()].filter((run) => !ended.has(run.id) && run.status !== 'succeeded');
    expect(open.filter((run) => run.reason !== 'lost')).toEqual([]);
    const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    const lost = await writer.heartbeat(new Date());
    expect(lost.map((run) => run.id).sort()).toEqual(open.map((run) => run.id).sort());
    expect(await writer.heartbeat(new Date())).toEqual([]);
    expect((await writer.past()).get('a')?.attendedUntil).toBeUndefined();
    await writer.close('done');
    expect(
      readdirSync(join(root, 'namespaces/n1/journal')).filter((name) => !name.startsWith('free-')),
    ).toEqual([]);
  });

  it('frees the slot of the run that was going', async () => {
    const child = start('run-for-ever.mjs', ['1', 'hold']);
    await linesOf(child).next();
    const writer = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    const [blocked] = await writer.claim([{ run: dueRun('a', '2026-05-01T01:00:00Z'), maxLive: 1 }]);
    expect(blocked?.kind).toBe('overlap');
    await kill(child);
    const [free] = await writer.claim([{ run: dueRun('a', '2026-05-01T02:00:00Z'), maxLive: 1 }]);
    expect(free?.kind).toBe('owned');
    await writer.close('done');
  });

  it('lets exactly one of many have the slot of a dead run', async () => {
    const dead = start('run-for-ever.mjs', ['1', 'hold']);
    await linesOf(dead).next();
    await kill(dead);
    const takers = Array.from({ length: 10 }, (_, index) => start('take-slot.mjs', [String(index)]));
    const outputs = takers.map((child) => linesOf(child));
    for (const lines of outputs) expect((await lines.next()).value).toBe('ready');
    for (const child of takers) child.stdin?.write('go\n');
    const answers = await Promise.all(outputs.map(async (lines) => (await lines.next()).value as string));
    expect(answers.filter((answer) => answer === 'owned')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'overlap')).toHaveLength(9);
  });

  it('never lets more share a limit than may, and gives places of the dead to those that wait longest', async () => {
    const max = 3;
    const takers = Array.from({ length: 20 }, (_, index) => {
      const child = start('take-limit.mjs', [String(index), String(max)]);
      return { child, index, lines: linesOf(child), state: 'new' };
    });
    type Taker = (typeof takers)[number];
    const isOwner = ({ state }: Taker): boolean => state === 'owned';
    const ask = async (which: readonly Taker[]): Promise<void> => {
      for (const { child } of which) child.stdin?.write('go\n');
      for (const taker of which) taker.state = (await taker.lines.next()).value;
    };
    for (const { lines } of takers) expect((await lines.next()).value).toBe('ready');
    await ask(takers);
    expect(takers.filter(isOwner).length).toBeGreaterThan(0);
    let left = takers;
    while (left.length > 0) {
      const waiting = left.filter((taker) => !isOwner(taker));
      // All at once: whoever asks before another has seen the place of a dead one may find it taken.
      const open = Math.min(max - (left.length - waiting.length), waiting.length);
      for (let round = 0; round < 20 && waiting.filter(isOwner).length < open; round++)
        await ask(waiting.filter((taker) => !isOwner(taker)));
      expect(left.filter(isOwner)).toHaveLength(Math.min(max, left.length));
      expect(waiting.filter(isOwner).map(({ index }) => index)).toEqual(
        waiting.slice(0, open).map(({ index }) => index),
      );
      for (const { child } of left.filter(isOwner)) await kill(child);
      left = left.filter((taker) => !isOwner(taker));
    }
    expect((await store.check()).map(({ kind }) => kind)).toContain('stale-slot');
    await store.repair();
    expect(readdirSync(join(root, 'namespaces/n1/slots'))).toEqual([]);
  });

  it('is not the only end of a scheduler: those behind a run that waits under a stopped one pass it', async () => {
    let now = new Date();
    const patient = createFileStore({ root, version: '1.0.0', now: () => now });
    const writer = await patient.open('n1', ORIGIN, { mode: 'schedule', startedAt: now });
    const limits = [{ key: 'db', max: 1 }];
    const ask = async (at: string) => {
      const run = dueRun('a', at);
      return { id: run.id, answer: (await writer.claim([{ run, limits }]))[0] };
    };
    const { id } = await ask('2026-05-01T00:00:00Z');
    const child = start('take-limit.mjs', ['0', '1']);
    const lines = linesOf(child);
    expect((await lines.next()).value).toBe('ready');
    child.stdin?.write('go\n');
    expect((await lines.next()).value).toBe('waiting');
    child.kill('SIGSTOP');
    await writer.record({ id, status: 'succeeded' });
    expect((await ask('2026-05-03T00:00:00Z')).answer?.kind).toBe('waiting');
    now = new Date(now.getTime() + 180_000);
    await expect.poll(async () => (await ask('2026-05-03T00:00:00Z')).answer?.kind).toBe('owned');
    await writer.close('test');
  });

  it('does not make a run lost while a process of it lives', async () => {
    const run = dueRun('a', '2026-05-01T01:00:00Z');
    const first = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    await first.setJobs([definition('a')]);
    owned((await first.claim([{ run, maxLive: 1 }]))[0]).close();
    // Its environment is all that tells whose it is: the pid was never journalled.
    const env = { ...process.env, SUPERTASK_RUN_ID: run.id };
    const orphan = spawn('sleep', ['60'], { env, stdio: 'ignore' });
    children.push(orphan);
    await new Promise((resolve) => orphan.once('spawn', resolve));
    await first.close('killed');
    expect(await store.runs({ limit: 1 })).toMatchObject([{ id: run.id, status: 'starting' }]);
    const second = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    expect(await second.heartbeat(new Date())).toEqual([]);
    const [blocked] = await second.claim([{ run: dueRun('a', '2026-05-01T02:00:00Z'), maxLive: 1 }]);
    expect(blocked).toMatchObject({ kind: 'overlap', holder: { id: run.id } });
    await kill(orphan);
    expect(await second.heartbeat(new Date())).toMatchObject([{ id: run.id, reason: 'lost' }]);
    await second.close('done');
  });

  it('of a process whose pid is used again makes its run lost all the same', async () => {
    const run = dueRun('a', '2026-05-01T01:00:00Z');
    const first = await store.open('n1', ORIGIN, { mode: 'schedule', startedAt: new Date() });
    await first.claim([{ run }]);
    const stranger = { pid: process.pid, start: '1', boot: '' };
    await first.record({ id: run.id, status: 'running', process: stranger });
    await first.close('killed');
    expect(isProcessAlive(stranger)).toBe(false);
    expect(await store.runs({ limit: 1 })).toMatchObject([{ id: run.id, reason: 'lost' }]);
  });
});

describe('a zombie', () => {
  it.skipIf(!existsSync('/proc/self/stat'))('counts as dead', async () => {
    // The shell becomes a sleep, which never waits for the child that it left.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(parent);
    const pid = Number((await linesOf(parent).next()).value);
    await expect.poll(() => isProcessAlive({ pid, start: '', boot: '' })).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  });
});
