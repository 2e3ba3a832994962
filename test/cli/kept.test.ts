/** Jobs made through the API of a scheduler that runs: real processes, the real control socket, real kills. */
import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/app/parts.ts';
import { exchange } from '../../src/http/client.ts';
import type { Method } from '../../src/http/route.ts';
import type { Json } from '../../src/model/json.ts';
import { place, type Running, runCli, startCli } from '../support/cli.ts';

type Named = Readonly<Record<string, unknown>>;

const TABLE = `
meta: {namespace: shop}
tasks:
  mine: {when: "@yearly", run: echo mine}
`;

function links(): string[] {
  try {
    const directory = join(place().state, 'namespaces/shop/control');
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

async function schedule(...args: string[]): Promise<Running> {
  for (const link of links()) rmSync(link);
  writeFileSync(join(place().work, 'shop.yaml'), TABLE);
  const scheduler = startCli(['run', ...args], { env: { XDG_RUNTIME_DIR: undefined } });
  await expect.poll(() => links().length, { timeout: 10_000 }).toBe(1);
  return scheduler;
}

async function end(scheduler: Running): Promise<void> {
  scheduler.signal('SIGTERM');
  expect(await scheduler.exit).toMatchObject({ exitCode: 0 });
}

async function kill(scheduler: Running): Promise<void> {
  scheduler.signal('SIGKILL');
  await scheduler.exit;
}

async function ask(method: Method, path: string, body?: Json): Promise<{ status: number; body: Named }> {
  const [link] = links();
  const { status, text } = await exchange(readlinkSync(link ?? ''), {
    method,
    path: `/namespaces/shop${path}`,
    by: 'ada',
    ...(body === undefined ? {} : { body }),
  });
  return { status, body: text === '' ? {} : JSON.parse(text) };
}

async function jobs(): Promise<Named[]> {
  return JSON.parse((await runCli(['list-jobs', '--ns=shop', '--json'])).stdout);
}

describe('a job made through the API', () => {
  it('is nothing that a reload of the file would remove', async () => {
    const scheduler = await schedule('--file=shop.yaml');
    await ask('POST', '/jobs', { id: 'tick', task: { when: '@yearly', run: 'echo of the API' } });
    expect(await runCli(['reload', '--dry-run', 'shop.yaml'])).toMatchObject({
      exitCode: 0,
      stdout: 'nothing would change: 2 as before\n',
    });
    await end(scheduler);
  });

  it('is run at once, beside those of the file, and is there again after a kill', async () => {
    const first = await schedule('--file=shop.yaml');
    const task = { when: 'every 1s', run: 'echo by $WHO', env: { WHO: 'ada' } };
    expect(await ask('POST', '/jobs', { id: 'tick', task })).toMatchObject({ status: 201 });
    await first.waitForLine('stderr', /jobs changed: 1 added \(tick\), 1 as before/);
    await first.waitForLine('stdout', /by ada/);
    expect(await ask('POST', '/jobs', { id: 'mine', task })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    await kill(first);
    const second = await schedule('--file=shop.yaml');
    await second.waitForLine('stdout', /by ada/);
    expect(await jobs()).toMatchObject([{ id: 'mine' }, { id: 'tick', origin: 'api' }]);
    expect((await runCli(['why', 'tick', '--ns=shop'])).stdout).toMatch(/succeeded/);
    expect((await runCli(['trigger', 'tick', '--ns=shop', '--wait'])).exitCode).toBe(0);
    expect(await ask('DELETE', '/jobs/tick/definition')).toMatchObject({ status: 204 });
    await second.waitForLine('stderr', /jobs changed: 1 removed \(tick\)/);
    expect(await jobs()).toMatchObject([{ id: 'mine' }]);
    await end(second);
    expect(await runCli(['fsck'])).toMatchObject({ exitCode: 0 });
  });

  it('makes way for one of the file that gets its name, which is told, and is not lost', async () => {
    const first = await schedule('--file=shop.yaml');
    await ask('POST', '/jobs', { id: 'tick', task: { when: '@yearly', run: 'echo of the API' } });
    writeFileSync(
      join(place().work, 'shop.yaml'),
      `${TABLE}  Tick: {when: "@monthly", run: echo of the file}\n`,
    );
    await first.waitForLine('stderr', /warning: the job tick that was made through the API is not run/);
    expect((await ask('GET', '/jobs/tick/definition')).body).toMatchObject({ shadowed: true });
    expect(await jobs()).toMatchObject([{ id: 'mine' }, { id: 'Tick', schedules: ['@monthly'] }]);
    writeFileSync(join(place().work, 'shop.yaml'), TABLE);
    await first.waitForLine('stderr', /1 added \(tick\), 1 removed \(Tick\)/);
    expect((await ask('GET', '/jobs/tick/definition')).body).toMatchObject({ shadowed: false });
    await end(first);
  });

  it.each([
    ['a command line', ['--ns=shop', '--when=@yearly', '--', 'echo mine']],
    ['nothing of its own', ['--ns=shop', '--api-jobs']],
  ])('is run by a scheduler of %s', async (_, args) => {
    const first = await schedule(...args);
    await ask('POST', '/jobs', { id: 'tick', task: { when: 'every 1s', run: 'echo of the API' } });
    await first.waitForLine('stdout', /of the API/);
    await ask('DELETE', '/jobs/tick/definition');
    await ask('POST', '/jobs', { id: 'asked', task: { run: 'echo asked' } });
    await first.waitForLine('stderr', /1 added \(asked\)/);
    expect((await runCli(['trigger', 'asked', '--ns=shop', '--wait'])).exitCode).toBe(0);
    await end(first);
  });

  it('is found by a scheduler that could not be told', async () => {
    const first = await schedule('--ns=shop', '--api-jobs');
    const now = new Date();
    const task = { when: 'every 1s', run: 'echo found' };
    await openStore(place().state).changeKeptJobs('shop', (kept) => ({
      jobs: new Map(kept).set('tick', { task, createdAt: now, changedAt: now, by: 'ada' }),
      result: undefined,
    }));
    // Whatever has it look: it does so by itself every half a minute.
    await ask('POST', '/jobs/refresh');
    await first.waitForLine('stdout', /found/);
    await end(first);
  });

  it('that cannot be run any more is told of, and keeps no other from being run', async () => {
    const made = await schedule('--ns=shop', '--api-jobs', '--api-allow-env=LD_PRELOAD');
    const [good, bad] = [
      { when: 'every 1s', run: 'echo good' },
      { run: 'true', env: { LD_PRELOAD: '' } },
    ];
    expect(await ask('POST', '/jobs', { id: 'good', task: good })).toMatchObject({ status: 201 });
    expect(await ask('POST', '/jobs', { id: 'bad', task: bad })).toMatchObject({ status: 201 });
    expect(await ask('POST', '/jobs', { id: 'next', task: { run: 'true', after: 'bad' } })).toMatchObject({
      status: 201,
    });
    await end(made);
    const strict = await schedule('--ns=shop', '--api-jobs');
    await strict.waitForLine(
      'stderr',
      /warning: the job bad.* may not set LD_PRELOAD.*--api-allow-env=LD_PRELOAD/,
    );
    await strict.waitForLine('stderr', /warning: the job next.* waits for "bad"/);
    await strict.waitForLine('stdout', /good/);
    await end(strict);
  });

  it('is run here by trigger and rerun where no scheduler lives, as its scheduler would', async () => {
    const first = await schedule('--file=shop.yaml');
    const line = 'echo "$GREETING ${SECRET-nobody} in $PWD"';
    const task = {
      when: '@yearly',
      run: line,
      env: { GREETING: '${{ params.word }}' },
      params: { word: 'hi' },
    };
    expect(await ask('POST', '/jobs', { id: 'asked', task })).toMatchObject({ status: 201 });
    await end(first);
    const env = { SECRET: 'somebody' };
    const triggered = await runCli(['trigger', 'asked', '--ns=shop', '--arg=word=ho'], { env, cwd: '/' });
    expect(triggered).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`ho nobody in ${place().work}\n`),
    });
    const [run] = JSON.parse((await runCli(['list-runs', '--ns=shop', '--json'])).stdout);
    expect((await runCli(['rerun', run.id], { env })).stdout).toContain('ho nobody');
    expect(JSON.parse((await runCli(['list-runs', '--ns=shop', '--json'])).stdout)).toMatchObject([
      { trigger: 'rerun', status: 'succeeded' },
      { trigger: 'manual', status: 'succeeded' },
    ]);
    const [namespace] = JSON.parse((await runCli(['list-namespaces', '--json'])).stdout);
    expect(namespace).toMatchObject({ kind: 'file', source: join(place().work, 'shop.yaml') });
    expect((await jobs()).find(({ id }) => id === 'asked')).toMatchObject({ origin: 'api' });
  });

  it('is not run here where nobody knows its directory, and the message says what to do', async () => {
    const first = await schedule('--ns=shop', '--when=@yearly', '--', 'echo mine');
    await ask('POST', '/jobs', { id: 'asked', task: { run: 'true' } });
    await end(first);
    expect(await runCli(['trigger', 'asked', '--ns=shop'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/NOT_RUNNING.*\nhint: .* supertask run --ns=shop --api-jobs\.\n/),
    });
  });

  it('is not run here where it would need leave, and the message says which', async () => {
    const first = await schedule('--ns=shop', '--api-jobs', '--api-allow-env=LD_PRELOAD');
    await ask('POST', '/jobs', { id: 'asked', task: { run: 'true' } });
    await ask('POST', '/jobs', { id: 'bad', task: { run: 'true', env: { LD_PRELOAD: '' } } });
    await end(first);
    expect((await runCli(['trigger', 'asked', '--ns=shop'])).exitCode).toBe(0);
    expect(await runCli(['trigger', 'bad', '--ns=shop'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/LD_PRELOAD \[NOT_ALLOWED\]\nhint: .*--api-allow-env=LD_PRELOAD/),
    });
  });
});
