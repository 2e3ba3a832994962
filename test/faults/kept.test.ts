/** Many programs that change jobs made through the API at once. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exchange } from '../../src/http/client.ts';
import type { Method } from '../../src/http/route.ts';
import type { Json } from '../../src/model/json.ts';
import { place, startCli, startCommand } from '../support/cli.ts';

const CLIENTS = 20;
const ROUNDS = 5;

/** Counts up what it has read, only as it was read; says how often it could, and what became of making a job. */
const CLIENT = `
const { request } = require('node:http');
const [socket, rounds] = process.argv.slice(1);
const ask = (method, path, body, headers = {}) => new Promise((resolve, reject) => {
  const more = { host: 'supertask', 'supertask-by': 'ada', 'content-type': 'application/json', ...headers };
  const options = { socketPath: socket, method, path: '/api/v1/namespaces/shop' + path, agent: false, headers: more };
  const asked = request(options, async (response) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    resolve({ status: response.statusCode, tag: response.headers.etag, body: JSON.parse(text) });
  });
  asked.once('error', reject);
  asked.end(body === undefined ? undefined : JSON.stringify(body));
});
(async () => {
  let won = 0;
  for (let round = 0; round < Number(rounds); round++) {
    const { body, tag } = await ask('GET', '/jobs/count/definition');
    const name = String(Number(body.task.name) + 1);
    const { status } = await ask('PATCH', '/jobs/count/definition', { task: { name } }, { 'if-match': tag });
    if (status === 200) won++;
    else if (status !== 412) throw new Error('answered ' + status);
  }
  const { status } = await ask('POST', '/jobs', { id: 'one', task: { run: 'true' } });
  console.log(JSON.stringify({ won, made: status }));
})();
`;

function socketOf(): string | undefined {
  try {
    const directory = join(place().state, 'namespaces/shop/control');
    return readdirSync(directory).map((name) => readlinkSync(join(directory, name)))[0];
  } catch {
    return undefined;
  }
}

async function ask(method: Method, path: string, body?: Json): Promise<{ status: number; text: string }> {
  const more = body === undefined ? {} : { body };
  return exchange(socketOf() ?? '', { method, path: `/namespaces/shop${path}`, by: 'ada', ...more });
}

it(`gives each of ${CLIENTS} programs one outcome, and loses no change`, async () => {
  const start = () => startCli(['run', '--ns=shop', '--api-jobs'], { env: { XDG_RUNTIME_DIR: undefined } });
  const scheduler = start();
  await expect.poll(socketOf, { timeout: 20_000 }).toBeDefined();
  expect((await ask('POST', '/jobs', { id: 'count', task: { run: 'true', name: '0' } })).status).toBe(201);
  const clients = Array.from({ length: CLIENTS }, () =>
    startCommand([process.execPath, '-e', CLIENT, socketOf() ?? '', String(ROUNDS)]),
  );
  const ended = await Promise.all(clients.map(({ exit }) => exit));
  expect(ended.map(({ stderr }) => stderr).filter((text) => text !== '')).toEqual([]);
  const told = ended.map(({ stdout }) => JSON.parse(stdout) as { won: number; made: number });
  expect(told.map(({ made }) => made).sort()).toEqual([201, ...Array(CLIENTS - 1).fill(409)]);
  const won = told.reduce((sum, each) => sum + each.won, 0);
  expect(won).toBeGreaterThan(0);
  const { text } = await ask('GET', '/jobs/count/definition');
  expect(JSON.parse(text)).toMatchObject({ task: { name: String(won) } });
  // All that was answered is kept.
  scheduler.signal('SIGKILL');
  await scheduler.exit;
  const again = start();
  await expect
    .poll(() => ask('GET', '/timetable').catch(() => undefined), { timeout: 20_000 })
    .toMatchObject({
      status: 200,
      text: expect.stringContaining(`"name":"${won}"`),
    });
  again.signal('SIGTERM');
  expect(await again.exit).toMatchObject({ exitCode: 0 });
}, 60_000);
