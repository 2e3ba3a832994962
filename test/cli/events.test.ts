/** Events of the server as a user starts it: over a restart of it, and after the end of a scheduler that could not say so. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, useBrowser } from '../support/browser.ts';
import { ROOT } from '../support/build.ts';
import { place, type Running, runCli, startCli, startCommand } from '../support/cli.ts';
import { type Listener, listenTo, type Told } from '../support/sse.ts';

async function serve(): Promise<{ server: Running; url: string }> {
  const server = startCli(['serve', '--http=0']);
  const [, url = ''] = await server.waitForLine('stderr', /http on (http:.*)\/$/);
  return { server, url };
}

async function listen(url: string, since?: string): Promise<Listener> {
  const token = (await runCli(['token'])).stdout.trim();
  const headers = {
    authorization: `Bearer ${token}`,
    ...(since === undefined ? {} : { 'last-event-id': since }),
  };
  const listener = listenTo(await fetch(`${url}/api/v1/events`, { headers }));
  await expect.poll(() => listener.lastId(), { timeout: 10_000 }).not.toBe('');
  return listener;
}

async function end(running: Running): Promise<void> {
  running.signal('SIGTERM');
  expect(await running.exit).toMatchObject({ exitCode: 0 });
}

type RunEvent = { readonly change: string; readonly run: { readonly id: string; readonly status: string } };

const isRun = ({ event }: Told): boolean => event === 'run';
const isEnd = (told: Told): boolean => isRun(told) && (told.data as RunEvent).change === 'ended';

it('119: after a restart of the server a client goes on behind its last id: no gap, and nothing twice', async () => {
  const scheduler = startCli(['run', '--ns=shop', '--name=tick', '--when=every 1s', '--', 'true']);
  const first = await serve();
  const before = await listen(first.url);
  await before.count(isEnd, 2);
  await end(first.server);
  await before.ended;
  // Two more while nobody serves.
  const seen = new Set(before.told.map(({ id }) => id));
  const ended = async (): Promise<string[]> => {
    const runs = JSON.parse((await runCli(['list-runs', '--ns=shop', '--json'])).stdout) as RunEvent['run'][];
    return runs.filter(({ status }) => status === 'succeeded').map(({ id }) => id);
  };
  const known = (await ended()).length;
  await expect.poll(async () => (await ended()).length, { timeout: 20_000 }).toBeGreaterThan(known + 1);
  const second = await serve();
  const after = await listen(second.url, before.lastId());
  await end(scheduler);
  await after.until(({ event, data }) => event === 'scheduler' && (data as RunEvent).change === 'ended');
  await after.leave();
  await end(second.server);

  const fresh = after.told.filter(({ id }) => !seen.has(id));
  expect(fresh.map(({ event }) => event)).not.toContain('reset');
  const changes = [...before.told, ...fresh].filter(isRun).map(({ data }) => data as RunEvent);
  const firstId = changes[0]?.run.id;
  const ids = (await ended()).reverse();
  // From the first run that it was told of, each run began once and ended once, in this order.
  const expected = ids.slice(ids.indexOf(firstId ?? ''));
  expect(expected.length).toBeGreaterThanOrEqual(4);
  const oneByOne = expected.map((id) => ({
    id,
    changes: changes
      .filter(({ run, change }) => run.id === id && change !== 'updated')
      .map(({ change }) => change),
  }));
  expect(oneByOne.slice(1)).toEqual(expected.slice(1).map((id) => ({ id, changes: ['started', 'ended'] })));
});

it('when a scheduler is killed, its end and the loss of its runs are told', async () => {
  const { server, url } = await serve();
  const listener = await listen(url);
  const scheduler = startCli([
    'run',
    '--ns=shop',
    '--name=job',
    '--when=every 1h',
    '--now',
    '--',
    'sleep',
    '1',
  ]);
  await listener.until((told) => isRun(told) && (told.data as RunEvent).change === 'started');
  scheduler.signal('SIGKILL');
  await scheduler.exit;
  const { data } = await listener.until(isEnd);
  expect(data).toMatchObject({ run: { job: 'job', status: 'errored', reason: 'lost' } });
  await listener.until(({ event, data }) => event === 'scheduler' && (data as RunEvent).change === 'ended');
  expect(new Set(listener.told.map(({ id }) => id)).size).toBe(listener.told.length);
  await listener.leave();
  await end(server);
});

/** The examples of docs/events.md. */
const [inBrowser = '', inNode = ''] = [
  ...readFileSync(join(ROOT, 'docs/events.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g),
].map(([, code = '']) => code);

it('the example for Node tells what happens, over a restart of the server', async () => {
  const file = join(place().work, 'events.mjs');
  writeFileSync(file, inNode);
  const first = await serve();
  const { port } = new URL(first.url);
  const token = (await runCli(['token'])).stdout.trim();
  const example = startCommand([process.execPath, file, first.url, token]);
  const scheduler = startCli(['run', '--ns=shop', '--name=job', '--when=every 1s', '--', 'true']);
  await example.waitForLine('stdout', /^job ended succeeded$/);
  await end(first.server);
  const told = example.output('stdout').length;
  const second = startCli(['serve', `--http=${port}`]);
  await expect
    .poll(() => example.output('stdout').slice(told), { timeout: 20_000 })
    .toContain('job ended succeeded');
  await end(scheduler);
  await end(second);
  example.signal('SIGTERM');
  const { stdout } = await example.exit;
  expect(stdout).not.toContain('reset');
  const lines = stdout.split('\n').filter((line) => /^job (started|ended succeeded)/.test(line));
  for (const [index, line] of lines.slice(1).entries()) expect(line).not.toBe(lines[index]);
});

describe.skipIf(CHROMIUM === undefined)(`in a browser${NO_CHROMIUM}`, () => {
  const openPage = useBrowser();

  it('the example tells what happens', async () => {
    const { server } = await serve();
    const [link] = await server.waitForLine('stderr', /http:\S*#code=\S+/);
    const page = await openPage();
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    await page.goto(link);
    // It has signed in.
    await page.waitForFunction("fetch('/api/v1/session').then(({ ok }) => ok)", undefined, { polling: 200 });
    await page.evaluate(`{${inBrowser}}`);
    const scheduler = startCli(['run', '--ns=shop', '--name=job', '--when=every 1s', '--', 'true']);
    await expect.poll(() => lines, { timeout: 20_000 }).toContain('job ended succeeded');
    await page.close();
    await end(scheduler);
    await end(server);
  });
});
